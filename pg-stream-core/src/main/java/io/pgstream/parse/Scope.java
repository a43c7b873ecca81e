package io.pgstream.parse;

import io.pgstream.plan.OuterJoin;
import io.pgstream.plan.Project;
import io.pgstream.plan.expr.Column;
import io.pgstream.plan.expr.Expression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import net.sf.jsqlparser.schema.Table;
import org.jspecify.annotations.Nullable;

/**
 * The names that a query block can use: the aliases of its FROM items and their columns, the merged columns of its joins,
 * and, in a subquery, the columns of the query around it.
 */
final class Scope {

    /** What a subquery can use of the query around it. */
    @FunctionalInterface
    interface Outer {

        /** The column of a name, or {@code null} if there is none. */
        @Nullable
        Column resolve(@Nullable String alias, String name);
    }

    /** A FROM item; without an alias, the merged columns of a join. */
    private record Item(@Nullable String alias, Map<String, Column> columns) {}

    private final List<Item> items = new ArrayList<>();

    private final @Nullable Outer outer;

    private final Set<Column> outerColumns = new HashSet<>();

    /** In a subquery that is computed for its domain: the columns of that. */
    private final @Nullable Outer domain;

    private final List<Column> domainColumns;

    private final WholeRows wholeRows;

    Scope(@Nullable Outer outer, WholeRows wholeRows) {
        this(outer, wholeRows, null, List.of());
    }

    private Scope(@Nullable Outer outer, WholeRows wholeRows, @Nullable Outer domain, List<Column> domainColumns) {
        this.wholeRows = wholeRows;
        this.outer = outer;
        this.domain = domain;
        this.domainColumns = domainColumns;
    }

    /** The scope of a block that joins a domain. */
    static Scope over(Domain domain, Project leaf, WholeRows wholeRows) {
        return new Scope(null, wholeRows, (alias, name) -> domain.resolve(leaf, alias, name), leaf.output());
    }

    /** The items of which whole rows are used. */
    WholeRows wholeRows() {
        return wholeRows;
    }

    /** The columns of the domain, in its order; none where there is no domain. */
    List<Column> domain() {
        return domainColumns;
    }

    /** Whether the arguments of an aggregate read something, and nothing but the domain: it is then one of the query around. */
    boolean onlyDomain(@Nullable Expression argument, @Nullable Expression condition) {
        Set<Column> reads = new HashSet<>(argument == null ? Set.of() : argument.columns());
        reads.addAll(condition == null ? Set.of() : condition.columns());
        return !reads.isEmpty() && domainColumns.containsAll(reads);
    }

    boolean readsDomain(Expression expression) {
        return expression.columns().stream().anyMatch(domainColumns::contains);
    }

    void add(String alias, List<String> names, List<Column> columns) {
        Map<String, Column> byName = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            byName.put(names.get(i), columns.get(i));
        }
        if (items.stream().anyMatch(item -> alias.equals(item.alias()))) {
            throw new UnsupportedConstructException(
                    "the alias " + alias + " stands for two FROM items", "Give each FROM item an alias of its own.");
        }
        items.add(new Item(alias, byName));
    }

    /** The columns that a join with USING merges, by their names. */
    void merge(Map<String, Column> columns) {
        items.add(new Item(null, columns));
    }

    int size() {
        return items.size();
    }

    /** Leaves out the items from a position on. */
    void forget(int from) {
        items.subList(from, items.size()).clear();
    }

    /** The columns of the items from one position to before another can be NULL from here on. */
    void fill(int from, int to) {
        for (int i = from; i < to; i++) {
            Map<String, Column> filled = new LinkedHashMap<>();
            items.get(i).columns().forEach((name, column) -> filled.put(name, OuterJoin.nullable(column)));
            items.set(i, new Item(items.get(i).alias(), filled));
        }
    }

    /** The column of a name in the items from one position to before another: the merged one, or the first. */
    Column first(String name, int from, int to) {
        Column merged = merged(name, from, to);
        if (merged != null) {
            return merged;
        }
        return items.subList(from, to).stream()
                .flatMap(item -> Stream.ofNullable(item.columns().get(name)))
                .findFirst()
                .orElseThrow(() -> new UnsupportedConstructException(
                        "it joins with USING (" + name + "), which is not a plain column of both sides",
                        "Join with ON."));
    }

    private @Nullable Column merged(String name, int from, int to) {
        for (int i = to - 1; i >= from; i--) {
            Column column = items.get(i).columns().get(name);
            if (items.get(i).alias() == null && column != null) {
                return column;
            }
        }
        return null;
    }

    /** Whether a column is one of the query around this one. */
    boolean isOuter(Column column) {
        return outerColumns.contains(column);
    }

    Column resolve(@Nullable String alias, String name) {
        Column column = local(alias, name);
        if (column == null && outer != null) {
            column = outer.resolve(alias, name);
            if (column != null) {
                outerColumns.add(column);
            }
        }
        if (column == null) {
            throw new UnsupportedConstructException(
                    "it refers to " + ((alias == null) ? name : alias + "." + name)
                            + ", which is not a plain column of its FROM items",
                    "Refer to columns of the tables in FROM, not to whole rows, system columns or queries further out.");
        }
        return column;
    }

    /** The row of an item as a value, if it is one that exists only inside of an expression; {@code null} for any other name. */
    @Nullable
    String record(@Nullable String alias, String name, Function<Column, String> mark) {
        Column present = present(alias, name);
        if (present == null) {
            return null;
        }
        Map<String, Column> columns = new LinkedHashMap<>();
        items.stream()
                .filter(item -> item.columns().containsValue(present))
                .forEach(item -> columns.putAll(item.columns()));
        columns.remove(WholeRows.PRESENT);
        return WholeRows.record(columns, present, mark);
    }

    /** Whether there is such a row. */
    @Nullable
    Column present(@Nullable String alias, String name) {
        return (alias != null && name.equals(WholeRows.NAME))
                ? items.stream()
                        .filter(item -> alias.equals(item.alias()))
                        .map(item -> item.columns().get(WholeRows.PRESENT))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null)
                : null;
    }

    /** Whether there is the row that a reference to all of its columns means. */
    @Nullable
    Column present(net.sf.jsqlparser.schema.Column reference) {
        return present(alias(reference), Names.plain(reference.getColumnName()));
    }

    /** The names of the columns of such a row. */
    List<String> rowNames(net.sf.jsqlparser.schema.Column reference) {
        String alias = alias(reference);
        return items.stream()
                .filter(item -> item.alias() != null && item.alias().equals(alias))
                .flatMap(item -> item.columns().keySet().stream())
                .filter(name -> !name.equals(WholeRows.PRESENT))
                .toList();
    }

    /** The alias that a reference has; {@code null} where it has none. */
    static @Nullable String alias(net.sf.jsqlparser.schema.Column reference) {
        Table table = reference.getTable();
        return (table == null || table.getName() == null || table.getName().isEmpty())
                ? null
                : Names.plain(table.getName());
    }

    /** Whether an item of this block itself has an alias. */
    boolean has(@Nullable String alias) {
        return items.stream()
                .anyMatch(item -> item.alias() != null && item.alias().equals(alias));
    }

    /** The column of a name in this block alone; {@code null} if there is not exactly one. */
    @Nullable
    Column local(@Nullable String alias, String name) {
        Column merged = (alias == null) ? merged(name, 0, items.size()) : null;
        if (merged != null) {
            return merged;
        }
        List<Column> found = items.stream()
                .filter(item -> item.alias() != null && (alias == null || alias.equals(item.alias())))
                .map(item -> item.columns().get(name))
                .filter(Objects::nonNull)
                .toList();
        if (found.isEmpty() && domain != null) {
            return domain.resolve(alias, name);
        }
        return (found.size() == 1) ? found.get(0) : null;
    }
}
