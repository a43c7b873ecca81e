package io.pgstream.delta;

import io.pgstream.QualifiedName;
import io.pgstream.plan.ChangeScan;
import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Consolidate;
import io.pgstream.plan.NamedExpression;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Replicate;
import io.pgstream.plan.Scan;
import io.pgstream.plan.SourceTable;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.sql.OperatorRenderer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The query of a stream table that is in a circle, as SELECTs of its whole result and of what new rows add to it. They put
 * out the columns by their rendered names.
 *
 * @since 0.1.0
 */
public final class CircleQuery {

    private final MaintenancePlan plan;

    private final OperatorRenderer.ChangeSource changes;

    private final Map<Long, QualifiedName> members;

    private final Column weight;

    /**
     * @param changes where the captured changes are read
     * @param members where the rows of each table of the circle are read, by the table's number
     */
    public CircleQuery(MaintenancePlan plan, OperatorRenderer.ChangeSource changes, Map<Long, QualifiedName> members) {
        this.plan = plan;
        this.changes = changes;
        this.members = Map.copyOf(members);
        this.weight = new ColumnFactory(plan.nextColumn()).weight();
    }

    /** Whether no row comes twice, so that a row that is found more than once is one. */
    public boolean set() {
        return plan.target().key() != null;
    }

    /** The whole result. */
    public String whole() {
        return OperatorRenderer.render(whole(plan.root()));
    }

    private Operator whole(Operator operator) {
        if (operator instanceof Scan scan) {
            QualifiedName rows = members.get(scan.table().oid());
            return (rows == null) ? scan : at(scan, rows);
        }
        return operator.withInputs(operator.inputs().stream().map(this::whole).toList());
    }

    private static Scan at(Scan scan, QualifiedName rows) {
        SourceTable table = scan.table();
        return new Scan(
                new SourceTable(table.oid(), rows, table.keys(), table.indexes(), table.rows(), table.distinct()),
                scan.output(),
                scan.only());
    }

    /**
     * What new rows of the circle add.
     *
     * @param fresh where the new rows of tables of the circle are read, by the table's number
     * @return {@code null} if the whole result has to be compared, an empty text if they add nothing
     */
    public @Nullable String increment(Map<Long, QualifiedName> fresh) {
        return increment(scan -> {
            QualifiedName rows = fresh.get(scan.table().oid());
            return (rows == null) ? null : at(scan, rows);
        });
    }

    /**
     * What the captured changes of tables add, if all of them are new rows.
     *
     * @param sources the numbers of the tables that have changed
     * @return {@code null} if the whole result has to be compared, an empty text if they add nothing
     */
    public @Nullable String incrementOfChanges(Set<Long> sources) {
        return increment(scan -> sources.contains(scan.table().oid()) ? inserted(scan) : null);
    }

    private @Nullable String increment(Function<Scan, @Nullable Operator> fresh) {
        Increment increment = new Increment(fresh, this::whole);
        if (!set() && !increment.exact(plan.root())) {
            return null;
        }
        List<Operator> trees = increment.of(plan.root());
        return trees.isEmpty()
                ? ""
                : OperatorRenderer.render(new UnionAll(plan.root().output(), trees), changes);
    }

    private Operator inserted(Scan scan) {
        Operator rows = added(scan);
        return new Project(
                scan.output().stream()
                        .map(column -> new NamedExpression(column, new ColumnReference(column)))
                        .toList(),
                set() ? rows : new Replicate(new ColumnReference(weight), rows));
    }

    private Consolidate added(Scan scan) {
        return new Consolidate(weight, new ChangeScan(scan.table(), scan.output(), weight));
    }

    /**
     * Whether captured changes can have taken something away: a query of one boolean. Also where more rows of what has
     * changed could mean less.
     *
     * @param sources the numbers of the tables that have changed
     */
    public String shrinks(Set<Long> sources) {
        if (new Monotonicity(sources).obstacle(plan.root()) != null) {
            return "SELECT true";
        }
        List<String> conditions = new ArrayList<>();
        scans(plan.root()).stream()
                .filter(scan -> sources.contains(scan.table().oid()))
                .map(scan -> "EXISTS (SELECT FROM (" + OperatorRenderer.render(added(scan), changes) + ") AS d WHERE d."
                        + weight.sqlName() + " < 0)")
                .distinct()
                .forEach(conditions::add);
        return "SELECT " + (conditions.isEmpty() ? "false" : String.join(" OR ", conditions));
    }

    private static List<Scan> scans(Operator operator) {
        if (operator instanceof Scan scan) {
            return List.of(scan);
        }
        return operator.inputs().stream()
                .flatMap(input -> scans(input).stream())
                .toList();
    }
}
