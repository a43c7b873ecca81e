package io.pgstream.refresh;

import io.pgstream.sql.HandOn;
import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

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

    private final List<HandOn.Place> places;

    private final List<Long> sizes;

    private HandOnTables(List<HandOn.Place> places, List<Long> sizes) {
        this.places = places;
        this.sizes = sizes;
    }

    /** The statement that asks for them, without parameters. */
    static String asking(List<HandOn.Place> places) {
        return SIZES.replace(
                "?",
                places.stream()
                        .map(place -> Identifiers.literal(place.name()))
                        .collect(Collectors.joining(", ", "ARRAY[", "]")));
    }

    /** What the session has of them, by the result of {@link #asking}. */
    static HandOnTables read(List<HandOn.Place> places, ResultSet result) throws SQLException {
        return new HandOnTables(places, Session.rows(result, row -> row.getLong(1)));
    }

    /** Nothing is known of the session. */
    static HandOnTables unknown() {
        return new HandOnTables(List.of(), List.of());
    }

    /** Makes those that the session does not have yet. */
    void provide(Session session, List<HandOn.Place> wanted) throws SQLException {
        if (wanted.isEmpty()) {
            return;
        }
        List<Long> known = wanted.equals(places) ? sizes : ask(session, wanted);
        List<String> statements = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            if (known.get(i) < 0) {
                statements.add(wanted.get(i).definition());
            } else if (known.get(i) >= ENOUGH_TO_EMPTY) {
                statements.add("TRUNCATE pg_temp." + wanted.get(i).name());
            }
        }
        if (!statements.isEmpty()) {
            session.execute(String.join("; ", statements));
        }
    }

    private static List<Long> ask(Session session, List<HandOn.Place> places) throws SQLException {
        return session.list(SIZES, row -> row.getLong(1), (Object)
                places.stream().map(HandOn.Place::name).toArray(String[]::new));
    }
}
