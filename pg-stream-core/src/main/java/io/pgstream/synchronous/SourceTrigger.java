package io.pgstream.synchronous;

import io.pgstream.sql.Identifiers;
import io.pgstream.synchronous.TransitionChanges.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A trigger on a source.
 *
 * @param fires whether it ever does
 */
record SourceTrigger(String table, String name, String event, String function, boolean fires) {

    /** All triggers on a source. */
    static List<SourceTrigger> of(SynchronousSource source, SynchronousNames names) {
        List<SourceTrigger> triggers = new ArrayList<>();
        String table = Identifiers.quote(source.table().name());
        triggers.add(new SourceTrigger(
                table,
                names.trigger("enter"),
                "BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON " + table + " FOR EACH STATEMENT",
                names.enter(),
                true));
        // PostgreSQL refuses to make a partition or a child of a table that has such a trigger; writes to the parent
        // would change its rows unseen.
        triggers.add(new SourceTrigger(
                table,
                names.trigger("whole"),
                "AFTER DELETE ON " + table + " REFERENCING OLD TABLE AS old_rows FOR EACH ROW WHEN (false)",
                names.enter(),
                false));
        for (Operation operation : Operation.values()) {
            String name = operation.name().toLowerCase(Locale.ROOT);
            triggers.add(new SourceTrigger(
                    table,
                    names.trigger(name),
                    "AFTER " + operation + " ON " + table + operation.referencing() + " FOR EACH STATEMENT",
                    names.after(source.number(), name),
                    true));
        }
        return triggers;
    }

    String create() {
        return "CREATE TRIGGER " + name + " " + event + " EXECUTE FUNCTION " + function + "()";
    }

    /**
     * For the owner of the table: sessions with session_replication_role = replica are followed too, and for a trigger that
     * never fires nobody has to find out that its condition is false.
     */
    String enable() {
        return "ALTER TABLE " + table + (fires ? " ENABLE ALWAYS TRIGGER " : " DISABLE TRIGGER ") + name;
    }
}
