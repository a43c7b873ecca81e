package io.pgstream.refresh;

import io.pgstream.QualifiedName;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import io.pgstream.support.SqlErrors;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The view that shows a stream table with what its refresh would change, and the function that it calls, in the caller's
 * transaction. The view is part of the catalog: what becomes of the table becomes of it.
 *
 * @since 0.1.0
 */
public final class FreshView {

    private final Session session;

    private final String catalog;

    private final String catalogSchema;

    private final PreparedTable table;

    /** @param catalogSchema the schema of the catalog, not quoted */
    FreshView(Session session, String catalogSchema, PreparedTable table) {
        this.session = session;
        this.catalogSchema = catalogSchema;
        this.catalog = Identifiers.quote(catalogSchema);
        this.table = table;
    }

    /** The view of a stream table; {@code null} if it has none. */
    static @Nullable QualifiedName find(Session session, String catalogSchema, long id) throws SQLException {
        return session.first(
                "SELECT v.schema_name, v.view_name FROM " + Identifiers.quote(catalogSchema)
                        + ".pgs_fresh_views AS v WHERE v.stream_table_id = ?",
                row -> new QualifiedName(row.getString(1), row.getString(2)),
                id);
    }

    /** Makes the view and registers it. */
    void create(QualifiedName view) throws SQLException {
        if (session.one("SELECT to_regclass(?) IS NOT NULL", row -> row.getBoolean(1), Identifiers.quote(view))) {
            throw new SQLException("relation " + view + " already exists", "42P07");
        }
        session.update(
                "INSERT INTO " + catalog
                        + ".pgs_fresh_views (stream_table_id, schema_name, view_name) VALUES (?, ?, ?)",
                table.row().id(),
                String.valueOf(view.schema()),
                view.name());
        renew();
    }

    /** Makes the function and the view as the present plan wants them, if the table is one that has them. */
    void renew() throws SQLException {
        QualifiedName view = find(session, catalogSchema, table.row().id());
        // In a circle nothing can say what pending changes will mean; the function that is there knows that it is out
        // of date.
        if (view == null || !table.row().circle().isEmpty()) {
            return;
        }
        FreshFunction function = new FreshFunction(catalog, table);
        String text = function.create();
        String hash = FreshFunction.hash(text);
        boolean present = session.one(
                "SELECT v.text_hash IS NOT DISTINCT FROM ? AND to_regprocedure(?) IS NOT NULL AND to_regclass(?) IS NOT"
                        + " NULL FROM " + catalog + ".pgs_fresh_views AS v WHERE v.stream_table_id = ?",
                row -> row.getBoolean(1),
                hash,
                function.name() + "()",
                Identifiers.quote(view),
                table.row().id());
        if (present) {
            return;
        }
        replaceFunction(function.name(), text);
        if (session.one("SELECT to_regclass(?) IS NULL", row -> row.getBoolean(1), Identifiers.quote(view))) {
            session.execute(function.view(Identifiers.quote(view)));
            session.execute("COMMENT ON VIEW " + Identifiers.quote(view) + " IS "
                    + Identifiers.literal(
                            "pg-stream: " + table.row().name() + " with the changes that its next refresh will"
                                    + " apply; whoever may read the table may read it"));
            session.execute("GRANT SELECT ON " + Identifiers.quote(view) + " TO PUBLIC");
        }
        session.update(
                "UPDATE " + catalog + ".pgs_fresh_views SET text_hash = ?, function_name = ? WHERE stream_table_id = ?",
                hash,
                function.name(),
                table.row().id());
    }

    /** The result of a function can only become another one if nothing uses it any more. */
    private void replaceFunction(String name, String text) throws SQLException {
        session.execute("SAVEPOINT pgstream_fresh");
        try {
            session.execute(text);
        } catch (SQLException e) {
            if (!SqlErrors.state(e).equals("42P13")) {
                throw e;
            }
            session.execute("ROLLBACK TO SAVEPOINT pgstream_fresh");
            drop(session, catalogSchema, table.row().id());
            session.execute(text);
        }
        // Through the view it is called with the rights of the reader, who has none on its schema and cannot name it.
        session.execute("GRANT EXECUTE ON FUNCTION " + name + "() TO PUBLIC");
    }

    /** Drops the view and its function, which are made again when the table is whole. */
    public static void drop(Session session, String catalogSchema, long id) throws SQLException {
        for (String statement : session.list(
                "SELECT format('DROP VIEW IF EXISTS %I.%I', v.schema_name, v.view_name)"
                        + " || coalesce('; DROP FUNCTION IF EXISTS ' || v.function_name || '()', '') FROM "
                        + Identifiers.quote(catalogSchema) + ".pgs_fresh_views AS v WHERE v.stream_table_id = ?",
                row -> row.getString(1),
                id)) {
            session.execute("SET LOCAL client_min_messages = warning; " + statement);
        }
    }
}
