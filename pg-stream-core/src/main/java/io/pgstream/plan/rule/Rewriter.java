package io.pgstream.plan.rule;

import io.pgstream.plan.ColumnFactory;
import io.pgstream.plan.Operator;
import java.util.List;

/**
 * Brings a tree into the shape that the differentiator expects: conditions as deep as they go, one join for a block of
 * joins, projections merged, and no column that nobody reads. The list of rules is the whole of it.
 *
 * @since 0.1.0
 */
public final class Rewriter {

    /** Projections go up and filters go down, so that the rules cannot undo each other. */
    private static final List<Rule> RULES = List.of(
            new MergeFilters(),
            new MergeProjects(),
            new PushFilterBeneathProject(),
            new PushFilterBeneathUnionAll(),
            new PushFilterBeneathAggregate(),
            new PushFilterBeneathReplicate(),
            new PushFilterBeneathPartitionWise(),
            new RecognizeRanked(),
            new MergeFilterIntoJoin(),
            new PullProjectAboveJoin(),
            new FlattenJoins(),
            // After the joins are flat: a condition over two of the inner inputs must not stop above them.
            new PushConditionBeneathJoin(),
            new DeriveEqualities(),
            new MakeSemiJoinInner(),
            new PushFilterBeneathMarkJoin(),
            new PushConditionBeneathMarkJoin(),
            new PushMarkBeneathJoin(),
            new PullProjectAboveMarkJoin(),
            new NarrowFullJoin(),
            new MakeLeftJoinInner(),
            new PushFilterBeneathLeftJoin(),
            new PushConditionBeneathLeftJoin(),
            new PullProjectAboveLeftJoin(),
            new PushFilterBeneathLateral(),
            new PullProjectAboveLateral(),
            new MergeProjectIntoAggregate(),
            new DropDistinctInRecursion());

    private Rewriter() {}

    /**
     * The tree in its final shape; its output columns are the same.
     *
     * @param factory makes the columns of what is put into the tree
     */
    public static Operator rewrite(Operator root, ColumnFactory factory) {
        Operator implied = ImplyConditions.apply(apply(root));
        Operator separated = apply(new SeparateLeftRows(factory).apply(apply(implied)));
        Operator split = apply(new SplitDistinctAggregates(factory).apply(separated));
        Operator restricted = apply(new RestrictAggregates(factory).apply(split));
        Operator rewritten = apply(new SplitFullJoin(factory).apply(restricted));
        PlanValidator.validate(rewritten);
        Operator pruned = new PruneColumns(factory).prune(rewritten);
        PlanValidator.validate(pruned);
        return pruned;
    }

    /** The rules without the pruning, for a tree that reads relations of the engine's own. */
    public static Operator simplify(Operator root) {
        return apply(root);
    }

    private static Operator apply(Operator operator) {
        Operator current = operator.withInputs(
                operator.inputs().stream().map(Rewriter::apply).toList());
        for (Rule rule : RULES) {
            Operator rewritten = rule.apply(current);
            if (rewritten != null) {
                return apply(rewritten);
            }
        }
        return current;
    }
}
