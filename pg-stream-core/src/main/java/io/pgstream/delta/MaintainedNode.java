package io.pgstream.delta;

import io.pgstream.plan.Operator;
import io.pgstream.plan.Relation;
import io.pgstream.sql.TargetTable;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * An operator with its state.
 *
 * @since 0.1.0
 */
public sealed interface MaintainedNode permits StatefulNode, PartitionNode, RecursionNode {

    /** The operator. */
    Operator operator();

    /** Where the state is kept: a table of its own, or the stream table itself where that has all of it. */
    TargetTable state();

    /** Whether the state has a table of its own. */
    boolean ownTable();

    /** The state as a relation that a query can read. */
    Relation relation();

    /** The temporary table that hands the change to the operators above. */
    String changes();

    /**
     * The name of the temporary table of an operator's changes. It lives as long as its session, which others may use as
     * well: a table of the same name has the same columns, whoever made it, and its rows are those of transactions before.
     *
     * @param suffix the number of the stream table and of the operator
     */
    static String changes(String suffix, Operator operator) {
        String columns = operator.output().stream()
                .map(column -> column.sqlName() + " " + column.type().definition())
                .collect(Collectors.joining(", "));
        return "change_" + suffix + "_"
                + UUID.nameUUIDFromBytes(columns.getBytes(StandardCharsets.UTF_8))
                        .toString()
                        .substring(0, 8);
    }
}
