package io.pgstream.plan.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.QualifiedName;
import io.pgstream.plan.Aggregate;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Scan;
import io.pgstream.plan.SourceTable;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.expr.Template;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is kept of filtered tables is told by a text, which has no place. */
class KeepFiltersTest {

    private static final SqlType INTEGER = new SqlType(23, -1, "integer", "integer", false, true, true);

    private final ColumnFactory factory = new ColumnFactory(1);

    private Filter filter(String table, String condition, String... columns) {
        SourceTable source = new SourceTable(
                table.hashCode(), new QualifiedName("s", table), List.of(List.of("id")), List.of(), 1, Map.of());
        List<Column> output = List.of(columns).stream()
                .map(name -> factory.create(name, INTEGER, false, null))
                .toList();
        Template text = new Template(List.of("", condition), List.of(new ColumnReference(output.get(0))));
        return new Filter(List.of(text), new Scan(source, output, false));
    }

    private Operator joined(Operator left, Operator right) {
        Equality equality = new Equality(
                new ColumnReference(left.output().get(0)),
                new ColumnReference(right.output().get(0)));
        Column column = factory.create("c", INTEGER, false, null);
        return new Project(
                List.of(new NamedExpression(
                        column, new ColumnReference(left.output().get(0)))),
                new Join(List.of(left, right), List.of(equality), Join.Order.FREE));
    }

    /** Keeps what is joined with no other filter. */
    private static final KeepFilters.Decision ALONE = new KeepFilters.Decision() {
        @Override
        public boolean keeps(Filter filter, boolean compared, List<Filter> beside) {
            return beside.isEmpty();
        }

        @Override
        public SqlType type(SourceTable table, String column) {
            return INTEGER;
        }
    };

    private static long aggregates(Operator operator) {
        return (operator instanceof Aggregate ? 1 : 0)
                + operator.inputs().stream()
                        .mapToLong(KeepFiltersTest::aggregates)
                        .sum();
    }

    @Test
    void a_filter_that_is_kept_at_one_place_is_kept_at_all() {
        Operator once = joined(
                filter("line", " > 5", "part"), filter("part", " < 3", "id").input());
        Operator again = joined(filter("line", " > 5", "part"), filter("part", " < 3", "id"));
        List<Column> output = List.of(factory.create("c", INTEGER, false, null));
        UnionAll both = new UnionAll(output, List.of(once, again));

        assertThat(aggregates(KeepFilters.apply(both, ALONE, factory))).isEqualTo(2);
        assertThat(aggregates(KeepFilters.apply(again, ALONE, factory))).isZero();
    }

    @Test
    void a_key_is_read_only_if_it_is_left_out_again() {
        Project joined = (Project) joined(
                filter("line", " > 5", "part"), filter("part", " < 3", "id").input());

        assertThat(aggregates(KeepFilters.apply(joined, ALONE, factory))).isEqualTo(1);
        assertThat(aggregates(KeepFilters.apply(joined.input(), ALONE, factory)))
                .isZero();
    }
}
