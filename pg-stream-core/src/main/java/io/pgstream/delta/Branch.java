package io.pgstream.delta;

import io.pgstream.plan.Filter;
import io.pgstream.plan.Join;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Relation;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A branch of a snowflake schema: a table that a delta meets, with small tables behind it that leave few of its rows. Of the suppliers
 * those of one nation are four in a hundred: a delta that meets them all first carries all of its rows to the nations.
 *
 * @param members the table, and what stands behind it
 * @param conditions those that the members meet each other by
 * @param rows how many rows of the table are left
 * @param part which part of its rows that is
 * @param cost what it costs to read them, in the cost of one row fetched by an index
 * @param lookUp what it would cost to look up what stands behind a row of the table
 */
record Branch(
        List<Operator> members, List<Expression> conditions, double rows, double part, double cost, double lookUp) {

    /** Larger tables are looked up for what is left. */
    private static final double SMALL_TABLE = 20_000;

    /** The part of the table that must be left out for the branch to be worth a join. */
    private static final double SELECTIVE = 0.5;

    Branch {
        members = List.copyOf(members);
        conditions = List.copyOf(conditions);
    }

    /** Tests have every branch joined first. */
    static boolean always() {
        return Boolean.getBoolean("pgstream.test.branches");
    }

    /** The rows of the branch, read once for the statement. */
    Operator whole(DeltaContext context) {
        return context.shared(new Join(members, conditions, Join.Order.FREE), rows);
    }

    /**
     * The branch that begins with a table.
     *
     * @param open the inputs that a delta has not met yet, the table among them
     * @param bound the columns of those that it has met
     * @return {@code null} if nothing behind the table leaves out most of it
     */
    static @Nullable Branch of(
            Operator start, List<Operator> open, Set<Column> bound, List<Expression> conditions, Sizes sizes) {
        double read = read(start, sizes);
        if (read <= 0) {
            return null;
        }
        List<Operator> members = new ArrayList<>(List.of(start));
        for (Operator next = next(members, open, bound, conditions, sizes);
                next != null;
                next = next(members, open, bound, conditions, sizes)) {
            members.add(next);
        }
        for (int i = members.size() - 1; i > 0; i--) {
            if (part(members, i, conditions, sizes) >= 1 && dispensable(members, i, conditions)) {
                members.remove(i);
            }
        }
        double part = 1;
        double lookUp = 0;
        double cost = JoinOrder.PASSING * read;
        for (int i = 1; i < members.size(); i++) {
            double small = read(members.get(i), sizes);
            lookUp += part * (JoinOrder.DESCENT + lookup(members, i, conditions).fetched());
            part *= part(members, i, conditions, sizes);
            cost += JoinOrder.SET_UP + JoinOrder.PASSING * small + JoinOrder.HASHED * sizes.rows(start);
        }
        return (members.size() > 1 && (part <= SELECTIVE || always()))
                ? new Branch(
                        members,
                        JoinOrder.within(conditions, JoinOrder.columns(members)),
                        sizes.rows(start) * part,
                        part,
                        cost,
                        lookUp)
                : null;
    }

    /** A small table that hangs on the branch by an equality, and by none on what the delta has met already. */
    private static @Nullable Operator next(
            List<Operator> members, List<Operator> open, Set<Column> bound, List<Expression> conditions, Sizes sizes) {
        for (Operator candidate : open) {
            double read = read(candidate, sizes);
            if (members.contains(candidate)
                    || read <= 0
                    || read > SMALL_TABLE
                    || IndexLookup.of(candidate, bound, conditions).equated()) {
                continue;
            }
            IndexLookup lookup = IndexLookup.of(candidate, JoinOrder.columns(members), conditions);
            if (lookup.equated() && !Double.isInfinite(lookup.matched())) {
                return candidate;
            }
        }
        return null;
    }

    /** Whether the members behind one are reached without it. */
    private static boolean dispensable(List<Operator> members, int without, List<Expression> conditions) {
        for (int i = without + 1; i < members.size(); i++) {
            List<Operator> before = new ArrayList<>(members.subList(0, i));
            before.remove(without);
            if (!IndexLookup.of(members.get(i), JoinOrder.columns(before), conditions)
                    .equated()) {
                return false;
            }
        }
        return true;
    }

    private static IndexLookup lookup(List<Operator> members, int member, List<Expression> conditions) {
        return IndexLookup.of(members.get(member), JoinOrder.columns(members.subList(0, member)), conditions);
    }

    /** How many rows of a member one row before it meets. */
    private static double part(List<Operator> members, int member, List<Expression> conditions, Sizes sizes) {
        return lookup(members, member, conditions).matched() * sizes.selectivity(members.get(member));
    }

    /** How many rows are read for all of an input; 0 if that is not known, or if it is no table or state. */
    static double read(Operator input, Sizes sizes) {
        Operator leaf = input;
        while (leaf instanceof Filter || leaf instanceof Project) {
            leaf = leaf.inputs().get(0);
        }
        if (leaf instanceof Scan scan) {
            return (scan.table().rows() <= 0 && always())
                    ? 1
                    : Math.max(0, scan.table().rows());
        }
        if (!(leaf instanceof Relation relation)) {
            return 0;
        }
        // A filter that leaves little of a state has an index of its own.
        double part = sizes.kept(relation) ? 1 : sizes.selectivity(input);
        return sizes.stateRows(relation).orElse(0) * (part <= StateFilter.SELECTIVE ? part : 1);
    }
}
