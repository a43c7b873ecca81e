package io.pgstream;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction, mostly a refresh, has changed in a stream table; or that it is not known what has changed.
 *
 * @param table the stream table
 * @param transaction the server's number of the transaction; {@code null} for a reset
 * @param reset why the whole table has to be read again, or {@code null} if the changes are known
 * @param changes the changes, each row once where the table has a key; none for a reset
 * @param <R> the type of the rows
 * @since 0.1.0
 */
public record StreamTableChanges<R>(
        QualifiedName table,
        @Nullable String transaction,
        @Nullable Reset reset,
        List<StreamTableChange<R>> changes) implements Iterable<StreamTableChange<R>> {

    public StreamTableChanges {
        changes = List.copyOf(changes);
    }

    /** Why changes are not known. */
    public enum Reset {

        /** The listener is new: nobody has told it of the rows that are there. */
        NEW_LISTENER,

        /** The table has other columns, is another table, or was emptied. */
        TABLE_REPLACED,

        /** One transaction has changed more rows than are told one by one. */
        TOO_MANY_CHANGES,

        /** The listener was away or failed for longer than changes are kept. */
        EXPIRED
    }

    /** Whether it is not known what has changed: read the whole table. */
    public boolean isReset() {
        return reset != null;
    }

    /** The rows that are new. */
    public List<R> inserted() {
        return rows(StreamTableChange.Kind.INSERTED);
    }

    /** The rows that have changed, as they were and as they are. */
    public List<StreamTableChange<R>> updated() {
        return changes.stream()
                .filter(change -> change.kind() == StreamTableChange.Kind.UPDATED)
                .toList();
    }

    /** The rows that are gone, as they were. */
    public List<R> deleted() {
        return rows(StreamTableChange.Kind.DELETED);
    }

    private List<R> rows(StreamTableChange.Kind kind) {
        return changes.stream()
                .filter(change -> change.kind() == kind)
                .map(StreamTableChange::row)
                .toList();
    }

    @Override
    public Iterator<StreamTableChange<R>> iterator() {
        return changes.iterator();
    }
}
