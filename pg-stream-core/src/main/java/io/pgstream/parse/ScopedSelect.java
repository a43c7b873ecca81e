package io.pgstream.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import net.sf.jsqlparser.statement.select.WithItem;

/** A WITH query with the WITH queries that were named before it, and the names that it gives its columns. */
final class ScopedSelect extends ParenthesedSelect {

    private static final long serialVersionUID = 1L;

    private final transient Map<String, Select> queries;

    private final transient List<String> names;

    private final boolean recursive;

    private ScopedSelect(Select select, Map<String, Select> queries, List<String> names, boolean recursive) {
        setSelect(select);
        this.queries = queries;
        this.names = names;
        this.recursive = recursive;
    }

    static ScopedSelect of(WithItem<?> item, Map<String, Select> queries, boolean recursive) {
        if (item.getSearchClause() != null || item.getCycleClause() != null) {
            String clause = (item.getCycleClause() != null) ? "CYCLE" : "SEARCH";
            throw new UnsupportedConstructException(
                    "its recursive query " + item.getAliasName() + " has a " + clause + " clause",
                    "Carry the path along in an array of the keys.");
        }
        List<String> names = new ArrayList<>();
        if (item.getWithItemList() != null) {
            for (SelectItem<?> name : item.getWithItemList()) {
                names.add(Names.plain(name.getExpression().toString()));
            }
        }
        return new ScopedSelect(item.getSelect(), queries, names, recursive);
    }

    /** Whether the query can read itself. */
    boolean recursive() {
        return recursive;
    }

    Map<String, Select> queries() {
        return queries;
    }

    /** The block with the names of this query; there can be fewer of them than columns. */
    SelectParser.Block renamed(SelectParser.Block block) {
        List<String> result = new ArrayList<>(block.names());
        for (int i = 0; i < names.size(); i++) {
            result.set(i, names.get(i));
        }
        return new SelectParser.Block(block.operator(), result);
    }
}
