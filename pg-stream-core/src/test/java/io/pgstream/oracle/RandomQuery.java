package io.pgstream.oracle;

import io.pgstream.oracle.RandomExpression.Column;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Random queries of the grammar that is maintained differentially. Some are wrong (an ambiguous NATURAL, a type that has
 * no common type with another): PostgreSQL tells them apart, and they are thrown away.
 */
final class RandomQuery {

    /** A query with the names and kinds of its columns. */
    record Query(String sql, List<Column> columns) {}

    /** Something to read from: a table, a view, a stream table. */
    record Relation(String name, List<Column> columns) {}

    private static final List<String> ODD_NAMES =
            List.of("\"select\"", "\"Sum \"\"of\"\" x\"", "\"é\"", "\"C\"", "total");

    private static final List<String> SET_OPERATIONS = List.of(
            " UNION ALL ",
            " UNION ALL ",
            " UNION ALL ",
            " UNION ",
            " INTERSECT ",
            " EXCEPT ",
            " INTERSECT ALL ",
            " EXCEPT ALL ");

    private final Random random;

    private final List<Relation> relations;

    private final RandomExpression expressions;

    private final RandomSubquery subqueries;

    private final RandomLateral laterals;

    private final RandomMatch matches;

    private int aliases;

    RandomQuery(Random random, List<Relation> relations) {
        this.random = random;
        this.relations = relations;
        this.expressions = new RandomExpression(random);
        this.subqueries = new RandomSubquery(random, relations);
        this.laterals = new RandomLateral(random, relations);
        this.matches = new RandomMatch(random, expressions);
    }

    /** A whole query. */
    Query query() {
        Query query = unwrapped();
        return random.nextInt(5) == 0 ? new RandomPartitions(random, expressions).wrap(query) : query;
    }

    private Query unwrapped() {
        int choice = random.nextInt(12);
        if (choice == 0) {
            return with(random.nextInt(3) == 0 ? new RandomRecursion(random, relations) : null);
        }
        return (choice < 4) ? union(2) : select(2, null);
    }

    /** A query outside of what is maintained differentially, for AUTO. */
    Query unsupported() {
        Query inner = select(1, null);
        return switch (random.nextInt(2)) {
            case 0 -> new Query(inner.sql() + " EXCEPT ALL " + inner.sql() + " LIMIT 5", inner.columns());
            default -> {
                Relation right = expressions.pick(relations);
                Column column = right.columns().get(0);
                yield new Query(
                        "SELECT l.*, (SELECT count(r." + column.sql() + ") FROM " + right.name() + " AS r WHERE ("
                                + expressions.condition(under("r", right.columns()), 0) + ") IS NOT DISTINCT FROM (l."
                                + inner.columns().get(0).sql() + " IS NULL)) AS counted FROM (" + inner.sql()
                                + ") AS l",
                        inner.columns());
            }
        };
    }

    private Query with(@org.jspecify.annotations.Nullable RandomRecursion recursion) {
        String name = random.nextBoolean() ? "w" : "\"With\"";
        Query body = (recursion == null) ? null : recursion.body(name);
        Query first = (body != null) ? body : random.nextInt(3) == 0 ? union(1) : select(1, null);
        RandomQuery outer = new RandomQuery(
                random,
                List.of(
                        new Relation(name, first.columns()),
                        new Relation(name, first.columns()),
                        expressions.pick(relations)));
        outer.aliases = aliases + 50;
        Query second = outer.select(1, null);
        String materialized = switch (random.nextInt(4)) {
            case 0 -> "MATERIALIZED ";
            case 1 -> "NOT MATERIALIZED ";
            default -> "";
        };
        return new Query(
                (body == null ? "WITH " : "WITH RECURSIVE ") + name + " AS " + materialized + "(" + first.sql() + ") "
                        + second.sql(),
                second.columns());
    }

    private Query union(int depth) {
        Query first = select(depth - 1, null);
        List<Kind> kinds = first.columns().stream().map(Column::kind).toList();
        StringBuilder sql = new StringBuilder(first.sql());
        int branches = 1 + random.nextInt(2);
        for (int i = 0; i < branches; i++) {
            List<Kind> wanted = new ArrayList<>(kinds);
            for (int k = 0; k < wanted.size(); k++) {
                if (wanted.get(k).number() && random.nextInt(6) == 0) {
                    wanted.set(k, expressions.pick(Kind.NUMBERS));
                }
            }
            if (random.nextInt(4) == 0) {
                sql.insert(0, "(").append(")");
            }
            sql.append(expressions.pick(SET_OPERATIONS))
                    .append(
                            random.nextInt(8) == 0
                                    ? constants(wanted)
                                    : select(depth - 1, wanted).sql());
        }
        return new Query(sql.toString(), first.columns());
    }

    /** A branch that reads nothing. */
    private String constants(List<Kind> kinds) {
        String row = kinds.stream().map(kind -> kind.literal(random)).collect(Collectors.joining(", "));
        return random.nextBoolean() ? "SELECT " + row : "VALUES (" + row + "), (" + row + ")";
    }

    /** One query block; {@code wanted} are the kinds of its columns, or null for any. */
    private Query select(int depth, @org.jspecify.annotations.Nullable List<Kind> wanted) {
        From from = new From(depth);
        List<String> where = from.conditions;
        if (random.nextInt(2) == 0) {
            where.add(expressions.condition(from.scope, 2));
        }
        if (random.nextInt(4) == 0) {
            where.add(subqueries.condition(from.scope));
        }
        int shape = random.nextInt(10);
        if (wanted == null && shape < 4) {
            return grouped(from, false);
        }
        if (wanted == null && shape == 4) {
            return grouped(from, true);
        }
        List<Kind> kinds = wanted;
        if (kinds == null) {
            kinds = new ArrayList<>();
            int count = 1 + random.nextInt(4);
            for (int i = 0; i < count; i++) {
                kinds.add(
                        random.nextInt(5) == 0
                                ? Kind.any(random)
                                : expressions.pick(from.scope).kind());
            }
        }
        List<String> values = new ArrayList<>();
        for (Kind kind : kinds) {
            boolean set = kind == Kind.TEXT && random.nextInt(8) == 0;
            values.add(set ? "unnest(" + expressions.value(Kind.ARRAY, from.scope, 1) + ")" : item(kind, from));
        }
        if (wanted == null && random.nextInt(8) == 0) {
            Column call = new RandomPartitions(random, expressions).call(from.scope);
            values.add(call.sql());
            kinds = new ArrayList<>(kinds);
            kinds.add(call.kind());
        }
        return block(values, kinds, from, "");
    }

    private String item(Kind kind, From from) {
        if (random.nextInt(10) == 0) {
            return switch (kind) {
                case TEXT -> new RandomCorrelated(random, relations).value(kind, from.scope);
                case BOOLEAN -> "(" + subqueries.condition(from.scope) + ")";
                case BIGINT ->
                    random.nextBoolean()
                            ? subqueries.count(from.scope)
                            : new RandomCorrelated(random, relations).value(kind, from.scope);
                default ->
                    random.nextBoolean()
                            ? subqueries.value(kind, from.scope)
                            : "CASE WHEN " + subqueries.condition(from.scope) + " THEN "
                                    + expressions.column(kind, from.scope) + " END";
            };
        }
        return random.nextBoolean() ? expressions.column(kind, from.scope) : expressions.value(kind, from.scope, 2);
    }

    private Query grouped(From from, boolean scalar) {
        List<String> keys = new ArrayList<>();
        List<Kind> keyKinds = new ArrayList<>();
        List<Column> comparable =
                from.scope.stream().filter(column -> column.kind().comparable()).toList();
        int count = (scalar || comparable.isEmpty()) ? 0 : 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            Column column = expressions.pick(comparable);
            String key = random.nextInt(3) > 0 ? column.sql() : expressions.value(column.kind(), from.scope, 1);
            keys.add(key);
            keyKinds.add(column.kind());
        }
        List<String> values = new ArrayList<>();
        List<Kind> kinds = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            if (random.nextInt(5) > 0) {
                values.add(keys.get(i));
                kinds.add(keyKinds.get(i));
            }
        }
        int calls = (values.isEmpty() ? 1 : 0) + random.nextInt(4);
        for (int i = 0; i < calls; i++) {
            Column call =
                    (random.nextInt(16) == 0) ? subqueries.aggregate(from.scope) : expressions.aggregate(from.scope, 1);
            boolean combined = call.kind().number() && call.kind() != Kind.FLOAT && random.nextInt(5) == 0;
            values.add(combined ? "(COALESCE(" + call.sql() + ", 0) + 2 * count(*))" : call.sql());
            kinds.add(call.kind());
        }
        StringBuilder tail = new StringBuilder();
        if (!keys.isEmpty()) {
            String groupBy = new RandomPartitions(random, expressions).groupBy(keys);
            tail.append(" GROUP BY ").append(groupBy);
            if (!groupBy.equals(String.join(", ", keys)) && random.nextBoolean()) {
                values.add("GROUPING(" + expressions.pick(keys) + ")");
                kinds.add(Kind.INT);
            }
        }
        if (random.nextInt(8) == 0) {
            List<Column> outputs = new ArrayList<>(List.of(new Column("count(*)", Kind.BIGINT)));
            for (int i = 0; i < keys.size(); i++) {
                outputs.add(new Column(keys.get(i), keyKinds.get(i)));
            }
            Column call = new RandomPartitions(random, expressions).call(outputs);
            values.add(call.sql());
            kinds.add(call.kind());
        }
        if (random.nextInt(4) == 0) {
            tail.append(" HAVING ").append(having(from.scope));
            if (random.nextInt(3) == 0) {
                tail.append(random.nextBoolean() ? " OR " : " AND ").append(having(from.scope));
            }
        }
        return block(values, kinds, from, tail.toString());
    }

    private String having(List<Column> scope) {
        Column call = expressions.aggregate(scope, 0);
        return switch (random.nextInt(4)) {
            case 3 -> "count(*) > " + subqueries.value(Kind.INT, List.of());
            case 0 -> "count(*) " + (random.nextBoolean() ? "> " : "<> ") + random.nextInt(4);
            case 1 -> call.sql() + " IS NOT NULL";
            default ->
                call.kind() == Kind.FLOAT
                        ? "count(*) > 1"
                        : call.sql() + " > " + call.kind().literal(random);
        };
    }

    private Query block(List<String> values, List<Kind> kinds, From from, String tail) {
        Set<String> names = new LinkedHashSet<>();
        List<Column> columns = new ArrayList<>();
        StringBuilder items = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            String name = random.nextInt(6) == 0 ? expressions.pick(ODD_NAMES) : "c" + (i + 1);
            if (!names.add(name)) {
                name = "c" + (i + 1);
                names.add(name);
            }
            items.append(i == 0 ? "" : ", ")
                    .append(values.get(i))
                    .append(" AS ")
                    .append(name);
            columns.add(new Column(name, kinds.get(i)));
        }
        String where = from.conditions.isEmpty()
                ? ""
                : " WHERE "
                        + from.conditions.stream()
                                .map(condition -> "(" + condition + ")")
                                .collect(Collectors.joining(" AND "));
        String distinct = random.nextInt(10) == 0 ? "DISTINCT " : "";
        return new Query("SELECT " + distinct + items + " FROM " + from.sql + where + tail, columns);
    }

    private static List<Column> under(String alias, List<Column> columns) {
        return columns.stream()
                .map(column -> new Column(alias + "." + column.sql(), column.kind()))
                .toList();
    }

    /** A FROM clause with what it brings into scope. */
    private final class From {

        private final List<Column> scope = new ArrayList<>();

        private final List<String> conditions = new ArrayList<>();

        private final String sql;

        From(int depth) {
            int size = switch (random.nextInt(16)) {
                case 0, 1, 2, 3, 4, 5 -> 1;
                case 6, 7, 8, 9, 10 -> 2;
                case 11, 12, 13 -> 3;
                case 14 -> 4;
                default -> 4 + random.nextInt(3);
            };
            this.sql = join(size, depth, scope);
        }

        private String join(int size, int depth, List<Column> here) {
            if (size == 1) {
                return item(depth, here);
            }
            if (random.nextInt(6) == 0) {
                String before = join(size - 1, depth, here);
                return laterals.joined(before, "f" + (++aliases), here);
            }
            int right = (random.nextInt(4) == 0 && size > 2) ? 1 + random.nextInt(size - 1) : 1;
            List<Column> leftScope = new ArrayList<>();
            List<Column> rightScope = new ArrayList<>();
            String left = join(size - right, depth, leftScope);
            String rightSql = join(right, depth, rightScope);
            here.addAll(leftScope);
            here.addAll(rightScope);
            boolean nested = right > 1 && !rightSql.contains(", ");
            String operand = nested ? "(" + rightSql + ")" : rightSql;
            String match = matches.condition(leftScope, rightScope);
            int style = random.nextInt(13);
            if (style < 3) {
                conditions.add(match);
                return left + ", " + rightSql;
            }
            if (style == 3) {
                return left + " NATURAL JOIN " + operand;
            }
            if (style < 6) {
                return left + " JOIN " + operand + " USING (" + matches.shared(leftScope, rightScope) + ")";
            }
            if (style == 6) {
                conditions.add(match);
                return left + " CROSS JOIN " + operand;
            }
            String more = switch (random.nextInt(12)) {
                case 0, 1, 2 -> " AND " + expressions.condition(here, 1);
                case 3 -> " AND (" + subqueries.condition(expressions.pick(List.of(leftScope, rightScope, here))) + ")";
                default -> "";
            };
            if (style < 10) {
                // A FULL JOIN by anything else than an equality is only possible where a filter reduces it.
                String kind = expressions.pick(
                        match.matches("\\S+ = \\S+") ? List.of("LEFT", "RIGHT", "FULL") : List.of("LEFT", "RIGHT"));
                if (kind.equals("FULL") && random.nextInt(4) == 0) {
                    return left + " FULL JOIN " + operand + " ON " + random.nextBoolean();
                }
                boolean using = random.nextInt(5) == 0;
                return left + " " + kind + " JOIN " + operand
                        + (using ? " USING (" + matches.shared(leftScope, rightScope) + ")" : " ON " + match + more);
            }
            return left + " INNER JOIN " + operand + " ON " + match + more;
        }

        private String item(int depth, List<Column> here) {
            if (depth > 0 && random.nextInt(5) == 0) {
                String alias = random.nextInt(4) == 0 ? "\"S " + (++aliases) + "\"" : "s" + (++aliases);
                Query query = random.nextInt(4) == 0 ? union(1) : select(depth - 1, null);
                if (random.nextInt(5) == 0) {
                    query = new RandomPartitions(random, expressions).wrap(query);
                }
                here.addAll(under(alias, query.columns()));
                return "(" + query.sql() + ") AS " + alias;
            }
            Relation relation = expressions.pick(relations);
            String alias = "a" + (++aliases);
            here.addAll(under(alias, relation.columns()));
            return relation.name() + " AS " + alias;
        }
    }
}
