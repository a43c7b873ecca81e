package io.pgstream.engine;

import java.util.HashSet;
import java.util.Set;

/**
 * A {@code pg_snapshot}, to be compared with a later one: where both see the same transactions, nothing can have changed in
 * between, in tables and catalogs, of any database of the server.
 */
record VisibleTransactions(long end, Set<Long> open) {

    private static final long FAR = 1_000;

    static VisibleTransactions parse(String snapshot) {
        String[] parts = snapshot.split(":", -1);
        Set<Long> open = new HashSet<>();
        if (!parts[2].isEmpty()) {
            for (String xid : parts[2].split(",")) {
                open.add(Long.parseUnsignedLong(xid));
            }
        }
        return new VisibleTransactions(Long.parseUnsignedLong(parts[1]), open);
    }

    /** The oldest transaction that was not visible. */
    long oldest() {
        return open.stream().reduce(end, Math::min);
    }

    /** Whether no transaction has ended since, but for those of which it is known that they changed no source. */
    boolean sameIn(VisibleTransactions later, Set<Long> harmless) {
        if (later.end < end || later.end - end > FAR) {
            return false;
        }
        for (long xid = end; xid < later.end; xid++) {
            if (!later.open.contains(xid) && !harmless.contains(xid)) {
                return false;
            }
        }
        return open.stream().allMatch(xid -> later.open.contains(xid) || harmless.contains(xid));
    }
}
