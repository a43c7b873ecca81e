package io.pgstream.sql;

import io.pgstream.plan.expr.Column;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes the statements that change a table with a key by rows of which no two cancel out or are the same: nothing is
 * added up. A row is looked up by itself, behind a fence, and written where it was found: these statements are parts of functions, and
 * are planned for the number of rows that the session's first statement had.
 *
 * @since 0.1.0
 */
public final class DirectRenderer {

    private final TargetTable target;

    private final List<Column> key;

    /** @param key the key of the table */
    public DirectRenderer(TargetTable target, List<Column> key) {
        this.target = target;
        this.key = List.copyOf(key);
    }

    /**
     * Inserts rows that are not there.
     *
     * @param rows a SELECT of the rows by their rendered names
     */
    public String insert(WithClause with, String rows) {
        return with.with(
                ApplyRenderer.insert(target) + " SELECT " + ApplyRenderer.values(target) + " FROM (" + rows + ") AS d");
    }

    /**
     * Deletes rows. The result is that of {@link ApplyRenderer}.
     *
     * @param rows a SELECT of the rows by their rendered names
     */
    public String delete(WithClause with, String rows) {
        with.materialized("net", rows);
        with.writing(
                "deleted",
                "DELETE FROM " + target.sqlName() + " AS x WHERE x.ctid = ANY (ARRAY(SELECT p.tid FROM net AS d"
                        + place("d", "") + ")) RETURNING 1");
        return with.with("SELECT (SELECT count(*) FROM deleted), 0, 0, (SELECT count(*) FROM net), 0, 0");
    }

    /**
     * Puts rows in the place of others. The result is that of {@link ApplyRenderer}.
     *
     * @param before a SELECT of the rows as they were, by their rendered names
     * @param after a SELECT of the rows as they are
     */
    public String replace(String before, String after) {
        String columns = target.columns().stream()
                .map(column -> "o." + column.sqlName() + " AS o" + column.id() + ", n." + column.sqlName() + " AS n"
                        + column.id())
                .collect(Collectors.joining(", "));
        WithClause with = new WithClause()
                .materialized(
                        "pairs",
                        "SELECT o.here AS old_in, n.here AS new_in, " + columns + " FROM (" + present(before)
                                + ") AS o FULL JOIN (" + present(after) + ") AS n ON "
                                + RowMatch.joinable(
                                        key, column -> "o." + column.sqlName(), column -> "n." + column.sqlName())
                                + " WHERE o.here IS NULL OR n.here IS NULL OR "
                                + RowMatch.differs(
                                        target.columns(),
                                        column -> "o." + column.sqlName(),
                                        column -> "n." + column.sqlName()));
        with.materialized("places", "SELECT d.*, p.tid FROM pairs AS d" + place("d", "o") + " WHERE d.old_in");
        with.writing(
                "deleted",
                "DELETE FROM " + target.sqlName() + " AS x WHERE x.ctid = ANY (ARRAY(SELECT d.tid FROM places AS d"
                        + " WHERE d.new_in IS NULL)) RETURNING 1");
        String set = ApplyRenderer.newOthers(target, key);
        if (!set.isEmpty()) {
            with.writing(
                    "updated",
                    "UPDATE " + target.sqlName() + " AS x SET " + set
                            + " FROM places AS d WHERE x.ctid = d.tid AND d.new_in RETURNING 1");
        }
        with.writing(
                "inserted", ApplyRenderer.insertNew(target) + " FROM pairs AS d WHERE d.old_in IS NULL RETURNING 1");
        return with.with("SELECT (SELECT count(*) FROM deleted), "
                + (set.isEmpty() ? "0" : "(SELECT count(*) FROM updated)")
                + ", (SELECT count(*) FROM inserted), (SELECT count(*) FROM pairs WHERE new_in IS NULL), "
                + (set.isEmpty() ? "0" : "(SELECT count(*) FROM pairs WHERE old_in AND new_in)") + ", 0");
    }

    private static String present(String rows) {
        return "SELECT true AS here, r.* FROM (" + rows + ") AS r";
    }

    /** @param side what is before the number of a column; empty where it has its rendered name */
    private String place(String alias, String side) {
        String match = RowMatch.condition(
                key,
                column -> target.name("t", column),
                column -> alias + "." + (side.isEmpty() ? column.sqlName() : side + column.id()));
        return ", LATERAL (SELECT t.ctid AS tid FROM " + target.sqlName() + " AS t WHERE " + match + " OFFSET 0) AS p";
    }
}
