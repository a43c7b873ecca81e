package io.pgstream.delta;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Ranked;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import io.pgstream.plan.rule.Rewriter;
import io.pgstream.sql.RankedRenderer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The first rows of each touched partition, looked up partition by partition, so that an index on its columns and the order
 * gives no more than the rows that are kept. A joined lookup would read whole partitions before it counts places.
 */
final class RankedLookup {

    /** The touched partition in whose scope the rows are looked up. */
    private static final String OUTER = "k";

    private final Ranked ranked;

    private final Operator present;

    private final List<Column> touched;

    private final DeltaContext context;

    /** @param touched the columns of {@code touched}, one for each of the partition */
    RankedLookup(Ranked ranked, List<Column> touched, DeltaContext context) {
        this.ranked = ranked;
        this.present = context.present(ranked.input());
        this.touched = touched;
        this.context = context;
    }

    /** Whether an index finds the rows of a partition. */
    boolean cheap() {
        if (ranked.partition().isEmpty()) {
            return true;
        }
        List<Expression> equalities = new ArrayList<>();
        for (int i = 0; i < touched.size(); i++) {
            equalities.add(new Equality(
                    new ColumnReference(touched.get(i)),
                    new ColumnReference(ranked.partition().get(i))));
        }
        return context.lookUp() && IndexLookup.cheap(present, new HashSet<>(touched), equalities);
    }

    /** A SELECT of the first rows of each partition in a relation. */
    String select(String relation) {
        if (ranked.partition().isEmpty()) {
            return "SELECT l.* FROM (" + RankedRenderer.one(ranked, context.render(present))
                    + ") AS l WHERE EXISTS (SELECT FROM " + relation + ")";
        }
        List<Column> nullable =
                ranked.partition().stream().filter(Column::nullable).toList();
        String equal = branch(relation, this::equal, "");
        if (nullable.isEmpty()) {
            return equal;
        }
        String none = nullable.stream()
                .map(column -> name(column) + " IS DISTINCT FROM NULL")
                .collect(Collectors.joining(" AND "));
        // Equality finds no NULLs: their partitions are looked up apart.
        return branch(relation, this::equal, " WHERE " + none) + " UNION ALL "
                + branch(relation, this::same, " WHERE NOT (" + none + ")");
    }

    private String branch(String relation, Function<Column, Expression> condition, String where) {
        List<Expression> conditions = ranked.partition().stream().map(condition).toList();
        String rows = context.render(Rewriter.simplify(new Filter(conditions, present)));
        return "SELECT l.* FROM (SELECT * FROM " + relation + " AS " + OUTER + where + ") AS " + OUTER
                + " CROSS JOIN LATERAL (" + RankedRenderer.one(ranked, rows) + ") AS l";
    }

    private String name(Column column) {
        return OUTER + "." + touched.get(ranked.partition().indexOf(column)).sqlName();
    }

    private Expression equal(Column column) {
        return new Equality(Template.text(name(column)), new ColumnReference(column));
    }

    private Expression same(Column column) {
        Expression reference = new ColumnReference(column);
        return (ranked.partition().size() == 1)
                ? new Template(List.of("", " IS NOT DISTINCT FROM NULL"), List.of(reference))
                : new Template(List.of(name(column) + " IS NOT DISTINCT FROM ", ""), List.of(reference));
    }
}
