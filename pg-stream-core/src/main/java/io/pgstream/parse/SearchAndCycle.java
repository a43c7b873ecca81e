package io.pgstream.parse;

import io.pgstream.parse.TextNode.Group;
import io.pgstream.parse.TextNode.Kind;
import io.pgstream.parse.TextNode.Token;
import io.pgstream.resolve.Obstacle;
import io.pgstream.resolve.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * SEARCH and CYCLE of recursive queries, written out as PostgreSQL does: as columns more. PostgreSQL's paths are arrays of
 * records, which no table can hold; here each column of a path has an array of its own. A path may then only be used in ways that
 * come to the same: to sort by one column, and for its length.
 */
final class SearchAndCycle {

    private static final Set<String> LENGTHS = Set.of("cardinality", "array_length");

    /** What can stand behind a sort key. */
    private static final Set<String> BEHIND_KEY =
            Set.of(",", "ASC", "DESC", "NULLS", "ROWS", "RANGE", "GROUPS", "LIMIT", "OFFSET", "FETCH");

    private final List<TextNode> all;

    private @Nullable PathClauses clauses;

    private SearchAndCycle(List<TextNode> all) {
        this.all = all;
    }

    /** The text without the clauses; the same text where it has none. */
    static String without(String canonicalText) {
        String current = canonicalText;
        while (true) {
            List<TextNode> nodes = TextTree.of(current);
            SearchAndCycle rewriting = new SearchAndCycle(unsorted(nodes));
            List<TextNode> result = rewriting.visit(rewriting.all);
            PathClauses done = rewriting.clauses;
            if (done == null) {
                return current;
            }
            current = TextTree.text(done.withRows(result));
        }
    }

    static UnsupportedConstructException refused(String reason) {
        return new UnsupportedConstructException(Obstacle.of(
                Refusal.SEARCH_OR_CYCLE,
                reason,
                "\\bSEARCH\\s+(DEPTH|BREADTH)\\s+FIRST\\b|\\bCYCLE\\s+[^()]+?\\bSET\\b"));
    }

    /** An ORDER BY at the end decides nothing where there is no limit. */
    private static List<TextNode> unsorted(List<TextNode> nodes) {
        for (int i = nodes.size() - 2; i > 0; i--) {
            if (nodes.get(i).is("LIMIT")
                    || nodes.get(i).is("OFFSET")
                    || nodes.get(i).is("FETCH")) {
                return nodes;
            }
            if (nodes.get(i).is("ORDER") && nodes.get(i + 1).is("BY")) {
                return nodes.subList(0, i);
            }
        }
        return nodes;
    }

    /** The nodes with the first query that has such clauses written out. */
    private List<TextNode> visit(List<TextNode> nodes) {
        List<TextNode> result = new ArrayList<>();
        int i = 0;
        while (i < nodes.size()) {
            TextNode node = nodes.get(i);
            if (clauses == null && PathClauses.startsAt(nodes, i)) {
                PathClauses read = PathClauses.read(nodes, i, this::uses);
                clauses = read;
                while (!result.get(result.size() - 1).is("AS")) {
                    result.remove(result.size() - 1);
                }
                // The name of the query, without the names of its columns, is in front of AS.
                result.remove(result.size() - 1);
                if (result.get(result.size() - 1) instanceof Group) {
                    result.remove(result.size() - 1);
                }
                result.add(new Token(Kind.WORD, read.definition(), ""));
                i = read.end();
            } else {
                result.add(
                        (clauses == null && node instanceof Group group)
                                ? new Group(group.open(), visit(group.content()), group.space(), group.closingSpace())
                                : node);
                i++;
            }
        }
        return result;
    }

    /** How often a column is read in a way that an array of values serves as well as one of records, and otherwise. */
    record Uses(int harmless, int others) {

        Uses plus(Uses more) {
            return new Uses(harmless + more.harmless, others + more.others);
        }
    }

    private Uses uses(String name) {
        return uses(all, name);
    }

    private static Uses uses(List<TextNode> nodes, String name) {
        Uses uses = new Uses(0, 0);
        for (int i = 0; i < nodes.size(); i++) {
            TextNode node = nodes.get(i);
            boolean defined =
                    i > 0 && (nodes.get(i - 1).is("SET") || nodes.get(i - 1).is("USING"));
            if (node instanceof Group group) {
                boolean length = i > 0
                        && nodes.get(i - 1) instanceof Token call
                        && LENGTHS.contains(call.text())
                        && isColumn(TextTree.parts(group.content()).get(0), name);
                uses = uses.plus(length ? new Uses(1, 0) : uses(group.content(), name));
            } else if (!defined && isColumn(nodes, i, name)) {
                uses = uses.plus(isKey(nodes, i) ? new Uses(1, 0) : new Uses(0, 1));
            }
        }
        return uses;
    }

    private static boolean isColumn(List<TextNode> nodes, String name) {
        return isName(nodes.get(nodes.size() - 1), name)
                && (nodes.size() == 1 || (nodes.size() == 3 && nodes.get(1).is(".")));
    }

    /** Whether a name stands for a column: behind what qualifies one is a point. */
    static boolean isColumn(List<TextNode> nodes, int at, String name) {
        return isName(nodes.get(at), name)
                && (at + 1 == nodes.size() || !nodes.get(at + 1).is("."));
    }

    private static boolean isName(TextNode node, String name) {
        return node instanceof Token token
                && token.identifier()
                && Names.plain(token.text()).equals(name);
    }

    private static boolean isKey(List<TextNode> nodes, int at) {
        int start = (at > 1 && nodes.get(at - 1).is(".")) ? at - 2 : at;
        return start > 0
                && nodes.get(start - 1).is("BY")
                && (at + 1 == nodes.size()
                        || (nodes.get(at + 1) instanceof Token next && BEHIND_KEY.contains(next.text())));
    }
}
