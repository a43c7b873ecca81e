package io.pgstream.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.QualifiedName;
import io.pgstream.StreamTableChange;
import io.pgstream.StreamTableChanges;
import io.pgstream.test.TestDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A copy of a stream table outside of the database, which knows it by what it is told alone. */
final class Replica {

    private final TestDatabase database;

    private final String table;

    /** How often each row is there. */
    private final TreeMap<String, Integer> rows = new TreeMap<>();

    final List<StreamTableChanges<String>> told = new ArrayList<>();

    Replica(TestDatabase database, String table) {
        this.database = database;
        this.table = table;
    }

    Subscription<String> subscription() {
        return new Subscription<>(
                "replica-of-" + table, QualifiedName.parse("public." + table), Replica::text, this::apply);
    }

    private static String text(ResultSet row, int number) throws SQLException {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            if (!row.getMetaData().getColumnName(i).startsWith("pgstream_")) {
                values.add(String.valueOf(row.getString(i)));
            }
        }
        return values.toString();
    }

    void apply(StreamTableChanges<String> changes) {
        told.add(changes);
        if (changes.isReset()) {
            rows.clear();
            stored().forEach(row -> rows.merge(row, 1, Integer::sum));
        }
        for (StreamTableChange<String> change : changes) {
            if (change.before() != null) {
                assertThat(rows).as("before a change of %s", table).containsKey(change.before());
                rows.computeIfPresent(change.before(), (row, count) -> (count == 1) ? null : count - 1);
            }
            if (change.after() != null) {
                rows.merge(change.after(), 1, Integer::sum);
            }
        }
    }

    private List<String> stored() {
        List<String> stored = new ArrayList<>();
        try (var connection = database.connect();
                var statement = connection.createStatement();
                var result = statement.executeQuery("SELECT * FROM " + table)) {
            while (result.next()) {
                stored.add(text(result, 0));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return stored;
    }

    void assertEqual() {
        List<String> copy = new ArrayList<>();
        rows.forEach((row, count) -> {
            for (int i = 0; i < count; i++) {
                copy.add(row);
            }
        });
        assertThat(copy).as("the replica of %s", table).containsExactlyInAnyOrderElementsOf(stored());
    }

    StreamTableChanges<String> last() {
        return told.get(told.size() - 1);
    }
}
