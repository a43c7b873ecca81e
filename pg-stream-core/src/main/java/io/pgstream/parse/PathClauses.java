package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Kind;
import io.pgstream.parse.TextNode.Token;
import io.pgstream.sql.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The SEARCH and the CYCLE clause of a recursive query, with what they make of it.
 *
 * @param names the names of its columns
 * @param terms its non-recursive and its recursive term, the latter with the columns of the clauses as the last ones
 * @param union UNION or UNION ALL
 * @param columns the columns that the clauses add
 * @param stop what holds for rows that are followed; empty for all
 * @param breadth the column of a breadth-first search; {@code null} where there is none
 * @param searched the columns that it sorts by
 * @param end the position behind the clauses
 */
record PathClauses(
        List<String> names,
        List<String> terms,
        String union,
        List<Added> columns,
        String stop,
        @Nullable String breadth,
        List<String> searched,
        int end) {

    private static final String STEP = "pgstream_step";

    /** A column more: its value in the first rows, and in those of the step. */
    record Added(String name, String first, String next) {}

    static boolean startsAt(List<TextNode> nodes, int at) {
        return at > 1
                && nodes.get(at - 1) instanceof Group
                && (nodes.get(at).is("SEARCH") || nodes.get(at).is("CYCLE"));
    }

    /** @param uses how often a column is used in the whole query */
    static PathClauses read(List<TextNode> nodes, int at, Function<String, SearchAndCycle.Uses> uses) {
        return new Reader(nodes, at, uses).read();
    }

    /** The names of the columns and the query. */
    String definition() {
        List<String> all = new ArrayList<>(names);
        columns.forEach(column -> all.add(column.name()));
        String own = Identifiers.quoteAll(names);
        String first = "SELECT pgstream_base.*" + added(Added::first) + " FROM (" + terms.get(0) + ") AS pgstream_base("
                + own + ")";
        String next = "SELECT " + names.stream().map(PathClauses::step).collect(Collectors.joining(", "))
                + added(Added::next) + " FROM (" + terms.get(1) + ") AS " + STEP + "(" + Identifiers.quoteAll(all) + ")"
                + (stop.isEmpty() ? "" : " WHERE " + stop);
        return "(" + Identifiers.quoteAll(all) + ") AS (" + first + " " + union + " " + next + ")";
    }

    private String added(Function<Added, String> value) {
        return columns.stream().map(column -> ", " + value.apply(column)).collect(Collectors.joining());
    }

    private static String step(String name) {
        return STEP + "." + Identifiers.quote(name);
    }

    /** The column of a breadth-first search is a row of the depth and the columns: only the depth is not there already. */
    List<TextNode> withRows(List<TextNode> nodes) {
        return (breadth == null) ? nodes : withRows(nodes, breadth);
    }

    private List<TextNode> withRows(List<TextNode> nodes, String column) {
        List<TextNode> result = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            TextNode node = nodes.get(i);
            if (node instanceof Group group) {
                result.add(new Group(
                        group.open(), withRows(group.content(), column), group.space(), group.closingSpace()));
            } else if (SearchAndCycle.isColumn(nodes, i, column)
                    && (i == 0 || !nodes.get(i - 1).is("AS"))) {
                String of = "";
                String space = node.space();
                if (!result.isEmpty() && result.get(result.size() - 1).is(".")) {
                    result.remove(result.size() - 1);
                    Token alias = (Token) result.remove(result.size() - 1);
                    of = alias.text() + ".";
                    space = alias.space();
                }
                String qualifier = of;
                String fields = searched.stream()
                        .map(name -> ", " + qualifier + Identifiers.quote(name))
                        .collect(Collectors.joining());
                result.add(new Token(Kind.WORD, "ROW(" + of + Identifiers.quote(column) + fields + ")", space));
            } else {
                result.add(node);
            }
        }
        return result;
    }

    /** Reads the clauses, the query in front of them, and its name. */
    private static final class Reader {

        private final TextCursor cursor;

        private final Function<String, SearchAndCycle.Uses> uses;

        private final List<TextNode> body;

        private final int union;

        private final boolean all;

        private final String query;

        private final List<String> names;

        private final List<Added> columns = new ArrayList<>();

        private String stop = "";

        private @Nullable String breadth;

        private List<String> searched = List.of();

        private final int start;

        Reader(List<TextNode> nodes, int at, Function<String, SearchAndCycle.Uses> uses) {
            this.start = at;
            this.uses = uses;
            this.cursor = new TextCursor(nodes.subList(at, nodes.size()));
            this.body = ((Group) nodes.get(at - 1)).content();
            this.union = Masker.indexOf(body, node -> node != null && node.is("UNION"));
            int as = at - 2;
            while (!nodes.get(as).is("AS")) {
                as--;
            }
            boolean named = nodes.get(as - 1) instanceof Group;
            this.query = ((Token) nodes.get(named ? as - 2 : as - 1)).text();
            if (union < 0 || body.get(0).is("WITH")) {
                throw SearchAndCycle.refused("a SEARCH or CYCLE clause belongs to a query that is not understood");
            }
            this.all = body.get(union + 1).is("ALL");
            List<TextNode> list = named ? ((Group) nodes.get(as - 1)).content() : selected(body.subList(0, union));
            this.names = TextTree.parts(list).stream().map(Reader::name).toList();
        }

        /** What the first term selects. */
        private static List<TextNode> selected(List<TextNode> term) {
            int from = Masker.indexOf(term, node -> node != null && node.is("FROM"));
            return term.subList(1, (from < 0) ? term.size() : from);
        }

        private static String name(List<TextNode> column) {
            if (column.get(column.size() - 1) instanceof Token last && last.identifier()) {
                return Names.plain(last.text());
            }
            throw SearchAndCycle.refused("a SEARCH or CYCLE clause belongs to a query with a column that has no name");
        }

        PathClauses read() {
            if (cursor.sees(0, "SEARCH")) {
                search();
            }
            if (cursor.sees(0, "CYCLE")) {
                cycle();
            }
            List<String> terms = List.of(TextTree.text(body.subList(0, union)), recursive());
            return new PathClauses(
                    names,
                    terms,
                    all ? "UNION ALL" : "UNION",
                    columns,
                    stop,
                    breadth,
                    searched,
                    start + cursor.position());
        }

        private List<String> list() {
            List<String> columns = new ArrayList<>();
            do {
                columns.add(Names.plain(((Token) cursor.next()).text()));
            } while (cursor.sees(0, ",") && cursor.next() != null);
            return columns;
        }

        private String set() {
            cursor.next();
            return Names.plain(((Token) cursor.next()).text());
        }

        private void search() {
            cursor.next();
            boolean deep = cursor.next().is("DEPTH");
            cursor.next();
            cursor.next();
            List<String> by = list();
            String column = set();
            if (!deep) {
                breadth = column;
                searched = by;
                columns.add(new Added(column, "0::bigint", step(column) + " + 1"));
                return;
            }
            SearchAndCycle.Uses used = uses.apply(column);
            if (used.others() > 0 || (by.size() > 1 && used.harmless() > 0)) {
                throw SearchAndCycle.refused(
                        "the column of a SEARCH DEPTH FIRST clause is an array of records, which no table can have");
            }
            if (used.harmless() > 0 || !all) {
                paths(column, by);
            }
        }

        private void cycle() {
            cursor.next();
            List<String> by = list();
            String mark = set();
            String looped = "true";
            String free = "false";
            if (cursor.sees(0, "TO")) {
                cursor.next();
                looped = TextTree.text(cursor.until(node -> node.is("DEFAULT")));
                cursor.next();
                free = TextTree.text(cursor.until(node -> node.is("USING")));
            }
            String column = set();
            SearchAndCycle.Uses used = uses.apply(column);
            if (by.size() > 2 || used.others() > 0) {
                throw SearchAndCycle.refused(
                        "the path of a CYCLE clause is an array of records, which no table can have");
            }
            String met = (by.size() == 1)
                    ? "array_position(" + step(column) + ", " + step(by.get(0)) + ") IS NOT NULL"
                    : "array_positions(" + step(column) + ", " + step(by.get(0)) + ") && array_positions("
                            + step(second(column, 1)) + ", " + step(by.get(1)) + ")";
            columns.add(new Added(mark, free, "CASE WHEN " + met + " THEN " + looped + " ELSE " + free + " END"));
            paths(column, by);
            stop = step(mark) + " <> " + looped;
        }

        /** An array for each column. */
        private void paths(String column, List<String> by) {
            for (int i = 0; i < by.size(); i++) {
                String array = second(column, i);
                columns.add(new Added(
                        array,
                        "array_append('{}', pgstream_base." + Identifiers.quote(by.get(i)) + ")",
                        "array_append(" + step(array) + ", " + step(by.get(i)) + ")"));
            }
        }

        private static String second(String column, int position) {
            return (position == 0) ? column : column + " " + position;
        }

        /** The recursive term with the columns of the row that it goes on from. */
        private String recursive() {
            List<TextNode> term = body.subList(union + (all ? 2 : 1), body.size());
            int from = Masker.indexOf(term, node -> node != null && node.is("FROM"));
            String alias = (from < 0) ? null : alias(term.subList(from, term.size()));
            boolean plain = term.get(0).is("SELECT")
                    && !term.get(1).is("DISTINCT")
                    && term.stream().noneMatch(node -> node.is("GROUP") || node.is("HAVING"));
            if (alias == null || !plain) {
                throw SearchAndCycle.refused("a SEARCH or CYCLE clause belongs to a step that is not understood");
            }
            String read = columns.stream()
                    .map(column -> ", " + alias + "." + Identifiers.quote(column.name()))
                    .collect(Collectors.joining());
            return TextTree.text(term.subList(0, from)) + read + TextTree.text(term.subList(from, term.size()));
        }

        /** By what name the step reads the query itself. */
        private @Nullable String alias(List<TextNode> items) {
            for (int i = 0; i < items.size() && !items.get(i).is("WHERE"); i++) {
                TextNode node = items.get(i);
                boolean qualified = i > 0 && items.get(i - 1).is(".")
                        || i + 1 < items.size() && items.get(i + 1).is(".");
                if (node instanceof Group group && FromMasker.isJoin(group)) {
                    String found = alias(group.content());
                    if (found != null) {
                        return found;
                    }
                } else if (node.is(query) && !qualified) {
                    return (i + 1 < items.size() && items.get(i + 1) instanceof Token alias && alias.identifier())
                            ? alias.text()
                            : query;
                }
            }
            return null;
        }
    }
}
