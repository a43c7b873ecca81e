package io.pgstream.engine;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.StreamTableRow;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds stream tables in the catalog. */
final class TableLookup {

    private final Sessions sessions;

    private final Catalog catalog;

    private final TableDefiner definer;

    TableLookup(Sessions sessions, Catalog catalog, TableDefiner definer) {
        this.sessions = sessions;
        this.catalog = catalog;
        this.definer = definer;
    }

    @Nullable
    StreamTableRow find(QualifiedName name) {
        return sessions.work(
                        "The stream table " + name + " cannot be read",
                        session -> Optional.ofNullable(catalog.find(session, name)))
                .orElse(null);
    }

    /** The stream table of a name as a caller writes it. */
    StreamTableRow row(String name) {
        QualifiedName parsed = QualifiedName.parse(name);
        return sessions.work(
                        "The stream table " + name + " cannot be read",
                        session -> Optional.ofNullable(catalog.find(session, definer.qualified(session, parsed))))
                .orElseThrow(() -> new InvalidDefinitionException(
                        ErrorCode.NOT_FOUND,
                        "There is no stream table " + name + ".",
                        "Look at the list of stream tables; a name without a schema means the first schema of the"
                                + " search_path."));
    }

    List<StreamTableRow> all() {
        return sessions.work("The stream tables cannot be read", catalog::all);
    }
}
