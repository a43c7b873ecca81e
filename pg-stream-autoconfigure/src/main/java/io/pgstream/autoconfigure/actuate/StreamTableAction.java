package io.pgstream.autoconfigure.actuate;

/**
 * What the endpoint can be asked to do with a stream table.
 *
 * @since 0.1.0
 */
public enum StreamTableAction {

    /** Refresh it now. */
    REFRESH,

    /** Run its query and write every row that differs. */
    REFRESH_FULLY,

    /** Pause its scheduled refreshes. */
    SUSPEND,

    /** End a pause, or an error. */
    RESUME,

    /** Refresh it and compare it with its query, both at one snapshot. */
    VERIFY
}
