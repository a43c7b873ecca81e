package io.pgstream.oracle;

import io.pgstream.oracle.RandomExpression.Column;
import io.pgstream.oracle.RandomQuery.Relation;
import java.util.List;
import java.util.Random;

/** Random subqueries in expressions: existence tests, comparisons with ANY and ALL, values. */
final class RandomSubquery {

    private final Random random;

    private final List<Relation> relations;

    private final RandomExpression expressions;

    private int aliases;

    RandomSubquery(Random random, List<Relation> relations) {
        this.random = random;
        this.relations = relations;
        this.expressions = new RandomExpression(random);
    }

    /** A condition with one to three subqueries, also below OR, NOT and CASE. */
    String condition(List<Column> scope) {
        String test = random.nextInt(4) == 0 ? new RandomCorrelated(random, relations).test(scope) : test(scope);
        return switch (random.nextInt(9)) {
            case 0 -> test + " OR " + expressions.condition(scope, 1);
            case 1 -> "NOT (" + test + " AND " + expressions.condition(scope, 1) + ")";
            case 2 -> "(" + test + ") IS NOT TRUE";
            case 3 -> test + (random.nextBoolean() ? " OR " : " AND ") + test(scope);
            case 4 ->
                "CASE WHEN " + test + " THEN " + expressions.condition(scope, 0) + " ELSE " + test(scope) + " END";
            case 5 -> "NOT (" + test + ")";
            default -> test;
        };
    }

    private String test(List<Column> scope) {
        List<Column> comparable =
                scope.stream().filter(column -> column.kind().comparable()).toList();
        if (comparable.isEmpty()) {
            return exists(scope);
        }
        Column left = expressions.pick(comparable);
        Column second = expressions.pick(comparable);
        return switch (random.nextInt(9)) {
            case 8 ->
                "coalesce(" + left.sql() + "::text, 'none')"
                        + expressions.pick(List.of(" LIKE ANY (", " NOT ILIKE ALL (", " ~ ANY (", " ^@ ALL ("))
                        + rows(scope, new Column("", Kind.TEXT)) + ")";
            case 0 -> left.sql() + " IN (" + rows(scope, left) + ")";
            case 1 -> left.sql() + " NOT IN (" + rows(scope, left) + ")";
            case 2 ->
                left.sql() + expressions.pick(List.of(" = ", " <> ", " < ", " > ", " <= ", " >= "))
                        + (random.nextBoolean() ? "ANY (" : "ALL (") + rows(scope, left) + ")";
            case 3 ->
                "(" + left.sql() + ", " + second.sql() + ")"
                        + expressions.pick(List.of(" IN ", " NOT IN ", " <> ALL ", " = ANY ")) + "("
                        + rows(scope, left, second) + ")";
            case 4 -> left.sql() + " = " + value(left.kind(), scope);
            default -> exists(scope);
        };
    }

    private String exists(List<Column> scope) {
        Inner inner = new Inner();
        String not = random.nextInt(3) == 0 ? "NOT " : "";
        return not + "EXISTS (SELECT 1 FROM " + inner.from + " WHERE " + inner.correlation(scope) + inner.more(scope)
                + ")";
    }

    private String rows(List<Column> scope, Column... wanted) {
        Inner inner = new Inner();
        StringBuilder items = new StringBuilder();
        for (Column column : wanted) {
            items.append(items.isEmpty() ? "" : ", ").append(expressions.column(column.kind(), inner.columns));
        }
        if (wanted.length == 1 && random.nextInt(8) == 0) {
            return "SELECT " + items + " FROM " + inner.from + " GROUP BY 1 HAVING count(*) > 1";
        }
        String where = switch (random.nextInt(3)) {
            case 0 -> "";
            case 1 -> " WHERE " + expressions.condition(inner.columns, 1);
            default -> " WHERE " + inner.correlation(scope);
        };
        return "SELECT " + (random.nextInt(6) == 0 ? "DISTINCT " : "") + items + " FROM " + inner.from + where;
    }

    /** A value of a kind, or a count. */
    String value(Kind kind, List<Column> scope) {
        Inner inner = new Inner();
        String aggregate = kind.extreme() && kind != Kind.DOMAIN && kind != Kind.VARCHAR && kind != Kind.CHAR
                ? (random.nextBoolean() ? "min(" : "max(") + expressions.column(kind, inner.columns) + ")"
                : kind.integer() ? "count(*)" : "min(" + kind.literal(random) + "::text)::" + kind.sql();
        String where = random.nextInt(3) == 0
                ? expressions.condition(inner.columns, 1)
                : inner.equality(scope)
                        + (random.nextInt(3) == 0 ? " AND " + expressions.condition(inner.columns, 1) : "");
        String having = random.nextInt(8) == 0 ? " HAVING count(*) > 1" : "";
        return "(SELECT " + aggregate + " FROM " + inner.from + " WHERE " + where + having + ")";
    }

    /** An aggregate of subqueries. */
    Column aggregate(List<Column> scope) {
        return switch (random.nextInt(3)) {
            case 0 -> new Column("count(*) FILTER (WHERE " + condition(scope) + ")", Kind.BIGINT);
            case 1 -> new Column("sum(" + value(Kind.INT, scope) + ")", Kind.BIGINT);
            default -> new Column("bool_or(" + condition(scope) + ")", Kind.BOOLEAN);
        };
    }

    /** How many rows of something fit. */
    String count(List<Column> scope) {
        Inner inner = new Inner();
        return "(SELECT count(*) FROM " + inner.from + " WHERE " + inner.equality(scope) + ")";
    }

    /** One relation, sometimes two, with what they bring into scope. */
    private final class Inner {

        private final String from;

        private final List<Column> columns;

        Inner() {
            Relation relation = expressions.pick(relations);
            String alias = "e" + (++aliases);
            List<Column> found = under(alias, relation);
            if (random.nextInt(6) == 0) {
                Relation second = expressions.pick(relations);
                String other = "e" + (++aliases);
                List<Column> more = under(other, second);
                List<Column> both = new java.util.ArrayList<>(found);
                both.addAll(more);
                from = relation.name() + " AS " + alias + (random.nextBoolean() ? " LEFT JOIN " : " JOIN ")
                        + second.name() + " AS " + other + " ON " + equality(found, more);
                columns = both;
            } else {
                from = relation.name() + " AS " + alias;
                columns = found;
            }
        }

        private List<Column> under(String alias, Relation relation) {
            return relation.columns().stream()
                    .map(column -> new Column(alias + "." + column.sql(), column.kind()))
                    .toList();
        }

        private String equality(List<Column> scope) {
            return equality(scope, columns);
        }

        private String equality(List<Column> left, List<Column> right) {
            List<Column> candidates = left.stream()
                    .filter(column -> column.kind().comparable()
                            && right.stream().anyMatch(other -> other.kind() == column.kind()))
                    .toList();
            if (candidates.isEmpty()) {
                return expressions.condition(right, 0);
            }
            Column column = expressions.pick(candidates);
            String other = expressions
                    .pick(right.stream()
                            .filter(it -> it.kind() == column.kind())
                            .toList())
                    .sql();
            return random.nextBoolean() ? column.sql() + " = " + other : other + " = " + column.sql();
        }

        private String correlation(List<Column> scope) {
            String equality = equality(scope);
            return switch (random.nextInt(8)) {
                case 0 -> expressions.condition(columns, 1);
                case 1 -> equality.replace(" = ", random.nextBoolean() ? " <> " : " > ");
                case 2 -> equality + " AND " + equality(scope).replace(" = ", " <> ");
                case 3 -> equality + " AND " + expressions.condition(scope, 0);
                case 4 -> "(" + equality + " OR " + expressions.condition(columns, 0) + ")";
                default -> equality;
            };
        }

        private String more(List<Column> scope) {
            return switch (random.nextInt(6)) {
                case 0 -> " AND " + expressions.condition(columns, 1);
                case 1 -> random.nextInt(3) == 0 ? " AND " + test(columns) : "";
                case 2 -> " AND " + equality(scope);
                default -> "";
            };
        }
    }
}
