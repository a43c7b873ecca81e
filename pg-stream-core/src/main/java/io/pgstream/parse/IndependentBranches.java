package io.pgstream.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SetOperationList;
import net.sf.jsqlparser.statement.select.UnionOp;
import net.sf.jsqlparser.statement.select.WithItem;
import org.jspecify.annotations.Nullable;

/**
 * The branches of a union that do not read certain tables. They say which columns the whole query has, as the first branch of
 * WITH RECURSIVE does.
 *
 * @since 0.1.0
 */
public final class IndependentBranches {

    private IndependentBranches() {}

    /**
     * A query of these branches only; with their columns, not with their rows.
     *
     * @param query the query as a user has written it
     * @param dependent whether a text reads such tables
     * @return {@code null} if there is no such branch, or the parser does not understand the query
     */
    public static @Nullable String of(String query, Predicate<String> dependent) {
        Select select = parsed(query);
        if (!(select instanceof SetOperationList list)
                || !list.getOperations().stream().allMatch(UnionOp.class::isInstance)) {
            return null;
        }
        List<String> queries = new ArrayList<>();
        List<String> left = new ArrayList<>();
        if (list.getWithItemsList() != null) {
            for (WithItem<?> item : list.getWithItemsList()) {
                String text = Masks.unmasked(item.toString());
                (dependent.test(text) ? left : queries).add(dependent.test(text) ? item.getAliasName() : text);
            }
        }
        List<String> branches = list.getSelects().stream()
                .map(branch -> Masks.unmasked(branch.toString()))
                .filter(text -> !dependent.test(text) && left.stream().noneMatch(text::contains))
                .toList();
        if (branches.isEmpty()) {
            return null;
        }
        String with = queries.isEmpty()
                ? ""
                : (recursive(list) ? "WITH RECURSIVE " : "WITH ")
                        + String.join(", ", queries).replaceFirst("(?i)^RECURSIVE ", "") + " ";
        return with + String.join(" UNION ALL ", branches);
    }

    private static boolean recursive(Select select) {
        return select.getWithItemsList().stream().anyMatch(WithItem::isRecursive);
    }

    private static @Nullable Select parsed(String query) {
        for (boolean masked : new boolean[] {true, false}) {
            try {
                Statement statement = CCJSqlParserUtil.parse(masked ? Masker.masked(query) : query);
                return (statement instanceof Select select) ? select : null;
            } catch (JSQLParserException | RuntimeException e) {
                continue;
            }
        }
        return null;
    }
}
