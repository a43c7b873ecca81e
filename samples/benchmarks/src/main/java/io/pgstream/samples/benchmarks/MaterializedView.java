package io.pgstream.samples.benchmarks;

/** PostgreSQL's own recomputation, with or without {@code CONCURRENTLY}. */
final class MaterializedView implements Contender {

    static final String PLAIN = "materialized-view";

    static final String CONCURRENTLY = "concurrently";

    private final Database database;

    private final Shape shape;

    private final boolean concurrently;

    MaterializedView(Database database, Shape shape, boolean concurrently) {
        this.database = database;
        this.shape = shape;
        this.concurrently = concurrently;
    }

    @Override
    public String label() {
        return concurrently ? CONCURRENTLY : PLAIN;
    }

    @Override
    public String relation() {
        return "bench." + shape.identifier() + (concurrently ? "_concurrently" : "_view");
    }

    @Override
    public void create() {
        database.execute("CREATE MATERIALIZED VIEW " + relation() + " AS " + shape.query());
        database.execute("CREATE UNIQUE INDEX ON " + relation() + " (" + shape.key() + ")");
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
