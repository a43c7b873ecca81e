package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Calls of aggregates that JSqlParser does not read: FILTER behind WITHIN GROUP, and the aggregates of SQL/JSON. */
final class AggregateMasker {

    static final Set<String> JSON = Set.of("JSON_ARRAYAGG", "JSON_OBJECTAGG");

    private static final Set<String> DIRECTIONS = Set.of("ASC", "DESC", "NULLS", "FIRST", "LAST");

    private final StringBuilder template = new StringBuilder();

    private final List<String> operands = new ArrayList<>();

    private AggregateMasker() {}

    /** Whether behind the name of a function, at the cursor, stands a call of the first kind. */
    static boolean isOrderedAndFiltered(TextCursor cursor) {
        return cursor.seesGroup(0, '(')
                && cursor.sees(1, "WITHIN")
                && cursor.sees(2, "GROUP")
                && cursor.seesGroup(3, '(')
                && cursor.sees(4, "FILTER")
                && cursor.seesGroup(5, '(');
    }

    /** Such a call. */
    static String orderedAndFiltered(String name, TextCursor cursor) {
        AggregateMasker masker = new AggregateMasker();
        masker.template.append(name).append('(');
        masker.list(((Group) cursor.next()).content());
        cursor.next();
        cursor.next();
        masker.template.append(") WITHIN GROUP (ORDER BY ");
        List<TextNode> order = ((Group) cursor.next()).content();
        masker.list(order.subList(2, order.size()));
        masker.template.append(')');
        masker.filter(cursor);
        return masker.call();
    }

    /** An aggregate of SQL/JSON; a filter belongs to it. */
    static String json(Token name, TextCursor cursor) {
        AggregateMasker masker = new AggregateMasker();
        KeywordCallMasker.Template call = KeywordCallMasker.template(name.text(), ((Group) cursor.next()).content());
        masker.template.append(call.text());
        masker.operands.addAll(call.operands());
        if (cursor.sees(0, "FILTER")) {
            masker.filter(cursor);
        }
        return name.space() + masker.call();
    }

    private void filter(TextCursor cursor) {
        cursor.next();
        List<TextNode> condition = ((Group) cursor.next()).content();
        template.append(" FILTER (WHERE ").append(Masks.PLACE).append(')');
        operands.add(Masker.nodes(condition.subList(1, condition.size())).strip());
    }

    private void list(List<TextNode> nodes) {
        String separator = "";
        for (List<TextNode> part : TextTree.parts(nodes)) {
            int end = part.size();
            while (end > 0 && part.get(end - 1) instanceof Token token && DIRECTIONS.contains(token.text())) {
                end--;
            }
            template.append(separator).append(Masks.PLACE).append(TextTree.text(part.subList(end, part.size())));
            operands.add(Masker.argument(part.subList(0, end)).strip());
            separator = ", ";
        }
    }

    private String call() {
        return Masks.aggregate(template.toString()) + "(" + String.join(", ", operands) + ")";
    }
}
