package io.pgstream.oracle;

import io.pgstream.oracle.RandomSchema.Column;
import io.pgstream.oracle.RandomSchema.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Triggers of the user's that change the row that is written, keep it out, or write to other tables. */
final class RandomTriggers {

    private final Random random;

    RandomTriggers(Random random) {
        this.random = random;
    }

    /** What makes some triggers; none starts another more than twice. */
    List<String> statements(List<Table> tables) {
        List<String> statements = new ArrayList<>();
        for (int i = 0; i < tables.size(); i++) {
            if (random.nextInt(5) == 0) {
                Table other = tables.get(random.nextInt(tables.size()));
                // A row of the table itself would be changed under the statement's hands.
                boolean before = other.equals(tables.get(i)) || random.nextInt(4) == 0;
                statements.addAll(before ? before(i, tables.get(i)) : after(i, tables.get(i), other));
            }
        }
        return statements;
    }

    private List<String> before(int number, Table table) {
        String body = random.nextBoolean()
                ? "IF NEW.k = 4 THEN RETURN NULL; END IF; RETURN NEW;"
                : "NEW.k := coalesce(NEW.k, 1) % 5; RETURN NEW;";
        return List.of(
                function(number, body),
                "CREATE TRIGGER before_it BEFORE INSERT OR UPDATE ON " + table.name() + " FOR EACH ROW EXECUTE FUNCTION"
                        + " trigger_" + number + "()");
    }

    private List<String> after(int number, Table table, Table other) {
        boolean each = random.nextBoolean();
        String written = each ? "coalesce(NEW.k, OLD.k, 0) % 6" : "2";
        String change = switch (random.nextInt(4)) {
            case 0 -> "DELETE FROM " + other.name() + " WHERE k = " + written + " + 1";
            case 1 -> "UPDATE " + other.name() + " SET k = k + 1 WHERE k = " + written;
            case 2 -> "UPDATE " + other.name() + " SET k = " + written + " WHERE k > 4";
            default -> {
                String values = other.columns().stream().map(this::value).collect(Collectors.joining(", "));
                String names = other.columns().stream().map(Column::name).collect(Collectors.joining(", "));
                yield "INSERT INTO " + other.name() + " (" + names + ") VALUES (" + values + ") ON CONFLICT DO NOTHING";
            }
        };
        String deferred = each && random.nextInt(3) == 0 ? "CONSTRAINT " : "";
        return List.of(
                function(number, "IF pg_trigger_depth() < 3 THEN " + change + "; END IF; RETURN NULL;"),
                "CREATE " + deferred + "TRIGGER after_it AFTER INSERT OR UPDATE OR DELETE ON " + table.name()
                        + (deferred.isEmpty() ? "" : " DEFERRABLE INITIALLY DEFERRED") + " FOR EACH "
                        + (each ? "ROW" : "STATEMENT") + " EXECUTE FUNCTION trigger_" + number + "()");
    }

    private String value(Column column) {
        return column.name().equals("id")
                ? String.valueOf(random.nextInt(30))
                : column.kind().literal(random);
    }

    private static String function(int number, String body) {
        return "CREATE FUNCTION trigger_" + number + "() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN " + body
                + " END $f$";
    }
}
