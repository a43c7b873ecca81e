package io.pgstream.samples.benchmarks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an expert would write for one query and no other: statement triggers that keep exactly the columns that the query
 * needs, old images with the weight -1 and new ones with 1, and one or few statements that apply them. It has no catalog, no frontier and one consumer, and emptying its
 * buffers is not timed: that makes it a lower limit, and slightly better than what could run in production.
 */
final class HandWritten implements Contender {

    static final String LABEL = "hand-written";

    private final Database database;

    private final Shape shape;

    private final Map<String, List<String>> sections;

    HandWritten(Database database, Shape shape) {
        this.database = database;
        this.shape = shape;
        this.sections = sections(shape);
    }

    @Override
    public String label() {
        return LABEL;
    }

    @Override
    public String relation() {
        return "handwritten." + shape.identifier();
    }

    @Override
    public void create() {
        database.execute("CREATE SCHEMA IF NOT EXISTS handwritten");
        createCapture("sale", shape.saleColumns());
        if (shape.readsCustomers()) {
            createCapture("customer", shape.customerColumns());
        }
        database.executeAll(sections.getOrDefault("setup", List.of()));
    }

    private void createCapture(String source, String columns) {
        String buffer = buffer(shape, source);
        database.execute("CREATE TABLE " + buffer + " AS SELECT 0::smallint AS w, " + columns + " FROM bench." + source
                + " WITH NO DATA");
        database.execute("ALTER TABLE " + buffer + " ADD COLUMN seq bigint GENERATED ALWAYS AS IDENTITY");
        database.execute("""
                CREATE FUNCTION %1$s_capture() RETURNS trigger LANGUAGE plpgsql AS $capture$
                BEGIN
                    IF TG_OP <> 'INSERT' THEN
                        INSERT INTO %1$s SELECT -1, %2$s FROM before;
                    END IF;
                    IF TG_OP <> 'DELETE' THEN
                        INSERT INTO %1$s SELECT 1, %2$s FROM after;
                    END IF;
                    RETURN NULL;
                END $capture$""".formatted(buffer, columns));
        createTrigger(source, "insert", "NEW TABLE AS after");
        createTrigger(source, "update", "OLD TABLE AS before NEW TABLE AS after");
        createTrigger(source, "delete", "OLD TABLE AS before");
    }

    private void createTrigger(String source, String event, String transitionTables) {
        database.execute("CREATE TRIGGER handwritten_%s_%s AFTER %s ON bench.%s REFERENCING %s FOR EACH STATEMENT"
                        .formatted(shape.identifier(), event, event, source, transitionTables)
                + " EXECUTE FUNCTION " + buffer(shape, source) + "_capture()");
    }

    @Override
    public void refresh() {
        database.inTransaction(() -> {
            boolean salesOnly = sections.containsKey("refresh-sales-only")
                    && database.text("SELECT EXISTS (SELECT FROM " + buffer(shape, "customer") + ")")
                            .equals("f");
            database.executeAll(sections.getOrDefault(salesOnly ? "refresh-sales-only" : "refresh", List.of()));
        });
    }

    @Override
    public void afterRound() {
        database.execute("TRUNCATE " + buffer(shape, "sale"));
        if (shape.readsCustomers()) {
            database.execute("TRUNCATE " + buffer(shape, "customer"));
        }
    }

    @Override
    public void drop() {
        database.execute("DROP SCHEMA IF EXISTS handwritten CASCADE");
    }

    private static String buffer(Shape shape, String source) {
        return "handwritten." + shape.identifier() + "_" + source;
    }

    private Map<String, List<String>> sections(Shape shape) {
        String script = Database.read("/handwritten/" + shape.handWrittenFile() + ".sql")
                .replace("${table}", relation())
                .replace("${query}", shape.query())
                .replace("${sale_changes}", buffer(shape, "sale"))
                .replace("${customer_changes}", buffer(shape, "customer"));
        Map<String, List<String>> found = new HashMap<>();
        for (String section : script.split("(?m)^-- @")) {
            int end = section.indexOf('\n');
            if (end > 0) {
                found.put(section.substring(0, end).strip(), Database.split(section.substring(end)));
            }
        }
        return found;
    }
}
