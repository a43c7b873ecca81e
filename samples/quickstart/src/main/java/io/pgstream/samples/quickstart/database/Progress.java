package io.pgstream.samples.quickstart.database;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts rows, and logs about once a second how far the load is. */
final class Progress {

    private static final Logger logger = LoggerFactory.getLogger(TpchLoader.class);

    private static final double ROWS_AT_SCALE_1 = 8_661_245;

    private static final int BAR_LENGTH = 30;

    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final long expectedRows;

    private final long startedAt = System.nanoTime();

    private long reportedAt = startedAt;

    private long rows;

    Progress(double scale) {
        this.expectedRows = Math.max(1, Math.round(ROWS_AT_SCALE_1 * scale));
    }

    void row(String table) {
        rows++;
        // Asking for the time costs more than counting.
        if (rows % 1000 == 0 && System.nanoTime() - reportedAt >= INTERVAL_NANOS) {
            reportedAt = System.nanoTime();
            logger.info("{} {} % ({} of about {} rows, {})", bar(), percent(), rows, expectedRows, table);
        }
    }

    private long percent() {
        return Math.min(100, 100 * rows / expectedRows);
    }

    private String bar() {
        int filled = (int) (BAR_LENGTH * percent() / 100);
        return "[" + "=".repeat(filled) + " ".repeat(BAR_LENGTH - filled) + "]";
    }

    long rows() {
        return rows;
    }

    long expectedRows() {
        return expectedRows;
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }
}
