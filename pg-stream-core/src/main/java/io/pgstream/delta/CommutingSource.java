package io.pgstream.delta;

import io.pgstream.analyze.RowIdentity;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table of a join whose writers need not wait for each other for as long as nobody writes to the other tables: what they change
 * meets those alone, and comes to rows of the result that are theirs, or to sums, which commute. Of two tables with writers who would be in
 * each other's way, one is chosen: that of which each row meets at most one row of the others.
 */
final class CommutingSource {

    private CommutingSource() {}

    /**
     * The table of a sum over a join.
     *
     * @param input what is summed up
     * @return {@code null} if there is none
     */
    static @Nullable Long ofSum(Operator input) {
        Scan scan = onlyJoins(input) ? fact(input) : null;
        return (scan == null || scans(input, scan.table().oid()) > 1)
                ? null
                : (Long) scan.table().oid();
    }

    /**
     * The table whose key is the key of the result.
     *
     * @param root a query without states
     * @param key the key of its result
     * @return {@code null} if there is none
     */
    static @Nullable Long ofKey(Operator root, List<Column> key, Iterable<Long> tables) {
        if (onlyJoins(root)) {
            for (Long table : tables) {
                if (scans(root, table) == 1 && KeyOrigin.of(root, table, key) != null) {
                    return table;
                }
            }
        }
        return null;
    }

    private static boolean onlyJoins(Operator operator) {
        return (operator instanceof Scan
                        || operator instanceof Filter
                        || operator instanceof Project
                        || operator instanceof Join)
                && operator.inputs().stream().allMatch(CommutingSource::onlyJoins);
    }

    private static int scans(Operator operator, long table) {
        return (operator instanceof Scan scan && scan.table().oid() == table)
                ? 1
                : operator.inputs().stream()
                        .mapToInt(input -> scans(input, table))
                        .sum();
    }

    /** The table of which each row is in at most one row of the join. */
    private static @Nullable Scan fact(Operator operator) {
        if (operator instanceof Scan scan) {
            return scan;
        }
        if (operator instanceof Join join) {
            return join.inputs().stream()
                    .filter(input -> RowIdentity.meetsAtMostOne(join, input))
                    .findFirst()
                    .map(CommutingSource::fact)
                    .orElse(null);
        }
        return fact(operator.inputs().get(0));
    }
}
