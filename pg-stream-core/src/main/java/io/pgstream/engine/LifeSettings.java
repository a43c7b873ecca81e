package io.pgstream.engine;

/**
 * What an engine does with definitions that have changed or are gone, and with triggers of the user's.
 *
 * @param changed what to do with a declared definition that differs from the stored one
 * @param superseded what to do with one that a later declaration has replaced already
 * @param gone what to do with stream tables that the application once declared and no longer does
 * @param userTriggers whether triggers of the user's on stream tables fire
 * @since 0.1.0
 */
public record LifeSettings(Changed changed, Superseded superseded, Gone gone, UserTriggers userTriggers) {

    /** What to do with a declared definition that differs from the stored one. */
    public enum Changed {

        /** The stream table gets the columns and rows of the new definition, online. */
        MIGRATE,

        /** The stored definition stays, and the log says what differs. */
        VALIDATE,

        /** The application does not start. */
        REFUSE
    }

    /** What to do with a definition that a later declaration has replaced: most often it is an older instance's. */
    public enum Superseded {

        /** The newer definition stays, and the log says so. */
        KEEP,

        /** The older definition is migrated to like any other: for going back to a former release. */
        MIGRATE
    }

    /** What to do with stream tables that the application no longer declares. */
    public enum Gone {

        /** They stay and are refreshed. */
        KEEP,

        /** They stay and are refreshed, and the log names them. */
        WARN,

        /** They are dropped, unless something reads them. */
        DROP
    }

    /** Whether triggers of the user's on stream tables fire. */
    public enum UserTriggers {

        /** They fire where there are any. */
        AUTO,

        /** They fire. */
        ON,

        /** They do not fire; the role needs the privilege to set {@code session_replication_role}. */
        OFF
    }

    /** The defaults. */
    public static LifeSettings defaults() {
        return new LifeSettings(Changed.MIGRATE, Superseded.KEEP, Gone.KEEP, UserTriggers.AUTO);
    }
}
