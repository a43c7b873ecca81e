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

    /** The key of the table. */
    public List<Column> key() {
        return key;
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
     * Deletes the rows with some keys, if they are there.
     *
     * @param keys a SELECT of the keys by their rendered names, each once
     */
    public String deleteKnown(String keys) {
        if (brief()) {
            return "DELETE FROM " + target.sqlName() + " AS x WHERE " + oneOf("x", keys);
        }
        return "DELETE FROM " + target.sqlName() + " AS x WHERE x.ctid = ANY (ARRAY(SELECT p.tid FROM (" + keys
                + ") AS d" + place("d", "") + "))";
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
        return write(
                with,
                "pairs AS d WHERE d.old_in IS NULL",
                "pairs WHERE new_in IS NULL",
                "pairs WHERE old_in AND new_in");
    }

    /**
     * The same where keys tell which rows were there: what they were is read from the table, instead of computed once more.
     *
     * @param with what the two need
     * @param keys a SELECT of the keys that the rows had if they were there, by their rendered names
     * @param after a SELECT of the rows as they are
     */
    public String replaceKnown(WithClause with, String keys, String after) {
        String news = target.columns().stream()
                .map(column -> ", n." + column.sqlName() + " AS n" + column.id())
                .collect(Collectors.joining());
        with.materialized(
                "places",
                "SELECT o.tid, n.here AS new_in" + news + " FROM (" + stored(keys) + ") AS o FULL JOIN ("
                        + present(after) + ") AS n ON "
                        + RowMatch.joinable(key, column -> "o." + column.sqlName(), column -> "n." + column.sqlName())
                        + " WHERE CASE WHEN n.here IS NULL THEN o.tid IS NOT NULL ELSE o.tid IS NULL OR "
                        + RowMatch.differs(
                                target.columns(), column -> "o.o" + column.id(), column -> "n." + column.sqlName())
                        + " END");
        return write(
                with,
                "places AS d WHERE d.tid IS NULL",
                "places WHERE new_in IS NULL",
                "places WHERE new_in AND tid IS NOT NULL");
    }

    /** The rows with some keys: where they are, and their columns by their number and those of the key also by their names. */
    private String stored(String keys) {
        String columns = "t.ctid AS tid"
                + target.columns().stream()
                        .map(column -> ", " + target.name("t", column) + " AS o" + column.id())
                        .collect(Collectors.joining());
        if (brief()) {
            return "SELECT " + columns + ", " + target.name("t", key.get(0)) + " AS "
                    + key.get(0).sqlName() + " FROM " + target.sqlName() + " AS t WHERE " + oneOf("t", keys)
                    + " OFFSET 0";
        }
        String old = key.stream().map(column -> ", k." + column.sqlName()).collect(Collectors.joining());
        return "SELECT p.*" + old + " FROM (" + keys + ") AS k LEFT JOIN LATERAL (SELECT " + columns + " FROM "
                + target.sqlName() + " AS t WHERE "
                + RowMatch.condition(key, column -> target.name("t", column), column -> "k." + column.sqlName())
                + " OFFSET 0) AS p ON true";
    }

    /** Whether all keys can be looked for at once, some of them perhaps twice. */
    public boolean brief() {
        return key.size() == 1 && !key.get(0).nullable() && key.get(0).type().brief();
    }

    private String oneOf(String alias, String keys) {
        return target.name(alias, key.get(0)) + " = ANY (ARRAY(" + keys + "))";
    }

    /**
     * Writes what {@code places} says.
     *
     * @param inserted where the rows to insert are
     * @param toDelete where the rows to delete are counted
     * @param toUpdate where the rows to update are counted
     */
    private String write(WithClause with, String inserted, String toDelete, String toUpdate) {
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
        with.writing("inserted", ApplyRenderer.insertNew(target) + " FROM " + inserted + " RETURNING 1");
        return with.with("SELECT (SELECT count(*) FROM deleted), "
                + (set.isEmpty() ? "0" : "(SELECT count(*) FROM updated)")
                + ", (SELECT count(*) FROM inserted), (SELECT count(*) FROM " + toDelete + "), "
                + (set.isEmpty() ? "0" : "(SELECT count(*) FROM " + toUpdate + ")") + ", 0");
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
