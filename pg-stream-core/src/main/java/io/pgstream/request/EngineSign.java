package io.pgstream.request;

import io.pgstream.sql.Identifiers;
import io.pgstream.support.Session;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The sign of life of this engine in the catalog. */
final class EngineSign {

    private final String schema;

    private final UUID engine;

    private final String application;

    /** @param catalogSchema the catalog's schema, not quoted */
    EngineSign(String catalogSchema, UUID engine, String application) {
        this.schema = Identifiers.quote(catalogSchema);
        this.engine = engine;
        this.application = application;
    }

    /**
     * Shows that this engine is alive.
     *
     * @param backendPid the process of the session that lives as long as the engine does, or {@code null} if none does
     */
    void show(Session session, @Nullable Integer backendPid) throws SQLException {
        session.update(
                "INSERT INTO " + schema + ".pgs_engines AS e (id, application, host, role_name, backend_pid) VALUES"
                        + " (?::uuid, ?, ?, current_user, ?) ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp(),"
                        + " backend_pid = excluded.backend_pid",
                engine.toString(),
                application,
                host(),
                backendPid);
    }

    /** Says that this engine works no longer. */
    void takeAway(Session session) throws SQLException {
        session.update("DELETE FROM " + schema + ".pgs_engines WHERE id = ?::uuid", engine.toString());
    }

    /** Forgets engines that went without a word a day ago. */
    void tidy(Session session) throws SQLException {
        session.update("DELETE FROM " + schema + ".pgs_engines WHERE seen_at < clock_timestamp() - interval '1 day'");
    }

    /** Tells SQL the settings that it has to know. */
    void settings(Session session, String defaultSchedule, DeskSettings settings) throws SQLException {
        session.update(
                "INSERT INTO " + schema + ".pgs_settings AS s (name, value) VALUES ('default-schedule', ?),"
                        + " ('buffer-growth-warning', ?), ('slot-lag-warning', ?) ON CONFLICT (name) DO UPDATE SET value ="
                        + " excluded.value WHERE s.value <> excluded.value",
                defaultSchedule,
                Long.toString(settings.bufferGrowthWarning()),
                Long.toString(settings.slotLagWarning()));
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
