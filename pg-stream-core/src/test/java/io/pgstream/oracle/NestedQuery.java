package io.pgstream.oracle;

import io.pgstream.oracle.RandomExpression.Column;
import io.pgstream.oracle.RandomQuery.Query;
import io.pgstream.oracle.RandomQuery.Relation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Queries in which every clause can hold every other: written apart from {@link RandomQuery}, so that what one never
 * thinks of is not what the other never thinks of. Some are no queries: PostgreSQL tells them apart.
 */
final class NestedQuery {

    private static final List<String> SETS =
            List.of(" UNION ALL ", " UNION ", " INTERSECT ", " EXCEPT ", " INTERSECT ALL ", " EXCEPT ALL ");

    private final Random random;

    private final List<Relation> relations;

    private final AtomicInteger names;

    private final RandomExpression simple;

    private final NestedExpression expressions;

    private final NestedCalls calls;

    NestedQuery(Random random, List<Relation> relations) {
        this(random, relations, new AtomicInteger());
    }

    private NestedQuery(Random random, List<Relation> relations, AtomicInteger names) {
        this.random = random;
        this.relations = relations;
        this.names = names;
        this.simple = new RandomExpression(random);
        this.expressions = new NestedExpression(random, this);
        this.calls = new NestedCalls(random, expressions);
    }

    /** A whole query. */
    Query query() {
        return body(random.nextInt(4) == 0 ? 2 : 1, List.of(), null);
    }

    /** Something that can stand in parentheses; {@code outer} is what it may refer to beyond itself. */
    Query body(int depth, List<Column> outer, @Nullable List<Kind> wanted) {
        int choice = random.nextInt(16);
        if (depth > 0 && choice < 2) {
            return combined(depth, outer, wanted);
        }
        if (depth > 0 && choice < 4) {
            return with(depth, outer, wanted);
        }
        if (choice == 4 && wanted != null) {
            return values(outer, wanted);
        }
        return new Block(depth, outer, wanted).query();
    }

    private Query combined(int depth, List<Column> outer, @Nullable List<Kind> wanted) {
        Query first = body(depth - 1, outer, wanted);
        List<Kind> kinds = first.columns().stream().map(Column::kind).toList();
        StringBuilder sql = new StringBuilder("(" + first.sql() + ")");
        for (int i = 0; i < 1 + random.nextInt(2); i++) {
            sql.append(simple.pick(SETS))
                    .append("(")
                    .append(body(depth - 1, outer, kinds).sql())
                    .append(")");
        }
        return new Query(sql + (random.nextInt(6) == 0 ? sorted(kinds) : ""), first.columns());
    }

    private Query with(int depth, List<Column> outer, @Nullable List<Kind> wanted) {
        List<Relation> visible = new ArrayList<>();
        StringBuilder sql = new StringBuilder("WITH ");
        NestedQuery inner = this;
        for (int i = 0; i < 1 + random.nextInt(2); i++) {
            String name = "cte" + names.incrementAndGet();
            Query body = inner.body(depth - 1, outer, null);
            String kind = simple.pick(List.of("", "", "MATERIALIZED ", "NOT MATERIALIZED "));
            sql.append(i == 0 ? "" : ", ").append(name).append(" AS ").append(kind);
            sql.append("(").append(body.sql()).append(")");
            // Twice, so that several references are frequent.
            visible.add(new Relation(name, body.columns()));
            visible.add(new Relation(name, body.columns()));
            List<Relation> all = new ArrayList<>(visible);
            all.add(simple.pick(relations));
            inner = new NestedQuery(random, all, names);
        }
        Query outside = inner.body(depth - 1, outer, wanted);
        return new Query(
                sql + " " + (outside.sql().startsWith("WITH") ? "(" + outside.sql() + ")" : outside.sql()),
                outside.columns());
    }

    private Query values(List<Column> outer, List<Kind> wanted) {
        String rows = IntStream.rangeClosed(0, random.nextInt(2))
                .mapToObj(row -> wanted.stream()
                        .map(kind -> random.nextInt(3) == 0 ? simple.column(kind, outer) : kind.literal(random))
                        .collect(Collectors.joining(", ", "(", ")")))
                .collect(Collectors.joining(", "));
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            columns.add(new Column("column" + (i + 1), wanted.get(i)));
        }
        return new Query("VALUES " + rows, columns);
    }

    /** An order by all columns with a limit, or nothing where there is no such order. */
    private String sorted(List<Kind> kinds) {
        if (!kinds.stream().allMatch(NestedCalls::sortable)) {
            return "";
        }
        List<Integer> positions =
                new ArrayList<>(IntStream.rangeClosed(1, kinds.size()).boxed().toList());
        Collections.shuffle(positions, random);
        String order = positions.stream().map(it -> it + calls.direction()).collect(Collectors.joining(", "));
        String slice = simple.pick(List.of(
                " LIMIT 1",
                " LIMIT 3",
                " LIMIT 2 OFFSET 1",
                " OFFSET 2",
                " FETCH FIRST 2 ROWS WITH TIES",
                " LIMIT 10"));
        return " ORDER BY " + order + slice;
    }

    private String alias() {
        return "x" + names.incrementAndGet();
    }

    private static List<Column> under(String alias, List<Column> columns) {
        return columns.stream()
                .map(column -> new Column(alias + "." + column.sql(), column.kind()))
                .toList();
    }

    /** One SELECT while it is put together. */
    private final class Block {

        private final int depth;

        private final List<Column> outer;

        private final @Nullable List<Kind> wanted;

        private final List<Column> local = new ArrayList<>();

        private final List<String> conditions = new ArrayList<>();

        private final List<Column> items = new ArrayList<>();

        Block(int depth, List<Column> outer, @Nullable List<Kind> wanted) {
            this.depth = depth;
            this.outer = outer;
            this.wanted = wanted;
        }

        Query query() {
            String from = from(1 + Math.min(random.nextInt(3), random.nextInt(4)));
            if (random.nextInt(5) > 1) {
                conditions.add(expressions.condition(local, around(local), depth));
            }
            if (!outer.isEmpty() && random.nextInt(6) > 0) {
                conditions.add(expressions.match(outer, local));
            }
            String where = conditions.isEmpty()
                    ? ""
                    : " WHERE " + conditions.stream().map(it -> "(" + it + ")").collect(Collectors.joining(" AND "));
            String tail = switch (random.nextInt(8)) {
                case 0, 1, 2 -> grouped();
                case 3 -> totalled();
                default -> plain();
            };
            return block(from + where, tail);
        }

        private List<Column> around(List<Column> columns) {
            List<Column> all = new ArrayList<>(columns);
            all.addAll(outer);
            return all;
        }

        private String plain() {
            fill(local, local);
            return random.nextInt(4) == 0 ? window(local, true) : "";
        }

        private String totalled() {
            List<Column> atoms = calls.aggregates(local, around(local), depth);
            fill(atoms, List.of());
            return random.nextInt(4) == 0 ? " HAVING " + expressions.condition(atoms, outer, depth - 1) : "";
        }

        private String grouped() {
            List<Column> keys = new ArrayList<>();
            List<Column> plain = new ArrayList<>();
            List<Column> comparable =
                    local.stream().filter(it -> it.kind().comparable()).toList();
            if (comparable.isEmpty()) {
                return totalled();
            }
            for (int i = 0; i < 1 + random.nextInt(3); i++) {
                Column column = simple.pick(comparable);
                String computed = simple.value(column.kind(), local, 1);
                // Grouping sets by a constant are refused.
                boolean bare = random.nextInt(4) > 0 || !computed.matches(".*x\\d+\\..*");
                keys.add(bare ? column : new Column(computed, column.kind()));
                if (bare) {
                    plain.add(column);
                }
            }
            List<Column> atoms = new ArrayList<>(keys);
            atoms.addAll(calls.aggregates(local, around(local), depth));
            String groupBy =
                    calls.groupBy(keys.stream().map(Column::sql).distinct().toList());
            fill(atoms, plain);
            String tail = " GROUP BY " + groupBy;
            if (random.nextInt(4) == 0) {
                tail += " HAVING " + expressions.condition(atoms, around(plain), depth - 1);
            }
            return tail + (random.nextInt(5) == 0 ? window(atoms, false) : "");
        }

        /** A call of a window function more, where the columns are not given. */
        private String window(List<Column> atoms, boolean rows) {
            if (wanted != null) {
                return "";
            }
            NestedCalls.Call call = calls.window(atoms, rows ? local : List.of());
            items.add(call.value());
            return call.clause();
        }

        private void fill(List<Column> atoms, List<Column> plain) {
            List<Kind> kinds = wanted;
            if (kinds == null) {
                kinds = new ArrayList<>();
                for (int i = 0; i < 1 + random.nextInt(4); i++) {
                    kinds.add(simple.pick(atoms).kind());
                }
            }
            List<Column> correlated = new ArrayList<>(plain);
            correlated.addAll(outer);
            for (Kind kind : kinds) {
                items.add(new Column(expressions.value(kind, atoms, correlated, depth), kind));
            }
        }

        private Query block(String from, String tail) {
            List<Column> columns = new ArrayList<>();
            StringBuilder list = new StringBuilder();
            for (Column item : items) {
                String name = "c" + (columns.size() + 1);
                list.append(columns.isEmpty() ? "" : ", ").append(item.sql());
                list.append(" AS ").append(name);
                columns.add(new Column(name, item.kind()));
            }
            List<Kind> kinds = columns.stream().map(Column::kind).toList();
            boolean ordered = kinds.stream().allMatch(NestedCalls::sortable);
            if (ordered && columns.size() > 1 && random.nextInt(20) == 0) {
                String all = columns.stream().map(Column::sql).collect(Collectors.joining(", "));
                return new Query(
                        "SELECT DISTINCT ON (c1) * FROM (SELECT " + list + from + tail + ") AS " + alias()
                                + " ORDER BY " + all,
                        columns);
            }
            String distinct = random.nextInt(10) == 0 ? "DISTINCT " : "";
            String sorted = random.nextInt(8) == 0 ? sorted(kinds) : "";
            return new Query("SELECT " + distinct + list + from + tail + sorted, columns);
        }

        private String from(int size) {
            if (size == 1 && random.nextInt(40) == 0) {
                return outer.isEmpty() ? " FROM " + item(local) : " FROM " + function(alias(), outer, local);
            }
            StringBuilder sql = new StringBuilder(" FROM ");
            sql.append(item(local));
            for (int i = 1; i < size; i++) {
                join(sql);
            }
            return sql.toString();
        }

        private void join(StringBuilder sql) {
            List<Column> right = new ArrayList<>();
            if (random.nextInt(4) == 0) {
                String item = lateral(right);
                boolean left = random.nextBoolean();
                String on = left
                        ? " ON " + (random.nextBoolean() ? "true" : expressions.condition(around2(right), outer, 0))
                        : "";
                sql.append(left ? " LEFT JOIN " : random.nextBoolean() ? " CROSS JOIN " : ", ")
                        .append(item)
                        .append(on);
                local.addAll(right);
                return;
            }
            String item = item(right);
            String match = expressions.match(local, right);
            String more = random.nextInt(4) == 0
                    ? " AND " + expressions.condition(around2(right), around(around2(right)), depth - 1)
                    : "";
            String kind = simple.pick(
                    List.of(" JOIN ", " JOIN ", " JOIN ", " LEFT JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN "));
            if (kind.equals(" FULL JOIN ") && (more.contains("SELECT") || !match.matches("\\S+ = \\S+"))) {
                more = "";
            }
            if (random.nextInt(8) == 0) {
                sql.append(", ").append(item);
                conditions.add(match + more);
            } else {
                sql.append(kind).append(item).append(" ON ").append(match).append(more);
            }
            local.addAll(right);
        }

        private List<Column> around2(List<Column> right) {
            List<Column> all = new ArrayList<>(local);
            all.addAll(right);
            return all;
        }

        private String lateral(List<Column> here) {
            List<Column> seen = around(local);
            String alias = alias();
            if (random.nextInt(3) == 0) {
                return function(alias, seen, here);
            }
            Query query = body(Math.max(0, depth - 1), seen, null);
            here.addAll(under(alias, query.columns()));
            return "LATERAL (" + query.sql() + ") AS " + alias;
        }

        private String function(String alias, List<Column> seen, List<Column> here) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    here.add(new Column(alias + ".v", Kind.INT));
                    return "generate_series(1, least(" + simple.column(Kind.INT, seen) + ", 3)) AS " + alias + "(v)";
                }
                case 1 -> {
                    here.add(new Column(alias + ".v", Kind.TEXT));
                    here.add(new Column(alias + ".o", Kind.BIGINT));
                    return "unnest(" + simple.column(Kind.ARRAY, seen) + ") WITH ORDINALITY AS " + alias + "(v, o)";
                }
                case 2 -> {
                    here.add(new Column(alias + ".key", Kind.TEXT));
                    here.add(new Column(alias + ".value", Kind.TEXT));
                    String document = simple.column(Kind.JSONB, seen);
                    return "jsonb_each_text(CASE jsonb_typeof(" + document + ") WHEN 'object' THEN " + document
                            + " END) AS " + alias;
                }
                default -> {
                    here.add(new Column(alias + ".p", Kind.INT));
                    here.add(new Column(alias + ".q", Kind.TEXT));
                    return "LATERAL (VALUES (" + simple.column(Kind.INT, seen) + ", " + simple.column(Kind.TEXT, seen)
                            + "), (7, 'z')) AS " + alias + "(p, q)";
                }
            }
        }

        private String item(List<Column> here) {
            String alias = alias();
            if (depth > 0 && random.nextInt(4) == 0) {
                Query query = body(depth - 1, outer, null);
                here.addAll(under(alias, query.columns()));
                return "(" + query.sql() + ") AS " + alias;
            }
            Relation relation = simple.pick(relations);
            here.addAll(under(alias, relation.columns()));
            return relation.name() + " AS " + alias;
        }
    }
}
