package io.pgstream.autoconfigure;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableOperations;
import io.pgstream.graph.DependencyGraph;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Makes the stream tables of the application's definitions exist, when all beans are there and before the application
 * serves requests.
 *
 * @since 0.1.0
 */
public final class StreamTableSynchronizer implements SmartLifecycle {

    /**
     * Before the web server (which starts at the default phase less 2048) and therefore stopped after it: what requests
     * read is there, and what they start can end.
     */
    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

    private static final Logger logger = LoggerFactory.getLogger(StreamTableSynchronizer.class);

    private final StreamTableOperations operations;

    private final StreamTableDefinitions definitions;

    private final PgStreamProperties.OnInvalidDefinition onInvalidDefinition;

    private final boolean retiresGoneDefinitions;

    private volatile Map<QualifiedName, String> disabled = Map.of();

    private volatile boolean running;

    StreamTableSynchronizer(
            StreamTableOperations operations,
            StreamTableDefinitions definitions,
            PgStreamProperties.OnInvalidDefinition onInvalidDefinition,
            boolean retiresGoneDefinitions) {
        this.operations = operations;
        this.definitions = definitions;
        this.onInvalidDefinition = onInvalidDefinition;
        this.retiresGoneDefinitions = retiresGoneDefinitions;
    }

    /**
     * Returns the definitions that could not be made stream tables when the application started.
     *
     * @return the reason of each, by name; empty unless {@code pg-stream.startup.on-invalid-definition} is
     *     {@code disable}
     */
    public Map<QualifiedName, String> disabled() {
        return disabled;
    }

    @Override
    public void start() {
        disabled = Map.of();
        List<StreamTableDefinition> all = definitions.collect();
        if (!all.isEmpty()) {
            List<StreamTableInfo> tables = synchronizeFitting(all);
            logger.info("{} of {} defined stream tables are there: {}", tables.size(), all.size(), names(tables));
        }
        if (retiresGoneDefinitions) {
            operations.retire(all);
        }
        running = true;
    }

    /** Looks at records first, so that a table is not migrated to what its own declaration cannot read. */
    private List<StreamTableInfo> synchronizeFitting(List<StreamTableDefinition> all) {
        RowRecordCheck check = new RowRecordCheck(operations, definitions.rowTypes());
        List<StreamTableDefinition> fitting = new ArrayList<>();
        List<StreamTableDefinition> unresolved = new ArrayList<>();
        Map<QualifiedName, PgStreamException> failures = new LinkedHashMap<>();
        for (StreamTableDefinition definition : all) {
            try {
                check.check(definition);
                fitting.add(definition);
            } catch (PgStreamException e) {
                if (e.code() != ErrorCode.ROW_TYPE_MISMATCH && !concernsTheServer(e)) {
                    // It may read a stream table that is still to be made, or is refused below, with a better message.
                    unresolved.add(definition);
                    fitting.add(definition);
                } else if (onInvalidDefinition == PgStreamProperties.OnInvalidDefinition.FAIL || concernsTheServer(e)) {
                    throw e;
                } else {
                    failures.put(definition.name(), e);
                }
            }
        }
        List<StreamTableInfo> tables = fitting.isEmpty() ? List.of() : synchronize(fitting);
        disable(failures);
        unresolved.stream()
                .filter(definition -> !disabled.containsKey(definition.name()))
                .forEach(check::check);
        return tables;
    }

    private List<StreamTableInfo> synchronize(List<StreamTableDefinition> all) {
        try {
            return operations.synchronize(all);
        } catch (PgStreamException e) {
            if (onInvalidDefinition == PgStreamProperties.OnInvalidDefinition.FAIL || concernsTheServer(e)) {
                throw e;
            }
            return synchronizeOneByOne(all);
        }
    }

    private static boolean concernsTheServer(PgStreamException failure) {
        return switch (failure.code()) {
            case SERVER_UNAVAILABLE, READ_ONLY_SERVER, UNSUPPORTED_SERVER, BUG -> true;
            default -> false;
        };
    }

    /** In rounds, because a definition may read a stream table that a later one makes; those of a circle at once. */
    private List<StreamTableInfo> synchronizeOneByOne(List<StreamTableDefinition> all) {
        List<StreamTableInfo> tables = new ArrayList<>();
        Set<StreamTableDefinition> made = new HashSet<>();
        List<StreamTableDefinition> pending = all;
        Map<QualifiedName, PgStreamException> failures = new LinkedHashMap<>();
        boolean progress = true;
        while (progress && !pending.isEmpty()) {
            List<StreamTableDefinition> failed = new ArrayList<>();
            failures.clear();
            for (StreamTableDefinition definition : pending) {
                try {
                    if (!made.contains(definition)) {
                        List<StreamTableDefinition> circle = withCircle(definition, pending);
                        tables.addAll(operations.synchronize(circle));
                        made.addAll(circle);
                    }
                } catch (PgStreamException e) {
                    failed.add(definition);
                    failures.put(definition.name(), e);
                }
            }
            progress = failed.size() < pending.size();
            pending = failed;
        }
        disable(failures);
        return tables;
    }

    /** A definition with those of a circle that it may be in. */
    private static List<StreamTableDefinition> withCircle(
            StreamTableDefinition definition, List<StreamTableDefinition> pending) {
        Map<QualifiedName, StreamTableDefinition> byName = new LinkedHashMap<>();
        pending.forEach(other -> byName.put(other.name(), other));
        List<QualifiedName> circle = DependencyGraph.mentions(byName, false).of(definition.name());
        return circle.isEmpty()
                ? List.of(definition)
                : circle.stream()
                        .map(name -> Objects.requireNonNull(byName.get(name)))
                        .toList();
    }

    private void disable(Map<QualifiedName, PgStreamException> failures) {
        Map<QualifiedName, String> reasons = new LinkedHashMap<>(disabled);
        failures.forEach((name, failure) -> {
            logger.error("The stream table {} is disabled: {} {}", name, failure.getMessage(), failure.action());
            reasons.put(name, failure.code() + ": " + failure.getMessage());
        });
        disabled = Map.copyOf(reasons);
    }

    private static List<QualifiedName> names(List<StreamTableInfo> tables) {
        return tables.stream().map(StreamTableInfo::name).toList();
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
