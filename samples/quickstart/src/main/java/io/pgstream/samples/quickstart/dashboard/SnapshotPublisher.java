package io.pgstream.samples.quickstart.dashboard;

import io.pgstream.StreamTableChanges;
import io.pgstream.StreamTableListener;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Pushes a snapshot to the open pages when rows of a stream table have changed: the change feed says when. */
final class SnapshotPublisher implements SmartLifecycle {

    private static final long NO_TIMEOUT = 0;

    private final Dashboard dashboard;

    private final List<SseEmitter> pages = new CopyOnWriteArrayList<>();

    private volatile boolean running;

    SnapshotPublisher(Dashboard dashboard) {
        this.dashboard = dashboard;
    }

    /**
     * Adds a page, until it is closed.
     *
     * @return what the page is told through
     */
    SseEmitter subscribe() {
        SseEmitter page = new SseEmitter(NO_TIMEOUT);
        page.onCompletion(() -> pages.remove(page));
        page.onTimeout(page::complete);
        page.onError(failure -> pages.remove(page));
        pages.add(page);
        send(page);
        return page;
    }

    @StreamTableListener(table = "revenue_by_nation", id = "page-revenue-by-nation")
    void revenueChanged(StreamTableChanges<Map<String, Object>> changes) {
        push();
    }

    @StreamTableListener(table = "open_orders", id = "page-open-orders")
    void openOrdersChanged(StreamTableChanges<Map<String, Object>> changes) {
        push();
    }

    private void push() {
        if (!pages.isEmpty()) {
            pages.forEach(this::send);
        }
    }

    /** A page that has gone is no failure of the listener: nobody has to be told again. */
    private void send(SseEmitter page) {
        try {
            page.send(SseEmitter.event().name("snapshot").data(dashboard.snapshot(), MediaType.APPLICATION_JSON));
        } catch (IOException | IllegalStateException e) {
            pages.remove(page);
        }
    }

    @Override
    public void start() {
        running = true;
    }

    /** Before the web server, which waits for open responses when it stops. */
    @Override
    public void stop() {
        running = false;
        pages.forEach(SseEmitter::complete);
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
