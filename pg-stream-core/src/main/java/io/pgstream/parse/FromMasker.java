package io.pgstream.parse;

import java.util.Set;

/** Follows a query to its FROM clause and masks the row sources there that are neither tables nor queries. */
final class FromMasker {

    private static final Set<String> AFTER_FROM = Set.of(
            "WHERE",
            "GROUP",
            "HAVING",
            "WINDOW",
            "ORDER",
            "LIMIT",
            "OFFSET",
            "FETCH",
            "FOR",
            "UNION",
            "INTERSECT",
            "EXCEPT",
            "SELECT");

    private boolean selecting;

    private boolean inside;

    private boolean atItem;

    FromMasker() {}

    private FromMasker(boolean inside) {
        this.inside = inside;
        this.atItem = inside;
    }

    /** Writes the node at the cursor if it is special here. */
    boolean mask(TextCursor cursor, StringBuilder result) {
        return false;
    }
}
