package io.pgstream.parse;

import io.pgstream.plan.AggregateCall;
import io.pgstream.plan.AggregateFunction;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.NamedAggregate;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.SqlType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.expression.BooleanValue;
import net.sf.jsqlparser.expression.ExpressionVisitorAdapter;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.ParenthesedFromItem;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectVisitor;
import net.sf.jsqlparser.util.deparser.ExpressionDeParser;
import net.sf.jsqlparser.util.deparser.SelectDeParser;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates in a subquery that are those of a query around it, as in {@code SELECT k, (SELECT count(*) FROM u WHERE u.x > avg(t.x))
 * FROM t GROUP BY k}. SQL tells them by the columns in their arguments. For the subquery such an aggregate is one more column of the
 * query around it; until that query hands it out, it is called by a name that stands for it, so that nobody takes it for an
 * aggregate of the subquery.
 */
final class OuterAggregates {

    static final OuterAggregates NONE =
            new OuterAggregates(Map.of(), new ColumnFactory(1), call -> ColumnBinding.UNKNOWN);

    /** The sum of these depends on the order of the rows, and there are two of them: the group's and the domain's. */
    private static final Pattern ROUNDED = Pattern.compile("real|double precision");

    private final Map<String, NamedAggregate> aggregates;

    private final ColumnFactory factory;

    private final java.util.function.Function<NamedAggregate, SqlType> type;

    /**
     * Those of one query block.
     *
     * @param aggregates receives them
     * @param type the type of an aggregate of the block
     */
    OuterAggregates(
            Map<String, NamedAggregate> aggregates,
            ColumnFactory factory,
            java.util.function.Function<NamedAggregate, SqlType> type) {
        this.aggregates = aggregates;
        this.factory = factory;
        this.type = type;
    }

    /** The column of the block that holds such an aggregate. */
    Column column(Function call, ExpressionParser arguments, ColumnBinding binding) {
        AggregateFunction function = AggregateFunction.maintained(FunctionName.of(call.getName()));
        if (this == NONE
                || function == null
                || call.isDistinct()
                || call.isUnique()
                || call.getOrderByElements() != null
                || call.getParameters().size() != 1) {
            throw refused();
        }
        net.sf.jsqlparser.expression.Expression parameter = call.getParameters().get(0);
        Expression argument = (function == AggregateFunction.COUNT)
                ? binding.records().counted(parameter, arguments)
                : arguments.expression(parameter);
        if (argument != null && binding.readsOuter(argument)) {
            throw refused();
        }
        AggregateCall aggregate = new AggregateCall(function, argument, null);
        return aggregates
                .computeIfAbsent("outer " + aggregate, text -> typed(call.getName(), aggregate))
                .column();
    }

    private NamedAggregate typed(String name, AggregateCall call) {
        NamedAggregate untyped = new NamedAggregate(factory.create(name, ColumnBinding.UNKNOWN, true, null), call);
        SqlType known = type.apply(untyped);
        boolean repeatable = switch (call.function()) {
            case COUNT -> true;
            case SUM, AVG -> !ROUNDED.matcher(known.base()).matches();
            case MIN, MAX, OPAQUE -> known.exact();
        };
        if (!repeatable) {
            throw refused();
        }
        boolean nullable = call.function() != AggregateFunction.COUNT;
        return new NamedAggregate(new Column(untyped.column().id(), name, known, nullable, null), call);
    }

    static UnsupportedConstructException refused() {
        return new UnsupportedConstructException(
                "a subquery aggregates columns of the query around it",
                "Aggregate in a subquery in FROM, and refer to its column.");
    }

    /** The call that the name of a column stands for; {@code null} for any other name. */
    static @Nullable Function read(String name) {
        if (!Masks.isOuter(name)) {
            return null;
        }
        try {
            Function function = (Function) CCJSqlParserUtil.parseExpression(name);
            function.setName(Masks.outerName(function.getName()));
            return function;
        } catch (JSQLParserException | ClassCastException e) {
            throw refused();
        }
    }

    /** The columns in the arguments of a call. */
    static List<net.sf.jsqlparser.schema.Column> columns(Function call) {
        Arguments arguments = new Arguments();
        if (call.getParameters() != null) {
            call.getParameters().accept(arguments, null);
        }
        return arguments.columns;
    }

    /**
     * Gives each such aggregate its name.
     *
     * @param aggregates what aggregates are called
     * @return how many there are
     */
    static int mask(Select select, Set<String> aggregates) {
        Blocks blocks = new Blocks();
        Calls calls = new Calls(blocks, aggregates);
        blocks.setExpressionVisitor(calls);
        calls.setSelectVisitor(blocks);
        StringBuilder printed = new StringBuilder();
        blocks.setBuilder(printed);
        calls.setBuilder(printed);
        select.accept((SelectVisitor<StringBuilder>) blocks, null);
        return calls.found;
    }

    private static final class Arguments extends ExpressionVisitorAdapter<Void> {

        private final List<net.sf.jsqlparser.schema.Column> columns = new ArrayList<>();

        @Override
        public <S> Void visit(net.sf.jsqlparser.schema.Column column, S context) {
            columns.add(column);
            return null;
        }
    }

    /** The query blocks around what is visited, the innermost one first. */
    private static final class Blocks extends SelectDeParser {

        private final Deque<PlainSelect> selects = new ArrayDeque<>();

        @Override
        public <S> StringBuilder visit(PlainSelect select, S context) {
            selects.push(select);
            super.visit(select, context);
            selects.pop();
            return getBuilder();
        }
    }

    private static final class Calls extends ExpressionDeParser {

        private final Blocks blocks;

        private final Set<String> aggregates;

        private int found;

        Calls(Blocks blocks, Set<String> aggregates) {
            this.blocks = blocks;
            this.aggregates = aggregates;
        }

        @Override
        public <S> StringBuilder visit(Function call, S context) {
            PlainSelect owner = aggregates.contains(FunctionName.of(call.getName())) ? owner(call) : null;
            if (owner == null) {
                return super.visit(call, context);
            }
            found++;
            call.setName(Masks.outer(call.getName()));
            if (owner.getGroupBy() == null && owner.getHaving() == null) {
                owner.setHaving(new BooleanValue("true"));
            }
            return getBuilder();
        }

        /** The block around the one that a call stands in which its columns are of; {@code null} if they are of its own. */
        private @Nullable PlainSelect owner(Function call) {
            Set<String> named = new HashSet<>();
            for (net.sf.jsqlparser.schema.Column column : columns(call)) {
                String alias = Scope.alias(column);
                if (alias == null) {
                    return null;
                }
                named.add(alias);
            }
            boolean innermost = true;
            for (PlainSelect select : blocks.selects) {
                if (aliases(select).stream().anyMatch(named::contains)) {
                    return innermost ? null : select;
                }
                innermost = false;
            }
            return null;
        }

        private static Set<String> aliases(PlainSelect select) {
            Set<String> aliases = new HashSet<>();
            add(select.getFromItem(), select.getJoins(), aliases);
            return aliases;
        }

        private static void add(@Nullable FromItem item, @Nullable List<Join> joins, Set<String> aliases) {
            if (item != null && item.getAlias() != null) {
                aliases.add(Names.plain(item.getAlias().getName()));
            } else if (item instanceof Table table) {
                aliases.add(Names.plain(table.getName()));
            }
            if (item instanceof ParenthesedFromItem nested) {
                add(nested.getFromItem(), nested.getJoins(), aliases);
            }
            if (joins != null) {
                joins.forEach(join -> add(join.getFromItem(), null, aliases));
            }
        }
    }
}
