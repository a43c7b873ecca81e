package io.pgstream.sql;

import java.util.ArrayList;
import java.util.List;

/** The common table expressions of one statement. All are materialised: each is read several times or fences a plan. */
public final class WithClause {

    private final List<String> items = new ArrayList<>();

    /** A query, computed once. */
    public WithClause materialized(String name, String select) {
        items.add(name + " AS MATERIALIZED (" + select + ")");
        return this;
    }

    /** A statement that writes. */
    public WithClause writing(String name, String statement) {
        items.add(name + " AS (" + statement + ")");
        return this;
    }

    /** Whether there is nothing in it. */
    public boolean isEmpty() {
        return items.isEmpty();
    }

    /** The clause with the final statement. */
    public String with(String statement) {
        return items.isEmpty() ? statement : "WITH " + String.join(", ", items) + " " + statement;
    }
}
