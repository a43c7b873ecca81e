package io.pgstream.refresh;

import io.pgstream.QualifiedName;
import org.jspecify.annotations.Nullable;

/**
 * Something that the refresh relies on has changed, so that the stream table must be compiled, captured or made again.
 *
 * @since 0.1.0
 */
public final class RedefinitionNeededException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What has to be done about it. */
    public enum Remedy {
        /** The definition still holds, and only the capture of a source is to be made anew. */
        CAPTURE,
        /** The definition is to be compiled and loaded again. */
        DEFINITION,
        /** The table itself was altered or dropped: it is made again where somebody asks for it. */
        TARGET,
        /** A constraint of the user's stands in the way: only the user can remove it. */
        CONSTRAINT
    }

    private final Remedy remedy;

    private final @Nullable String statement;

    private final @Nullable QualifiedName table;

    RedefinitionNeededException(String reason) {
        this(reason, Remedy.DEFINITION, null, null);
    }

    private RedefinitionNeededException(
            String reason, Remedy remedy, @Nullable String statement, @Nullable QualifiedName table) {
        super(reason);
        this.remedy = remedy;
        this.statement = statement;
        this.table = table;
    }

    static RedefinitionNeededException captureOnly(String reason) {
        return new RedefinitionNeededException(reason, Remedy.CAPTURE, null, null);
    }

    /** The writers of a table have passed it by, because a source was altered. */
    public static RedefinitionNeededException missedWrites() {
        return new RedefinitionNeededException("a source was altered, and writes since then are not in the table");
    }

    static RedefinitionNeededException targetAltered() {
        return new RedefinitionNeededException(
                "the table itself was altered, renamed or dropped, not through pg-stream", Remedy.TARGET, null, null);
    }

    static RedefinitionNeededException constrained(String statement) {
        return new RedefinitionNeededException(
                "a foreign key to or from the table would make refreshes fail or delete rows of others",
                Remedy.CONSTRAINT,
                statement,
                null);
    }

    /** The same, for one of several stream tables. */
    RedefinitionNeededException of(QualifiedName name) {
        return new RedefinitionNeededException(String.valueOf(getMessage()), remedy, statement, name);
    }

    /** Which of several stream tables it is; {@code null} if that is clear, or not known. */
    public @Nullable QualifiedName table() {
        return table;
    }

    /** What has to be done. */
    public Remedy remedy() {
        return remedy;
    }

    /** The statement that does it, where there is one. */
    public @Nullable String statement() {
        return statement;
    }
}
