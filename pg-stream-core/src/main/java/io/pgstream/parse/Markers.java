package io.pgstream.parse;

import io.pgstream.plan.expr.Clock;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.ColumnReference;
import io.pgstream.plan.expr.Expression;
import io.pgstream.plan.expr.Template;
import io.pgstream.support.QuestionMarks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text in which a column stands as its number between two control characters, which no SQL text holds; so does the clock. */
final class Markers {

    private static final Pattern MARKER = Pattern.compile("\u0001(now|\\d+)\u0002");

    private final Map<Integer, Column> columns = new HashMap<>();

    String mark(Column column) {
        columns.put(column.id(), column);
        return "\u0001" + column.id() + "\u0002";
    }

    /** The expression of a marked text. */
    Expression expression(String masked) {
        return verbatim(QuestionMarks.escaped(Masks.unmasked(masked)));
    }

    /** The expression of a marked text that is a part of another expression. */
    Expression verbatim(String marked) {
        List<String> fragments = new ArrayList<>();
        List<Expression> operands = new ArrayList<>();
        Matcher matcher = MARKER.matcher(marked);
        int end = 0;
        while (matcher.find()) {
            fragments.add(marked.substring(end, matcher.start()));
            operands.add(operand(matcher.group(1)));
            end = matcher.end();
        }
        fragments.add(marked.substring(end));
        if (operands.size() == 1
                && fragments.get(0).isEmpty()
                && fragments.get(1).isEmpty()) {
            return operands.get(0);
        }
        return new Template(fragments, operands);
    }

    private Expression operand(String mark) {
        return mark.equals("now") ? Clock.NOW : new ColumnReference(column(Integer.parseInt(mark)));
    }

    private Column column(int id) {
        Column column = columns.get(id);
        if (column == null) {
            throw new IllegalStateException("No column was marked with " + id);
        }
        return column;
    }
}
