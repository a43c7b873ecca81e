package io.pgstream.cdc;

import java.util.ArrayList;
import java.util.List;

/**
 * A {@code pg_snapshot}: which transactions a stream table contains.
 *
 * @param text as PostgreSQL prints it: xmin, xmax and the open transactions between them
 * @since 0.1.0
 */
public record Frontier(String text) {

    /** The first transaction that had not begun. */
    public String xmax() {
        return text.split(":", -1)[1];
    }

    /** The transactions below {@link #xmax()} that were open, as an array literal. */
    public String open() {
        return "{" + text.split(":", -1)[2] + "}";
    }

    /**
     * This snapshot and one more transaction: what a transaction sees that has written something itself. Those between the
     * snapshot and it had not begun, which is the same as open.
     *
     * @param xid the transaction
     */
    public Frontier including(long xid) {
        String[] parts = text.split(":", -1);
        List<String> open = new ArrayList<>(parts[2].isEmpty() ? List.of() : List.of(parts[2].split(",")));
        long end = Long.parseUnsignedLong(parts[1]);
        if (Long.compareUnsigned(xid, end) < 0) {
            open.remove(Long.toUnsignedString(xid));
            return new Frontier(parts[0] + ":" + parts[1] + ":" + String.join(",", open));
        }
        for (long between = end; between != xid; between++) {
            open.add(Long.toUnsignedString(between));
        }
        return new Frontier(parts[0] + ":" + Long.toUnsignedString(xid + 1) + ":" + String.join(",", open));
    }

    /** Whether a later snapshot cannot be of the same cluster: its transactions are older. */
    public boolean ahead(Frontier later) {
        return Long.compareUnsigned(Long.parseUnsignedLong(xmax()), Long.parseUnsignedLong(later.xmax())) > 0;
    }
}
