package io.pgstream.alert;

import io.pgstream.QualifiedName;
import io.pgstream.RefreshOutcome;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableAlert;
import io.pgstream.support.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Alerts as the payloads of NOTIFY. A payload names things and counts rows; the messages of errors are not part of it, because
 * a message of the server can quote a value.
 */
final class AlertText {

    /** PostgreSQL refuses payloads of 8,000 bytes and more. */
    private static final int LONGEST = 7_999;

    private AlertText() {}

    static String of(StreamTableAlert alert) {
        JsonObject text = named(alert.name())
                .with("event", alert.event().text())
                .with("at", alert.at())
                .with("code", alert.code());
        if (alert.staleness() != null) {
            text.with(
                    "staleness_seconds",
                    Objects.requireNonNull(alert.staleness()).toSeconds());
        }
        if (alert.bufferBytes() != null) {
            text.with("buffer_bytes", alert.bufferBytes());
        }
        RefreshResult refresh = alert.refresh();
        return checked((refresh == null) ? text : with(text, refresh));
    }

    /** What those hear who only wait for tables that were computed anew; {@code null} if this was not one. */
    static @Nullable String ofFullRefresh(StreamTableAlert alert) {
        RefreshResult refresh = alert.refresh();
        return (refresh == null || refresh.outcome() != RefreshOutcome.FULL)
                ? null
                : checked(with(named(alert.name()).with("at", alert.at()), refresh));
    }

    private static JsonObject named(QualifiedName name) {
        return new JsonObject().with("pgs_schema", name.schema()).with("pgs_name", name.name());
    }

    private static JsonObject with(JsonObject text, RefreshResult refresh) {
        return text.with("outcome", refresh.outcome())
                .with("changes", refresh.changes())
                .with("rows_inserted", refresh.inserted())
                .with("rows_updated", refresh.updated())
                .with("rows_deleted", refresh.deleted())
                .with("duration_ms", refresh.duration().toMillis());
    }

    /** Names have at most 63 bytes, so this holds for every alert there is. */
    private static String checked(JsonObject text) {
        String payload = text.toString();
        if (payload.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw new IllegalStateException("The payload of an alert is too long");
        }
        return payload;
    }
}
