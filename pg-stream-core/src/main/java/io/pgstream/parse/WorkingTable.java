package io.pgstream.parse;

import io.pgstream.plan.Relation;
import java.util.List;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import org.jspecify.annotations.Nullable;

/** What the name of a recursive WITH query stands for inside of itself. */
final class WorkingTable extends ParenthesedSelect {

    private static final long serialVersionUID = 1L;

    private final transient SelectParser.Block block;

    private final transient @Nullable Domain domain;

    /** @param domain what the recursion is computed for, whose columns are the last ones; {@code null} for nothing */
    WorkingTable(Relation self, List<String> names, @Nullable Domain domain) {
        this.block = new SelectParser.Block(self, names);
        this.domain = domain;
    }

    @Nullable
    Domain domain() {
        return domain;
    }

    SelectParser.Block block() {
        return block;
    }
}
