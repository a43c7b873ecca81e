package io.pgstream.engine;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.PgStreamException;
import io.pgstream.QualifiedName;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.catalog.Catalog;
import io.pgstream.catalog.Declarations;
import io.pgstream.catalog.DiamondOptions;
import io.pgstream.catalog.StreamTableRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps stored definitions in line with declared ones, as the settings want it. */
final class DefinitionKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(DefinitionKeeper.class);

    private final Sessions sessions;

    private final Catalog catalog;

    private final TableDefiner definer;

    private final TableRemover remover;

    private final EngineSettings settings;

    private final Declarations declarations;

    DefinitionKeeper(
            Sessions sessions, Catalog catalog, TableDefiner definer, TableRemover remover, EngineSettings settings) {
        this.sessions = sessions;
        this.catalog = catalog;
        this.definer = definer;
        this.remover = remover;
        this.settings = settings;
        this.declarations = new Declarations(settings.catalogSchema());
    }

    /** Makes a stream table be as an application declares it. */
    void declare(QualifiedName name, StreamTableDefinition definition, Consumer<StreamTableDefinition> create) {
        StreamTableRow row = find(name);
        if (row == null) {
            create(name, definition, create);
        } else {
            bringIntoLine(row, definition);
            sessions.work("The definition of " + name + " cannot be stored", session -> {
                DiamondOptions.store(session, settings.catalogSchema(), row.id(), definition);
                return name;
            });
        }
        sessions.work("The declaration of " + name + " cannot be stored", session -> {
            declarations.declare(session, name, settings.application());
            return name;
        });
    }

    private void create(QualifiedName name, StreamTableDefinition definition, Consumer<StreamTableDefinition> create) {
        try {
            create.accept(definition);
        } catch (InvalidDefinitionException e) {
            // Another instance that starts at the same time may have been faster.
            if (e.code() != ErrorCode.NAME_TAKEN || find(name) == null) {
                throw e;
            }
        }
    }

    private void bringIntoLine(StreamTableRow row, StreamTableDefinition definition) {
        boolean changed = changed(row, definition);
        if (changed && superseded(row, definition)) {
            LOG.warn(
                    "{}: this instance declares a definition that a later one has replaced; the later one stays. To go"
                            + " back to it, set pg-stream.startup.superseded-definitions to migrate.",
                    row.name());
        } else if (changed && settings.life().changed() == LifeSettings.Changed.REFUSE) {
            throw new InvalidDefinitionException(
                    ErrorCode.DEFINITION_CHANGED,
                    "The declared definition of " + row.name()
                            + " differs from the stored one, and pg-stream.startup.changed-definitions is refuse.",
                    "Alter the stream table first, or set the property to migrate.");
        } else if (changed && settings.life().changed() == LifeSettings.Changed.VALIDATE) {
            LOG.warn(
                    "{}: the declared definition differs from the stored one, which stays: pg-stream.startup"
                            + ".changed-definitions is validate.",
                    row.name());
        } else if (changed) {
            redefine(row, definition);
            sessions.work("The declaration of " + row.name() + " cannot be stored", session -> {
                declarations.supersede(
                        session,
                        row.id(),
                        new StreamTableDefinition(row.name(), row.query(), row.schedule(), row.requestedMode()),
                        definition);
                return row;
            });
        } else if (!row.schedule().equals(definition.schedule())) {
            reschedule(row, definition);
        }
    }

    private static boolean changed(StreamTableRow row, StreamTableDefinition definition) {
        return !row.query().equals(definition.query()) || row.requestedMode() != definition.mode();
    }

    private boolean superseded(StreamTableRow row, StreamTableDefinition definition) {
        return settings.life().superseded() == LifeSettings.Superseded.KEEP
                && sessions.work(
                        "The definitions of " + row.name() + " cannot be read",
                        session -> declarations.superseded(session, row.id(), definition));
    }

    /** Changes a stream table by a person's wish. */
    void alter(StreamTableRow row, StreamTableAlteration alteration) {
        StreamTableDefinition definition = new StreamTableDefinition(
                row.name(),
                Objects.requireNonNullElse(alteration.query(), row.query()),
                Objects.requireNonNullElse(alteration.schedule(), row.schedule()),
                Objects.requireNonNullElse(alteration.mode(), row.requestedMode()));
        if (changed(row, definition)) {
            redefine(row, definition);
        } else if (!row.schedule().equals(definition.schedule())) {
            reschedule(row, definition);
        }
    }

    private void reschedule(StreamTableRow row, StreamTableDefinition definition) {
        new ScheduleCheck(settings.minSchedule()).check(definition.schedule(), row.effectiveMode(), row.fullReason());
        sessions.work("The schedule of " + row.name() + " cannot be changed", session -> {
            catalog.reschedule(session, row.id(), definition.schedule());
            return row;
        });
    }

    private void redefine(StreamTableRow row, StreamTableDefinition definition) {
        sessions.work("The stream table " + row.name() + " cannot be altered", session -> {
            definer.redefine(session, row, definition, false);
            return row;
        });
    }

    /**
     * Deals with the stream tables that this application has declared once and does not declare now.
     *
     * @return those that were dropped
     */
    List<QualifiedName> retire(Set<QualifiedName> declared) {
        List<QualifiedName> gone = new ArrayList<>(sessions.work(
                "The declarations cannot be read",
                session -> declarations.declaredBy(session, settings.application())));
        gone.removeAll(declared);
        if (settings.life().gone() == LifeSettings.Gone.KEEP) {
            return List.of();
        }
        if (settings.life().gone() == LifeSettings.Gone.WARN) {
            if (!gone.isEmpty()) {
                LOG.warn("These stream tables are no longer declared by {} and stay: {}", settings.application(), gone);
            }
            return List.of();
        }
        if (!latest(declared)) {
            LOG.warn(
                    "{} has declared other stream tables later than these; what this instance does not declare stays: {}."
                            + " To go back, set pg-stream.startup.superseded-definitions to migrate.",
                    settings.application(),
                    gone);
            return List.of();
        }
        gone.removeIf(this::declaredElsewhere);
        return gone.isEmpty() ? List.of() : dropInRounds(gone);
    }

    /** This application has no more to say about the table then; the other one has. */
    private boolean declaredElsewhere(QualifiedName name) {
        boolean elsewhere = sessions.work(
                "The declarations of " + name + " cannot be read",
                session -> declarations.withdraw(session, name, settings.application()));
        if (elsewhere) {
            LOG.info("{} stays: another application has declared it as well", name);
        }
        return elsewhere;
    }

    /** An older instance of a rolling deployment must not drop what a newer one has made. */
    private boolean latest(Set<QualifiedName> declared) {
        return sessions.work(
                "The declarations cannot be read",
                session -> declarations.latest(
                        session,
                        settings.application(),
                        declared,
                        settings.life().superseded() == LifeSettings.Superseded.MIGRATE));
    }

    /** In rounds, because one of them may read another. */
    private List<QualifiedName> dropInRounds(List<QualifiedName> gone) {
        List<QualifiedName> dropped = new ArrayList<>();
        List<QualifiedName> left = gone;
        boolean progress = true;
        while (progress && !left.isEmpty()) {
            List<QualifiedName> kept = new ArrayList<>();
            for (QualifiedName name : left) {
                if (drop(name, gone)) {
                    dropped.add(name);
                } else {
                    kept.add(name);
                }
            }
            progress = kept.size() < left.size();
            left = kept;
        }
        if (!left.isEmpty()) {
            LOG.warn("These stream tables are no longer declared and stay, because something reads them: {}", left);
        }
        LOG.info("Dropped what {} no longer declares: {}", settings.application(), dropped);
        return dropped;
    }

    /** Those of a circle that is gone as a whole do not keep each other. */
    private boolean drop(QualifiedName name, List<QualifiedName> gone) {
        StreamTableRow row = find(name);
        if (row == null) {
            return true;
        }
        try {
            remover.drop(row, false, gone.containsAll(row.circle()) ? Set.copyOf(row.circle()) : Set.of());
            return true;
        } catch (PgStreamException e) {
            if (e.code() == ErrorCode.HAS_DEPENDANTS) {
                return false;
            }
            throw e;
        }
    }

    private @Nullable StreamTableRow find(QualifiedName name) {
        return sessions.work(
                        "The stream table " + name + " cannot be read",
                        session -> Optional.ofNullable(catalog.find(session, name)))
                .orElse(null);
    }
}
