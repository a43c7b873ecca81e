package io.pgstream.samples.benchmarks;

/** PostgreSQL's own recomputation, with or without {@code CONCURRENTLY}. */
final class MaterializedView implements Contender {

    static final String PLAIN = "materialized-view";

    static final String CONCURRENTLY = "concurrently";

    private final Database database;

    private final MaintainedQuery query;

    private final String schema;

    private final boolean concurrently;

    MaterializedView(Database database, MaintainedQuery query, String schema, boolean concurrently) {
        this.database = database;
        this.query = query;
        this.schema = schema;
        this.concurrently = concurrently;
    }

    @Override
    public String label() {
        return concurrently ? CONCURRENTLY : PLAIN;
    }

    @Override
    public String relation() {
        return schema + "." + query.identifier() + (concurrently ? "_concurrently" : "_view");
    }

    @Override
    public void create() {
        database.execute("CREATE MATERIALIZED VIEW " + relation() + " AS " + query.query());
        if (query.key() != null) {
            database.execute("CREATE UNIQUE INDEX ON " + relation() + " (" + query.key() + ")");
        }
    }

    @Override
    public void refresh() {
        database.execute("REFRESH MATERIALIZED VIEW " + (concurrently ? "CONCURRENTLY " : "") + relation());
    }

    @Override
    public void drop() {
        database.execute("DROP MATERIALIZED VIEW IF EXISTS " + relation());
    }
}
