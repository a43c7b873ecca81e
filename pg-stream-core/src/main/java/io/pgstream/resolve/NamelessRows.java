package io.pgstream.resolve;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.support.Session;
import java.sql.SQLException;

/**
 * Refuses rows that PostgreSQL cannot print: of {@code row_to_json(u)} behind {@code USING (a, b) AS u} it prints {@code
 * row_to_json(ROW(a, b))}, whose fields are called f1 and f2. A view that is dumped and restored changes by it; a stream table, which is
 * refreshed by the printed text, would never have been right.
 */
final class NamelessRows {

    /** The rows without a type in the stored tree of a view that have other names than a row constructor gives. */
    private static final String NAMED = "SELECT EXISTS (SELECT FROM pg_rewrite AS r CROSS JOIN LATERAL regexp_matches("
            + "r.ev_action::text, ':row_typeid 2249 :row_format \\d+ :colnames \\(([^)]*)', 'g') AS m"
            + " WHERE r.ev_class = to_regclass(?) AND m[1] !~ '^\"f1\"( \"f[0-9]+\")*$')";

    private NamelessRows() {}

    /**
     * Looks at the query of a view.
     *
     * @throws InvalidDefinitionException if its text would mean something else
     */
    static void refuse(Session session, String view) throws SQLException {
        if (session.one(NAMED, row -> row.getBoolean(1), view)) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_QUERY,
                    "The query uses the whole row of a join with an alias, or of the columns that it merges by USING (…) AS name."
                            + " PostgreSQL prints that row without the names of its columns, so the query cannot be kept.",
                    "Name the columns, for example in json_build_object('id', name.id); count(*) or count(name.id)"
                            + " instead of count(name).");
        }
    }
}
