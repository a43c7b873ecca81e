package io.pgstream.parse;

import io.pgstream.plan.Relation;
import java.util.List;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;

/** What the name of a recursive WITH query stands for inside of itself. */
final class WorkingTable extends ParenthesedSelect {

    private static final long serialVersionUID = 1L;

    private final transient SelectParser.Block block;

    WorkingTable(Relation self, List<String> names) {
        this.block = new SelectParser.Block(self, names);
    }

    SelectParser.Block block() {
        return block;
    }
}
