package io.pgstream.parse;

import io.pgstream.QualifiedName;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Equality;
import io.pgstream.plan.expr.Expression;
import io.pgstream.resolve.Attribute;
import io.pgstream.resolve.ResolvedRelation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.LateralSubSelect;
import net.sf.jsqlparser.statement.select.ParenthesedFromItem;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.Select;
import org.jspecify.annotations.Nullable;

/** Parses the FROM clause of a query block into the inputs and the conditions of one inner join. */
final class FromParser {

    private final SelectParser selects;

    private final ParserInput input;

    private final ColumnFactory factory;

    private final Scope scope;

    private final Map<String, Select> queries;

    private final List<Operator> inputs = new ArrayList<>();

    private final List<Expression> conditions = new ArrayList<>();

    FromParser(
            SelectParser selects, ParserInput input, ColumnFactory factory, Scope scope, Map<String, Select> queries) {
        this.selects = selects;
        this.input = input;
        this.factory = factory;
        this.scope = scope;
        this.queries = queries;
    }

    List<Operator> inputs() {
        return inputs;
    }

    List<Expression> conditions() {
        return conditions;
    }

    void add(FromItem first, @Nullable List<Join> joins) {
        int left = scope.size();
        add(first);
        for (Join join : (joins == null) ? List.<Join>of() : joins) {
            join(join, left);
        }
    }

    /** Joins one more item to those from {@code left} on. */
    private void join(Join join, int left) {
        if (join.isOuter() || join.isLeft() || join.isRight() || join.isFull()) {
            throw new UnsupportedConstructException("it uses an outer join", "Use an inner join where it is enough.");
        }
        if (join.isSemi() || join.isApply() || join.isStraight() || join.isNatural()) {
            throw new UnsupportedConstructException("it uses " + join, "Use an inner join with ON.");
        }
        int right = scope.size();
        add(join.getFromItem());
        if (join.getUsingColumns() != null) {
            for (net.sf.jsqlparser.schema.Column column : join.getUsingColumns()) {
                String name = Names.plain(column.getColumnName());
                conditions.add(new Equality(
                        new ColumnReference(scope.first(name, left, right)),
                        new ColumnReference(scope.first(name, right, scope.size()))));
            }
        }
        ExpressionParser expressions = new ExpressionParser(ColumnBinding.ungrouped(scope, input.functions(), factory));
        for (net.sf.jsqlparser.expression.Expression on : join.getOnExpressions()) {
            conditions.addAll(expressions.conjuncts(on));
        }
    }

    private void add(@Nullable FromItem item) {
        if (item == null) {
            throw new UnsupportedConstructException("it has no FROM", "Read a table.");
        }
        if (item.getPivot() != null || item.getUnPivot() != null || item.getSampleClause() != null) {
            throw new UnsupportedConstructException("it uses TABLESAMPLE", "Read the whole table.");
        }
        if (item instanceof ParenthesedFromItem parenthesed) {
            if (parenthesed.getAlias() != null) {
                throw new UnsupportedConstructException("a join has an alias", "Give aliases to tables only.");
            }
            add(parenthesed.getFromItem(), parenthesed.getJoins());
        } else if (item instanceof LateralSubSelect) {
            throw new UnsupportedConstructException("it uses LATERAL", "Write it as a join.");
        } else if (item instanceof ParenthesedSelect select) {
            addBlock(selects.parse(select, queries), select.getAlias(), null);
        } else if (item instanceof Table table) {
            addTable(table);
        } else {
            throw new UnsupportedConstructException(
                    "it uses a function or VALUES in FROM", "Put the rows into a table.");
        }
    }

    private void addTable(Table table) {
        String name = Names.plain(table.getName());
        if (table.getSchemaName() == null) {
            Select query = queries.get(name);
            if (!(query instanceof SelectParser.ScopedSelect scoped)) {
                throw new UnsupportedConstructException("it reads " + name + ", which is not a table", "Read a table.");
            }
            addBlock(selects.parse(scoped.getSelect(), scoped.queries()), table.getAlias(), name);
            return;
        }
        ResolvedRelation relation = input.relation(new QualifiedName(Names.plain(table.getSchemaName()), name));
        if (relation instanceof ResolvedRelation.View view) {
            SelectParser.Block block = selects.parse(selects.read(view.canonicalQuery()), Map.of());
            addBlock(new SelectParser.Block(block.operator(), view.columns()), table.getAlias(), name);
        } else if (relation instanceof ResolvedRelation.Table resolved) {
            addScan(resolved, table.getAlias(), name);
        } else if (relation instanceof ResolvedRelation.Opaque opaque) {
            throw new UnsupportedConstructException(
                    "it reads " + opaque.name() + ": " + opaque.reason(), "Read an ordinary table.");
        }
    }

    private void addScan(ResolvedRelation.Table resolved, @Nullable Alias alias, String name) {
        List<Column> columns = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Attribute attribute : resolved.attributes()) {
            columns.add(factory.create(attribute.name(), attribute.type(), !attribute.notNull(), null));
            names.add(attribute.name());
        }
        add(new Scan(resolved.table(), columns, false), names, alias, name);
    }

    private void addBlock(SelectParser.Block block, @Nullable Alias alias, @Nullable String name) {
        add(block.operator(), block.names(), alias, (name == null) ? "" : name);
    }

    private void add(Operator operator, List<String> names, @Nullable Alias alias, String name) {
        List<String> visible = new ArrayList<>(names);
        if (alias != null && alias.getAliasColumns() != null) {
            for (int i = 0; i < alias.getAliasColumns().size(); i++) {
                visible.set(i, Names.plain(alias.getAliasColumns().get(i).name));
            }
        }
        inputs.add(operator);
        scope.add((alias == null) ? name : Names.plain(alias.getName()), visible, operator.output());
    }
}
