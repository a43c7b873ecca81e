package io.pgstream.refresh;

import io.pgstream.sql.HandOn;
import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The temporary tables by which the statements of a refresh hand changes on. They stay as long as their session, and so do the rows of
 * earlier refreshes, which nobody reads, until there are many.
 */
final class HandOnTables {

    /** To read so many old rows takes about as long as to plan the statements anew that an emptied table invalidates. */
    private static final long ENOUGH_TO_EMPTY = 256 * 1024;

    private static final String SIZES =
            "SELECT coalesce(pg_relation_size(to_regclass('pg_temp.' || quote_ident(p.name))), -1)"
                    + " FROM unnest(?::text[]) WITH ORDINALITY AS p (name, number) ORDER BY p.number";

    private HandOnTables() {}

    /** Makes those that the session does not have yet. */
    static void provide(Session session, List<HandOn.Place> places) throws SQLException {
        if (places.isEmpty()) {
            return;
        }
        String[] names = places.stream().map(HandOn.Place::name).toArray(String[]::new);
        List<Long> sizes = session.list(SIZES, row -> row.getLong(1), (Object) names);
        List<String> statements = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            if (sizes.get(i) < 0) {
                statements.add(places.get(i).definition());
            } else if (sizes.get(i) >= ENOUGH_TO_EMPTY) {
                statements.add("TRUNCATE pg_temp." + names[i]);
            }
        }
        if (!statements.isEmpty()) {
            session.execute(String.join("; ", statements));
        }
    }
}
