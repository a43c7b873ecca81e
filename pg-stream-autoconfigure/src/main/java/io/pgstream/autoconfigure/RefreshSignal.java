package io.pgstream.autoconfigure;

import io.pgstream.QualifiedName;
import io.pgstream.RefreshListener;
import io.pgstream.RefreshResult;
import java.util.function.Consumer;

/** Hands refreshes of this instance on to the change feed, which is made after the engine that knows its listeners. */
final class RefreshSignal implements RefreshListener {

    private volatile Consumer<QualifiedName> receiver = name -> {};

    void sendTo(Consumer<QualifiedName> next) {
        receiver = next;
    }

    @Override
    public void refreshCompleted(RefreshResult result) {
        if (result.inserted() + result.updated() + result.deleted() > 0) {
            receiver.accept(result.name());
        }
    }
}
