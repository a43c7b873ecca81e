package io.pgstream.plan;

/**
 * Prints a tree, an operator a line, the inputs indented.
 *
 * @since 0.1.0
 */
public final class OperatorPrinter {

    private OperatorPrinter() {}

    /** The tree as text, without a line break at the end. */
    public static String print(Operator operator) {
        StringBuilder text = new StringBuilder();
        print(operator, 0, text);
        return text.substring(0, text.length() - 1);
    }

    private static void print(Operator operator, int depth, StringBuilder text) {
        text.append("  ".repeat(depth)).append(operator.describe()).append('\n');
        operator.inputs().forEach(input -> print(input, depth + 1, text));
    }
}
