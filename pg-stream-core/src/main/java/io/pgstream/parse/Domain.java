package io.pgstream.parse;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Filter;
import io.pgstream.plan.FreshCopy;
import io.pgstream.plan.Join;
import io.pgstream.plan.MarkJoin;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.Relation;
import io.pgstream.plan.expr.Cast;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.NullSafeEquality;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.plan.expr.Template;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The domain of a correlated subquery: the distinct values that the query around it has in the columns which the subquery
 * refers to. A subquery that is computed for each row gives the same for rows which are the same there, so it is computed
 * for the whole domain at once, with these values as columns that everything in it is partitioned by, and then joined with
 * the rows by them (Neumann and Kemper, "Unnesting Arbitrary Queries").
 *
 * <p>While the subquery is parsed, the rows of the domain are not known yet: a leaf stands for them.
 */
final class Domain {

    private static final SqlType TEXT = new SqlType(25, -1, "text", "text", false, true, true);

    /** A reference to one column more than was known; the subquery is parsed again. */
    private static final class OneMore extends RuntimeException {

        private static final long serialVersionUID = 1L;

        OneMore() {
            super(null, null, false, false);
        }
    }

    private final Scope.Outer around;

    private final ColumnFactory factory;

    private final String leafName;

    private final List<Column> outer = new ArrayList<>();

    /** Columns whose values are only compared, so that those that are equal are the same. */
    private final Set<Column> compared = new HashSet<>();

    private final List<Project> leaves = new ArrayList<>();

    Domain(Scope.Outer around, ColumnFactory factory) {
        this.around = around;
        this.factory = factory;
        this.leafName = "(SELECT /* domain " + factory.weight().id() + " */)";
    }

    /** Parses the subquery, again for each column more that it refers to, and where texts turn out not to be needed. */
    SelectParser.Block parse(java.util.function.Supplier<SelectParser.Block> parser) {
        while (true) {
            int known = outer.size();
            try {
                leaves.clear();
                SelectParser.Block block = parser.get();
                if (!compares(block)) {
                    return block;
                }
            } catch (OneMore e) {
                if (outer.size() == known) {
                    throw e;
                }
            }
        }
    }

    /** Whether there is a column more that is only compared. */
    private boolean compares(SelectParser.Block block) {
        List<Column> found = outer.stream()
                .filter(column -> !exact(column) && column.type().hashable())
                .filter(column -> {
                    int position = position(column);
                    Set<Column> values = leaves.stream()
                            .map(leaf -> leaf.output().get(position))
                            .collect(Collectors.toSet());
                    return ComparedColumns.only(
                            block.operator(), values, block.names().size());
                })
                .toList();
        return compared.addAll(found);
    }

    private boolean exact(Column column) {
        return column.type().exact() || compared.contains(column);
    }

    /** Where a column stands in a leaf. */
    private int position(Column column) {
        return outer.subList(0, outer.indexOf(column)).stream()
                .mapToInt(before -> exact(before) ? 1 : 2)
                .sum();
    }

    /** The columns of the query around that the subquery refers to. */
    Set<Column> columns() {
        return Set.copyOf(outer);
    }

    boolean isEmpty() {
        return outer.isEmpty();
    }

    /** How many columns a leaf has. */
    int width() {
        return outer.stream().mapToInt(column -> exact(column) ? 1 : 2).sum();
    }

    /** What stands for the rows of the domain in one query block: the columns, and the texts of some. */
    Project leaf() {
        List<NamedExpression> items = new ArrayList<>();
        for (Column column : outer) {
            items.add(item(column.name(), column.type(), column.nullable(), column.scale()));
            if (!exact(column)) {
                items.add(item("text", TEXT, column.nullable(), null));
            }
        }
        Project leaf = new Project(items, new Relation(leafName, List.of()));
        leaves.add(leaf);
        return leaf;
    }

    /** Types are asked for over a leaf, and with them the collation that a column has, not one that it is given by COLLATE. */
    private NamedExpression item(String name, SqlType type, boolean nullable, @Nullable Integer scale) {
        Expression none = type.collation().isEmpty() ? Cast.nothing(type) : Template.text(type.nothing());
        return new NamedExpression(factory.create(name, type, nullable, scale), none);
    }

    /** The column of a leaf that a name of the query around stands for; {@code null} if it has no such name. */
    @Nullable
    Column resolve(Project leaf, @Nullable String alias, String name) {
        Column column = around.resolve(alias, name);
        if (column == null) {
            return null;
        }
        if (column.type().equals(ColumnBinding.UNKNOWN) || !column.type().groupable()) {
            throw new UnsupportedConstructException(
                    "a subquery refers to " + name + " of the query around it, which cannot be grouped by",
                    "Join in FROM instead.");
        }
        if (!outer.contains(column)) {
            outer.add(column);
            throw new OneMore();
        }
        return leaf.output().get(position(column));
    }

    /** What is the same in a row of the query around and in a row of the subquery, whose last columns are the domain's. */
    List<Expression> conditions(List<Column> output) {
        List<Column> own = output.subList(output.size() - width(), output.size());
        List<Expression> conditions = new ArrayList<>();
        int position = 0;
        for (Column column : outer) {
            position += exact(column) ? 0 : 1;
            Expression value = new ColumnReference(column);
            conditions.addAll(same(
                    exact(column) ? hashable(value, column) : text(value, column),
                    hashable(new ColumnReference(own.get(position)), column),
                    column.nullable()));
            position++;
        }
        return conditions;
    }

    /** What is the same in two leaves. */
    List<Expression> same(List<Column> one, List<Column> other) {
        List<Expression> conditions = new ArrayList<>();
        int position = 0;
        for (Column column : outer) {
            position += exact(column) ? 0 : 1;
            conditions.addAll(same(
                    hashable(new ColumnReference(one.get(position)), column),
                    hashable(new ColumnReference(other.get(position)), column),
                    column.nullable()));
            position++;
        }
        return conditions;
    }

    /** Two columns with exactly the same value. */
    static List<Expression> same(Column left, Column right) {
        Expression value = new ColumnReference(left);
        Expression other = new ColumnReference(right);
        return left.type().exact()
                ? same(hashable(value, left), hashable(other, right), left.nullable())
                : same(text(value, left), text(other, right), left.nullable());
    }

    /** What has no hash, like bits, is met by its text; what is not exact has its text in a leaf. */
    private static Expression hashable(Expression value, Column column) {
        return (column.type().hashable() || !column.type().exact()) ? value : text(value, column);
    }

    private static Expression text(Expression value, Column column) {
        return new Cast(value, column.type().looks());
    }

    /** NULL is a value of the domain like others. The hash is what makes a join of it that need not compare all pairs. */
    private static List<Expression> same(Expression left, Expression other, boolean nullable) {
        if (!nullable) {
            return List.of(new Equality(left, other));
        }
        List<String> hash = List.of("hash_record_extended(ROW(", "), 0)");
        return List.of(
                new Equality(new Template(hash, List.of(left)), new Template(hash, List.of(other))),
                NullSafeEquality.of(left, other));
    }

    /**
     * A tree with the rows of the domain in place of the leaves.
     *
     * @param source the rows of the query around
     * @param retype what its columns have become
     */
    Operator fill(Operator tree, Operator source, UnaryOperator<Column> retype) {
        if (tree instanceof Project leaf
                && leaf.input() instanceof Relation relation
                && relation.sqlName().equals(leafName)) {
            return rows(leaf, source, retype);
        }
        return tree.withInputs(
                tree.inputs().stream().map(input -> fill(input, source, retype)).toList());
    }

    private Operator rows(Project leaf, Operator source, UnaryOperator<Column> retype) {
        List<Column> columns = outer.stream().map(retype).toList();
        FreshCopy copy = new FreshCopy(factory);
        Operator reduced = reduced(source, new HashSet<>(columns));
        outer.stream()
                .filter(column -> !exact(column) && groupsByLooks(reduced))
                .findFirst()
                .ifPresent(Domain::refuse);
        Operator input = copy.of(reduced);
        List<NamedExpression> keys = new ArrayList<>();
        int position = 0;
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            Expression value = new ColumnReference(copy.column(column));
            keys.add(new NamedExpression(leaf.output().get(position++), value));
            if (!exact(outer.get(i))) {
                Cast text = new Cast(value, column.type().looks());
                keys.add(new NamedExpression(leaf.output().get(position++), text));
            }
        }
        return new Aggregate(keys, List.of(), input);
    }

    /**
     * Whether rows are grouped by values that are equal and can look different. Of 1.0 and 1.00 a group shows the one that was met
     * first, and a copy of the grouping can show the other; then their texts do not meet.
     */
    private static boolean groupsByLooks(Operator operator) {
        return (operator instanceof Aggregate aggregate
                        && !aggregate.varyingKeys().isEmpty())
                || operator.inputs().stream().anyMatch(Domain::groupsByLooks);
    }

    private static void refuse(Column column) {
        throw new UnsupportedConstructException(
                "a subquery refers to the group key " + column.name()
                        + " of the query around it, whose equal values can" + " look different, as 1.0 and 1.00 do",
                "Cast the key to a type with one look, such as numeric(12, 2), in GROUP BY.");
    }

    /** Less of a source that still has all the values of some columns. */
    private static Operator reduced(Operator source, Set<Column> columns) {
        if (source instanceof Filter filter) {
            Operator input = reduced(filter.input(), columns);
            Set<Column> left = new HashSet<>(input.output());
            return Filter.of(
                    filter.conditions().stream()
                            .filter(condition -> left.containsAll(condition.columns()))
                            .toList(),
                    input);
        }
        if (source instanceof Join join) {
            List<Operator> inputs = join.inputs().stream()
                    .filter(input -> input.output().stream().anyMatch(columns::contains))
                    .map(input -> reduced(input, columns))
                    .toList();
            Set<Column> left = new HashSet<>();
            inputs.forEach(input -> left.addAll(input.output()));
            List<Expression> conditions = join.conditions().stream()
                    .filter(condition -> left.containsAll(condition.columns()))
                    .toList();
            return (inputs.size() == 1)
                    ? Filter.of(conditions, inputs.get(0))
                    : new Join(inputs, conditions, Join.Order.FREE);
        }
        if (source instanceof MarkJoin join && join.left().output().containsAll(columns)) {
            return reduced(join.left(), columns);
        }
        if (source instanceof OuterJoin join
                && !join.full()
                && join.left().output().containsAll(columns)) {
            return reduced(join.left(), columns);
        }
        return source;
    }
}
