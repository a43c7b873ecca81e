package io.pgstream.autoconfigure.actuate;

import io.pgstream.PgStreamException;
import io.pgstream.StreamTableMonitor;
import io.pgstream.StreamTableOverview;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/** Which version of pg-stream this is, and how many stream tables it maintains. */
final class StreamTablesInfoContributor implements InfoContributor {

    private final StreamTableMonitor monitor;

    StreamTablesInfoContributor(StreamTableMonitor monitor) {
        this.monitor = monitor;
    }

    @Override
    public void contribute(Info.Builder builder) {
        Map<String, Object> details = new LinkedHashMap<>();
        String version = StreamTableMonitor.class.getPackage().getImplementationVersion();
        if (version != null) {
            details.put("version", version);
        }
        try {
            details.put("tables", counts(monitor.overview()));
        } catch (PgStreamException e) {
            details.put("unavailable", e.code());
        }
        builder.withDetail("pgStream", details);
    }

    private static Map<String, Integer> counts(StreamTableOverview overview) {
        Map<String, Integer> counts = new TreeMap<>();
        overview.tables()
                .forEach(table -> counts.merge(table.status().name().toLowerCase(Locale.ROOT), 1, Integer::sum));
        return counts;
    }
}
