package io.pgstream.autoconfigure;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.ResultColumn;
import io.pgstream.ResultColumn.Nullability;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.jdbc.support.JdbcUtils;

/**
 * A record that stands for the rows of a stream table, beside the columns that they have. A component is read from the
 * column of its name, or of that name with underscores, as {@code JdbcClient} and Spring Data JDBC do. A record may leave columns
 * out.
 */
final class RowRecord {

    /** By their names: Spring Data need not be there. */
    private static final String COLUMN = "org.springframework.data.relational.core.mapping.Column";

    private static final List<String> NOT_OF_ONE_COLUMN = List.of(
            "org.springframework.data.annotation.Transient",
            "org.springframework.data.relational.core.mapping.Embedded",
            "org.springframework.data.relational.core.mapping.MappedCollection");

    private static final String GAP = "  ";

    private final Class<?> type;

    private final List<ResultColumn> columns;

    RowRecord(Class<?> type, List<ResultColumn> columns) {
        this.type = type;
        this.columns = columns;
    }

    /** One line of the comparison: the component or the column may be missing, and the trouble is empty where all is well. */
    private record Line(String component, String column, String trouble) {}

    void check(QualifiedName table) {
        List<Line> lines = lines();
        long troubles = lines.stream().filter(line -> !line.trouble().isEmpty()).count();
        if (troubles > 0) {
            throw new InvalidDefinitionException(
                    ErrorCode.ROW_TYPE_MISMATCH,
                    "The record " + type.getName() + " does not fit the query of the stream table " + table + ":"
                            + System.lineSeparator() + System.lineSeparator() + print(lines),
                    "Change the record or the query (a cast such as sum(quantity)::bigint gives a column another"
                            + " type). To use the type as a marker only, make it an interface or a record without"
                            + " components.");
        }
    }

    private List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        Set<ResultColumn> left = new LinkedHashSet<>(columns);
        for (RecordComponent component : type.getRecordComponents()) {
            if (NOT_OF_ONE_COLUMN.stream().noneMatch(annotations(component)::isPresent)) {
                ResultColumn column = column(component);
                left.remove(column);
                lines.add(new Line(
                        component.getType().getSimpleName() + " " + component.getName(),
                        (column == null) ? "" : column.name() + " " + column.type(),
                        trouble(component, column)));
            }
        }
        left.forEach(column -> lines.add(new Line("", column.name() + " " + column.type(), "")));
        return lines;
    }

    private @Nullable ResultColumn column(RecordComponent component) {
        MergedAnnotation<?> named = annotations(component).get(COLUMN);
        String annotated = named.isPresent() ? named.getString(MergedAnnotation.VALUE) : "";
        for (String name : List.of(
                component.getName(), JdbcUtils.convertPropertyNameToUnderscoreName(component.getName()), annotated)) {
            for (ResultColumn column : columns) {
                if (column.name().equalsIgnoreCase(name)) {
                    return column;
                }
            }
        }
        return null;
    }

    /** Those of Spring Data are for fields. */
    private static MergedAnnotations annotations(RecordComponent component) {
        try {
            return MergedAnnotations.from(component.getDeclaringRecord().getDeclaredField(component.getName()));
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String trouble(RecordComponent component, @Nullable ResultColumn column) {
        Class<?> type = component.getType();
        if (column == null) {
            String name = JdbcUtils.convertPropertyNameToUnderscoreName(component.getName());
            return "the query has no column " + name;
        }
        if (!RowTypes.holds(type, column)) {
            return type.getSimpleName() + " cannot hold every " + column.type();
        }
        if (type.isPrimitive() && column.nullability() == Nullability.NULLABLE) {
            return "the column can be NULL, " + type.getSimpleName() + " cannot";
        }
        return "";
    }

    private static String print(List<Line> lines) {
        Line head = new Line("component", "column", "");
        int component =
                width(head.component(), lines.stream().map(Line::component).toList());
        int column = width(head.column(), lines.stream().map(Line::column).toList());
        StringBuilder text = new StringBuilder();
        for (Line line : concat(head, lines)) {
            String row =
                    "    " + pad(line.component(), component) + GAP + pad(line.column(), column) + GAP + line.trouble();
            text.append(row.stripTrailing()).append(System.lineSeparator());
        }
        return text.toString();
    }

    private static List<Line> concat(Line head, List<Line> lines) {
        List<Line> all = new ArrayList<>(List.of(head));
        all.addAll(lines);
        return all;
    }

    private static int width(String head, List<String> texts) {
        return Math.max(
                head.length(), texts.stream().mapToInt(String::length).max().orElse(0));
    }

    private static String pad(String text, int width) {
        char[] blanks = new char[width - text.length()];
        Arrays.fill(blanks, ' ');
        return text + new String(blanks);
    }
}
