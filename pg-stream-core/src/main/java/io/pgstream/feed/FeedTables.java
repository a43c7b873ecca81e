package io.pgstream.feed;

import io.pgstream.QualifiedName;
import io.pgstream.catalog.StreamTableRow;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/**
 * Makes and removes the log of a stream table and the triggers that write it. They see what is written, whatever the mode
 * of the table and the kind of the refresh; a table without them costs nothing. The rows are kept as JSON: a log with the columns of
 * the table would have to change with them, in the same moment.
 *
 * @since 0.1.0
 */
public final class FeedTables {

    /** What other clients listen to. */
    static final String CHANNEL = "pgstream_changes";

    private static final List<String> OPERATIONS = List.of("INSERT", "UPDATE", "DELETE", "TRUNCATE");

    private final String catalogSchema;

    private final String stateSchema;

    /**
     * @param catalogSchema the schema of the catalog, not quoted
     * @param stateSchema the schema of the logs, not quoted
     */
    public FeedTables(String catalogSchema, String stateSchema) {
        this.catalogSchema = Identifiers.quote(catalogSchema);
        this.stateSchema = Identifiers.quote(stateSchema);
    }

    /** The log of a stream table, as SQL writes it; its trigger function has the same name. */
    String log(long id) {
        return stateSchema + ".feed_" + id;
    }

    /** One at a time looks whether a feed is open, and opens it: the second would reset the listeners of the first. */
    void lock(Session session, StreamTableRow table) throws SQLException {
        session.one(
                "SELECT id FROM " + catalogSchema + ".pgs_stream_tables WHERE id = ? FOR NO KEY UPDATE",
                row -> row.getLong(1),
                table.id());
    }

    /** Whether all changes of a stream table are written down. */
    boolean isOpen(Session session, StreamTableRow row) throws SQLException {
        return session.one(
                "SELECT EXISTS (SELECT FROM " + catalogSchema + ".pgs_change_feeds WHERE stream_table_id = ?) AND "
                        + catalogSchema + ".feed_shape(?) IS NOT NULL",
                result -> result.getBoolean(1),
                row.id(),
                row.id());
    }

    /**
     * Opens the feed of a stream table, or mends it; whoever has listened before has missed something then. Waits for the
     * refresh that runs, and for the writers of a table that its writers maintain.
     */
    void open(Session session, StreamTableRow row) throws SQLException {
        String log = log(row.id());
        session.execute("SET LOCAL client_min_messages = warning; LOCK TABLE " + stateSchema + ".l" + row.id()
                + " IN SHARE UPDATE EXCLUSIVE MODE; CREATE TABLE IF NOT EXISTS " + log
                + " (pgstream_sequence bigint GENERATED ALWAYS AS IDENTITY, pgstream_xid xid8 NOT NULL,"
                + " pgstream_weight smallint NOT NULL, pgstream_at timestamptz NOT NULL DEFAULT clock_timestamp(),"
                + " pgstream_row json); CREATE INDEX IF NOT EXISTS feed_" + row.id() + "_xid ON " + log
                + " (pgstream_xid, pgstream_sequence)");
        session.execute(function(log, row));
        for (String operation : OPERATIONS) {
            trigger(session, log, row.name(), operation);
        }
        session.update(
                "INSERT INTO " + catalogSchema
                        + ".pgs_change_feeds (stream_table_id) VALUES (?) ON CONFLICT DO NOTHING",
                row.id());
        session.update(
                "UPDATE " + catalogSchema
                        + ".pgs_feed_listeners SET reset_reason = coalesce(reset_reason, 'TABLE_REPLACED') WHERE"
                        + " stream_table_id = ?",
                row.id());
    }

    private static void trigger(Session session, String log, QualifiedName table, String operation)
            throws SQLException {
        String name = "pgstream_feed_" + operation.toLowerCase(Locale.ROOT);
        String rows = switch (operation) {
            case "INSERT" -> " REFERENCING NEW TABLE AS new_rows";
            case "UPDATE" -> " REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows";
            case "DELETE" -> " REFERENCING OLD TABLE AS old_rows";
            default -> "";
        };
        String target = Identifiers.quote(table);
        session.execute("CREATE OR REPLACE TRIGGER " + name + " AFTER " + operation + " ON " + target + rows
                + " FOR EACH STATEMENT EXECUTE FUNCTION " + log + "(); ALTER TABLE " + target
                + " ENABLE ALWAYS TRIGGER "
                + name);
    }

    /**
     * The settings are those under which the text of a value means one value. A transaction that has notified cannot be
     * prepared for a two-phase commit, so a table that its writers maintain does not notify.
     */
    private static String function(String log, StreamTableRow row) {
        String insert = "        INSERT INTO " + log
                + " (pgstream_xid, pgstream_weight, pgstream_row) SELECT pg_current_xact_id(), ";
        String old = insert + "-1, row_to_json(pgstream_old) FROM old_rows AS pgstream_old;\n";
        String current = insert + "1, row_to_json(pgstream_new) FROM new_rows AS pgstream_new;\n";
        String notify = row.effectiveMode().synchronous()
                ? ""
                : "    IF FOUND THEN\n        PERFORM pg_notify('" + CHANNEL
                        + "', json_build_object('table', format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME),"
                        + " 'transaction', pg_current_xact_id()::text)::text);\n"
                        + "    END IF;\n";
        return "CREATE OR REPLACE FUNCTION " + log
                + "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path ="
                + " pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO' SET IntervalStyle = 'postgres' SET"
                + " extra_float_digits = 1 SET bytea_output = 'hex' AS $feed$\nBEGIN\n    IF TG_OP = 'INSERT' THEN\n"
                + current + "    ELSIF TG_OP = 'UPDATE' THEN\n" + old + current + "    ELSIF TG_OP = 'DELETE' THEN\n"
                + old + "    ELSE\n" + insert + "0, NULL;\n    END IF;\n" + notify
                + "    RETURN NULL;\nEND\n$feed$";
    }

    /** Closes the feed of a stream table, if it has one. */
    public void close(Session session, long id) throws SQLException {
        session.execute("SET LOCAL client_min_messages = warning; DROP FUNCTION IF EXISTS " + log(id)
                + "() CASCADE; DROP TABLE IF EXISTS " + log(id));
        session.update("DELETE FROM " + catalogSchema + ".pgs_change_feeds WHERE stream_table_id = ?", id);
    }
}
