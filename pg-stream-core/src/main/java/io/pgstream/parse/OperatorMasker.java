package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Kind;
import io.pgstream.parse.TextNode.Token;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Operators that JSqlParser does not know, each between parentheses with its operands. */
final class OperatorMasker {

    private static final Set<String> UNDERSTOOD =
            Set.of("+", "-", "*", "/", "%", "||", "=", "<>", "<", ">", "<=", ">=");

    private static final Set<String> COMPARISONS = Set.of("=", "<>", "<", ">", "<=", ">=");

    /** Keywords that stand where operators do. */
    private static final Set<String> KEYWORD_OPERATORS = Set.of("AT", "OVERLAPS", "COLLATE");

    private OperatorMasker() {}

    /** The masked operation that a pair of parentheses holds; {@code null} if it holds none that must be masked. */
    @Nullable
    static String operation(Group group) {
        List<TextNode> content = group.content();
        if (content.stream().anyMatch(node -> node.is(",") || node.is("=>"))) {
            return null;
        }
        int operator = Masker.indexOf(content, OperatorMasker::isOperator);
        if (operator >= 0) {
            return symbol(content, operator);
        }
        int keyword = Masker.indexOf(
                content,
                node -> node instanceof Token token && token.keyword() && KEYWORD_OPERATORS.contains(token.text()));
        if (keyword > 0) {
            return keyword(content, keyword);
        }
        int is = Masker.indexOf(content, node -> node != null && node.is("IS"));
        boolean predicate = is > 0 && content.stream().anyMatch(node -> node.is("JSON") || node.is("NORMALIZED"));
        return predicate
                ? masked(content.subList(0, is), TextTree.text(content.subList(is, content.size())), List.of())
                : null;
    }

    private static boolean isOperator(@Nullable TextNode node) {
        return node != null && (node.is("OPERATOR") || (node instanceof Token token && token.kind() == Kind.OPERATOR));
    }

    private static @Nullable String symbol(List<TextNode> content, int at) {
        boolean qualified = content.get(at).is("OPERATOR");
        int behind = at + (qualified ? 2 : 1);
        if (behind >= content.size()) {
            return null;
        }
        List<TextNode> left = content.subList(0, at);
        List<TextNode> right = content.subList(behind, content.size());
        String symbol = TextTree.text(content.subList(at, behind));
        boolean understood = UNDERSTOOD.contains(symbol.strip())
                && (!left.isEmpty() || symbol.strip().matches("[-+]"));
        if (Masker.indexOf(right, OperatorMasker::isOperator) >= 0) {
            return null;
        }
        boolean quantified = right.size() == 2
                && (right.get(0).is("ANY") || right.get(0).is("ALL"))
                && right.get(1) instanceof Group;
        if (quantified) {
            Group array = (Group) right.get(1);
            String quantifier = " " + ((Token) right.get(0)).text();
            return Masker.isQuery(array)
                    ? comparison(left, symbol.strip(), quantifier, array)
                    : masked(left, symbol + quantifier + " (" + Masks.PLACE + ")", array.content());
        }
        return understood ? null : masked(left, symbol + " " + Masks.PLACE, right);
    }

    /** A comparison with a subquery: JSqlParser knows those of numbers. */
    private static @Nullable String comparison(List<TextNode> left, String symbol, String quantifier, Group subquery) {
        return COMPARISONS.contains(symbol)
                ? null
                : Masks.quantified(symbol + quantifier) + "("
                        + Masker.nodes(left).strip() + ", "
                        + Masker.nodes(List.of(subquery)).strip() + ")";
    }

    private static @Nullable String keyword(List<TextNode> content, int at) {
        int behind = at + 1;
        if (content.get(at).is("COLLATE")
                || (behind < content.size() && content.get(behind).is("LOCAL"))) {
            return masked(content.subList(0, at), TextTree.text(content.subList(at, content.size())), List.of());
        }
        while (behind < content.size()
                && (content.get(behind).is("TIME") || content.get(behind).is("ZONE"))) {
            behind++;
        }
        return masked(
                content.subList(0, at),
                TextTree.text(content.subList(at, behind)) + " " + Masks.PLACE,
                content.subList(behind, content.size()));
    }

    private static String masked(List<TextNode> left, String operator, List<TextNode> right) {
        String template = left.isEmpty() ? operator.strip() : Masks.PLACE + " " + operator.strip();
        StringBuilder operands = new StringBuilder(Masker.nodes(left));
        if (!right.isEmpty()) {
            operands.append(left.isEmpty() ? "" : ", ")
                    .append(Masker.nodes(right).strip());
        }
        return Masker.masked("(" + template + ")", "", operands.toString());
    }
}
