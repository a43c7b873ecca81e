package io.pgstream.oracle;

import io.pgstream.oracle.RandomExpression.Column;
import io.pgstream.oracle.RandomQuery.Query;
import io.pgstream.oracle.RandomQuery.Relation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Random recursive queries over any relation with two integer columns, which are the ends of edges. They end whatever the
 * data is: each row once, or a limited depth, or a path without repetition.
 */
final class RandomRecursion {

    private final Random random;

    private final RandomExpression expressions;

    private final RandomSubquery subqueries;

    private final List<Relation> relations;

    RandomRecursion(Random random, List<Relation> relations) {
        this.random = random;
        this.expressions = new RandomExpression(random);
        this.subqueries = new RandomSubquery(random, relations);
        this.relations = relations;
    }

    private static List<Column> integers(Relation relation, String alias) {
        return relation.columns().stream()
                .filter(column -> column.kind() == Kind.INT)
                .map(column -> new Column(alias + "." + column.sql(), Kind.INT))
                .toList();
    }

    private static List<Column> under(Relation relation, String alias) {
        return relation.columns().stream()
                .map(column -> new Column(alias + "." + column.sql(), column.kind()))
                .toList();
    }

    /** The body of a WITH query of this name, and its columns; {@code null} where there are no edges. */
    @Nullable
    Query body(String name) {
        List<Relation> edges = relations.stream()
                .filter(relation -> integers(relation, "e").size() > 1)
                .toList();
        return edges.isEmpty() ? null : new Body(expressions.pick(edges)).query(name);
    }

    /** Both terms while they are put together. */
    private final class Body {

        private final Relation edge;

        private final Relation start;

        private final String from;

        private final String source;

        private final String target;

        private final boolean distinct = random.nextBoolean();

        private final List<Column> columns = new ArrayList<>();

        private final StringBuilder base;

        private final StringBuilder step;

        private final StringBuilder where = new StringBuilder(" WHERE true");

        Body(Relation edge) {
            this.edge = edge;
            this.start = expressions.pick(relations.stream()
                    .filter(relation -> !integers(relation, "b").isEmpty())
                    .toList());
            List<Column> ends = new ArrayList<>(integers(edge, "e"));
            Collections.shuffle(ends, random);
            this.source = ends.get(0).sql();
            this.target = ends.get(1).sql();
            this.from = expressions.pick(integers(start, "b")).sql();
            this.base = new StringBuilder("SELECT " + from + " AS x");
            this.step = new StringBuilder("SELECT " + target);
            columns.add(new Column("x", Kind.INT));
        }

        Query query(String name) {
            depth();
            carried();
            base.append(" FROM ").append(start.name()).append(" AS b");
            if (random.nextBoolean()) {
                base.append(" WHERE ").append(expressions.condition(under(start, "b"), 1));
            }
            step.append(" FROM ").append(name).append(" AS r");
            step.append(random.nextInt(6) == 0 ? " LEFT JOIN " : " JOIN ");
            step.append(edge.name()).append(" AS e ON ").append(source).append(" = r.x");
            joined();
            conditions();
            return new Query(base + (distinct ? " UNION " : " UNION ALL ") + step + where, columns);
        }

        private void depth() {
            if (distinct && random.nextInt(3) > 0) {
                return;
            }
            columns.add(new Column("depth", Kind.INT));
            base.append(", 0 AS depth");
            step.append(", r.depth + 1");
            where.append(" AND r.depth < ").append(2 + random.nextInt(2));
            if (random.nextInt(3) == 0) {
                base.append(", ARRAY[").append(from).append("] AS path");
                step.append(", r.path || ").append(target);
                where.append(" AND ").append(target).append(" <> ALL (r.path)");
            }
        }

        /** Where equal values can look different, it would be up to chance which of them UNION keeps. */
        private void carried() {
            Column carried = expressions.pick(under(start, "b"));
            boolean exact = carried.kind().exact();
            if (exact && random.nextBoolean()) {
                columns.add(new Column("carried", carried.kind()));
                base.append(", ").append(carried.sql()).append(" AS carried");
                step.append(", r.carried");
            }
        }

        private void joined() {
            if (random.nextInt(4) > 0) {
                return;
            }
            Relation more = expressions.pick(relations);
            List<Column> keys = integers(more, "m");
            step.append(" JOIN ").append(more.name()).append(" AS m ON ");
            step.append(
                    keys.isEmpty()
                            ? expressions.condition(under(more, "m"), 1)
                            : expressions.pick(keys).sql() + " = " + target);
        }

        private void conditions() {
            List<Column> scope = under(edge, "e");
            if (random.nextInt(3) == 0) {
                where.append(" AND (").append(expressions.condition(scope, 1)).append(")");
            }
            if (random.nextInt(4) == 0) {
                where.append(" AND (").append(subqueries.condition(scope)).append(")");
            }
        }
    }
}
