package io.pgstream.samples.benchmarks;

import java.util.Arrays;
import java.util.List;

/** The queries whose refresh is measured. */
enum Shape implements MaintainedQuery {
    SCAN("scan", "id", "id, customer_id, store_id, product_id, status, quantity, amount, sold_at, note", "", """
            SELECT id, customer_id, store_id, product_id, status, quantity, amount, sold_at, note
              FROM bench.sale"""),

    FILTER("filter", "id", "id, customer_id, status, quantity, amount, sold_at", "", """
            SELECT id, customer_id, quantity, amount, sold_at
              FROM bench.sale
             WHERE status = 3"""),

    AGGREGATE_100("aggregate-100", "store_id", "store_id, quantity, amount", "", """
            SELECT store_id, count(*) AS sales, sum(quantity) AS quantity, sum(amount) AS revenue
              FROM bench.sale
             GROUP BY store_id"""),

    AGGREGATE_10K("aggregate-10k", "product_id", "product_id, quantity, amount", "", """
            SELECT product_id, count(*) AS sales, sum(quantity) AS quantity, sum(amount) AS revenue
              FROM bench.sale
             GROUP BY product_id"""),

    JOIN("join", "id", "id, customer_id, quantity, amount, sold_at", "id, region_id, name", """
            SELECT s.id, s.customer_id, s.quantity, s.amount, s.sold_at, c.name, c.region_id
              FROM bench.sale s
              JOIN bench.customer c ON c.id = s.customer_id"""),

    JOIN_AGGREGATE("join-aggregate", "region_id", "id, customer_id, quantity, amount", "id, region_id", """
            SELECT c.region_id, count(*) AS sales, sum(s.quantity) AS quantity, sum(s.amount) AS revenue
              FROM bench.sale s
              JOIN bench.customer c ON c.id = s.customer_id
             GROUP BY c.region_id"""),

    /** As {@link #JOIN}, and the same share of the customers changes too, each of them with its ten sales. */
    JOIN_BOTH("join-both", JOIN),

    /** As {@link #JOIN_AGGREGATE}, and the same share of the customers changes too, each with its ten sales. */
    JOIN_AGGREGATE_BOTH("join-aggregate-both", JOIN_AGGREGATE);

    private final String label;

    private final String key;

    private final String saleColumns;

    private final String customerColumns;

    private final String query;

    private final boolean changesCustomers;

    Shape(String label, Shape like) {
        this.label = label;
        this.key = like.key;
        this.saleColumns = like.saleColumns;
        this.customerColumns = like.customerColumns;
        this.query = like.query;
        this.changesCustomers = true;
    }

    Shape(String label, String key, String saleColumns, String customerColumns, String query) {
        this.label = label;
        this.key = key;
        this.saleColumns = saleColumns;
        this.customerColumns = customerColumns;
        this.query = query;
        this.changesCustomers = false;
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public String key() {
        return key;
    }

    /** The columns of {@code sale} that a capture written for this query keeps. */
    String saleColumns() {
        return saleColumns;
    }

    /** The columns of {@code customer} that a capture written for this query keeps; empty if it is not read. */
    String customerColumns() {
        return customerColumns;
    }

    boolean readsCustomers() {
        return !customerColumns.isEmpty();
    }

    /** Whether the benchmark changes {@code customer} as well as {@code sale}. */
    boolean changesCustomers() {
        return changesCustomers;
    }

    /** The file of the statements that an expert would write; two shapes with one query share it. */
    String handWrittenFile() {
        return label.replace("-both", "").replace('-', '_');
    }

    @Override
    public String query() {
        return query;
    }

    @Override
    public String identifier() {
        return label.replace('-', '_');
    }

    static List<Shape> parseList(String text) {
        if (text.equals("all")) {
            return List.of(values());
        }
        return Arrays.stream(text.split(",")).map(Shape::parse).toList();
    }

    static Shape parse(String label) {
        return Arrays.stream(values())
                .filter(shape -> shape.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no shape '" + label + "'. The shapes are "
                        + Arrays.stream(values()).map(Shape::label).toList() + "."));
    }
}
