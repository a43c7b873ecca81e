package io.pgstream.synchronous;

import io.pgstream.plan.expr.Column;
import io.pgstream.sql.HandOn;
import io.pgstream.sql.WithClause;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Hands changes of states on in variables of the function: temporary tables would forbid two-phase commit, and could be
 * somebody else's.
 */
final class ArrayVariables implements HandOn {

    private final SynchronousNames names;

    private final int maximumDepth;

    /** @param maximumDepth how many steps a recursion may take; 0 if any number */
    ArrayVariables(SynchronousNames names, int maximumDepth) {
        this.names = names;
        this.maximumDepth = maximumDepth;
    }

    @Override
    public String withinDepth(String depth) {
        return (maximumDepth == 0)
                ? ""
                : "CASE WHEN " + depth + " <= " + maximumDepth + " THEN true ELSE " + names.tooDeep() + "() END";
    }

    @Override
    public String beyondDepth(String depth) {
        return (maximumDepth == 0) ? "" : depth + " > " + maximumDepth;
    }

    @Override
    public boolean plansAreKept() {
        return true;
    }

    @Override
    public Place place(String name, List<Column> columns) {
        return new Place(name, "CREATE TYPE " + names.type(name) + " AS (" + HandOn.definitions(columns) + ")");
    }

    /** The declaration of a variable. */
    String declaration(String name) {
        return "    " + name + " " + names.type(name) + "[];\n";
    }

    @Override
    public String write(WithClause with, String name, List<Column> columns, String rows) {
        String list = columns.stream().map(column -> column.sqlName() + ", ").collect(Collectors.joining()) + WEIGHT;
        String row =
                columns.stream().map(column -> "h." + column.sqlName() + ", ").collect(Collectors.joining()) + "h."
                        + WEIGHT;
        return with.with("SELECT coalesce(pg_catalog.array_agg(ROW(" + row + ")::" + names.type(name) + "), '{}') INTO "
                + name + " FROM (" + rows + ") AS h (" + list + ")");
    }

    @Override
    public String read(String name) {
        return "pg_catalog.unnest(" + name + ")";
    }
}
