package io.pgstream.plan.rule;

import io.pgstream.plan.Aggregate;
import io.pgstream.plan.Filter;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Project;
import io.pgstream.plan.Recursion;
import io.pgstream.plan.Top;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.NumericLiteral;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Keeps more of the first rows of a large input than LIMIT shows:
 *
 * <pre>
 *   Top 10                      Top 10
 *     X             becomes       Top 70, up to 60 of them to spare
 *                                   X
 * </pre>
 *
 * <p>When one of the first rows leaves, the next one is among those that are kept, and X is not read: it is only when all that there were to
 * spare have left, and none has come. With OFFSET, all that sort before the last row are kept.
 */
public final class KeepSpareRows {

    /** More rows are dearer to keep than they save. */
    private static final int MOST = 1_000;

    /** How many rows to spare there are at least. */
    private static final int LEAST_SPARE = 50;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    private KeepSpareRows() {}

    /**
     * The tree with more rows kept.
     *
     * @param decision for which of those that could have them
     */
    public static Operator apply(Operator root, Predicate<Top> decision) {
        if (root instanceof Recursion) {
            return root;
        }
        Operator current = root.withInputs(
                root.inputs().stream().map(input -> apply(input, decision)).toList());
        if (!(current instanceof Top top) || top.spare() > 0 || !possible(top) || !decision.test(top)) {
            return current;
        }
        int spare = Math.max(LEAST_SPARE, shown(top));
        NumericLiteral limit = new NumericLiteral(String.valueOf(shown(top) + spare));
        return top.withInputs(List.of(new Top(List.of(), top.order(), limit, null, top.ties(), spare, top.input())));
    }

    /** A limit as it is told from others of the query, by names that stay when the query is compiled again. */
    public static String text(Top top) {
        return top.order().stream()
                .map(key -> key.column().name() + key.direction())
                .collect(Collectors.joining(", ", "ORDER BY ", " LIMIT " + shown(top)));
    }

    private static boolean possible(Top top) {
        int shown = shown(top);
        Operator input = top.input();
        while (input instanceof Project || input instanceof Filter) {
            input = input.inputs().get(0);
        }
        // The state of an aggregate has an index in the order.
        return top.partition().isEmpty() && shown > 0 && shown <= MOST && !(input instanceof Aggregate);
    }

    /** Up to which row it must be known, 0 where that is not a plain number. */
    private static int shown(Top top) {
        String limit = (top.limit() == null) ? "" : top.limit().sql(Column::name);
        String offset = (top.offset() == null) ? "0" : top.offset().sql(Column::name);
        return (NUMBER.matcher(limit).matches() && NUMBER.matcher(offset).matches())
                ? (int) Math.min(Integer.MAX_VALUE, Long.parseLong(limit) + Long.parseLong(offset))
                : 0;
    }
}
