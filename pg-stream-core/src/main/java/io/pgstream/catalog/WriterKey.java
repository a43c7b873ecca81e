package io.pgstream.catalog;

/**
 * How the engine's own writes pass the protection of stream tables: in a setting of their transaction they show a key that
 * only the owner of the catalog can read, and whose hash the triggers know. The key is read by the server and never part of
 * a statement's text, so that no log shows it.
 *
 * @since 0.1.0
 */
public final class WriterKey {

    /** The setting; its value ends with the transaction. */
    public static final String SETTING = "pgstream.writer";

    private WriterKey() {}

    /**
     * An expression that shows the key until the end of the transaction.
     *
     * @param schema the catalog's schema, quoted
     */
    public static String show(String schema) {
        return "set_config('" + SETTING + "', (SELECT key FROM " + schema + ".pgs_writer_key), true)";
    }

    /**
     * The same for functions, whose sessions keep the key in their plans.
     *
     * @param schema the catalog's schema, quoted
     */
    static String showKept(String schema) {
        return "set_config('" + SETTING + "', " + schema + ".writer_key(), true)";
    }
}
