package io.pgstream.delta;

import io.pgstream.plan.ChangeScan;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Lateral;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Scan;
import io.pgstream.plan.SourceTable;
import io.pgstream.plan.UnionAll;
import io.pgstream.plan.expr.Column;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Operators of which each row that comes in below comes out as a row, or several or none, and nothing else does: tables to which events are
 * appended, behind filters, projections and lookups. While rows only come, their deltas hold no row that another one takes back.
 */
final class Arrivals {

    private Arrivals() {}

    /** Whether rows that come make rows of the result come, and nothing else, and rows that go make them go. */
    static boolean oneSided(Operator operator, DeltaContext context) {
        if (!context.changed(operator)) {
            return true;
        }
        if (operator instanceof Join
                && operator.inputs().stream().filter(context::changed).count() > 1) {
            return false;
        }
        boolean follows = operator instanceof Scan
                || operator instanceof Filter
                || operator instanceof Project
                || operator instanceof Lateral
                || operator instanceof UnionAll
                || operator instanceof Join;
        return follows && operator.inputs().stream().allMatch(input -> oneSided(input, context));
    }

    /** An expression that counts the changes, of the tables below an operator, that are no rows that come. */
    static String others(Operator operator, DeltaContext context) {
        Set<SourceTable> tables = new LinkedHashSet<>();
        collect(operator, context, tables);
        return tables.stream().map(table -> others(table, context)).collect(Collectors.joining(" + "));
    }

    private static String others(SourceTable table, DeltaContext context) {
        Column weight = context.factory().weight();
        Operator changes = new ChangeScan(table, List.of(), weight);
        return "(SELECT count(*) FROM (" + context.render(changes) + ") AS c WHERE c." + weight.sqlName() + " <> 1)";
    }

    private static void collect(Operator operator, DeltaContext context, Set<SourceTable> tables) {
        if (operator instanceof Scan scan && context.changed(scan.table())) {
            tables.add(scan.table());
        }
        operator.inputs().forEach(input -> collect(input, context, tables));
    }
}
