package io.pgstream.cdc;

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

    /** Whether a later snapshot cannot be of the same cluster: its transactions are older. */
    public boolean ahead(Frontier later) {
        return Long.compareUnsigned(Long.parseUnsignedLong(xmax()), Long.parseUnsignedLong(later.xmax())) > 0;
    }
}
