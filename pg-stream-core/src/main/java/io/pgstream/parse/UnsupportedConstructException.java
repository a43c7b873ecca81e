package io.pgstream.parse;

import io.pgstream.resolve.Obstacle;
import org.jspecify.annotations.Nullable;

/**
 * A construct that PostgreSQL accepts and that has no operator here. It is a finding, not a failure: the query can still
 * be refreshed fully.
 *
 * @since 0.1.0
 */
public final class UnsupportedConstructException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String rewrite;

    private final transient @Nullable Obstacle obstacle;

    /**
     * @param reason what the query uses, as the continuation of "because"
     * @param rewrite what would work instead, a sentence
     */
    public UnsupportedConstructException(String reason, String rewrite) {
        super(reason, null, false, false);
        this.rewrite = rewrite;
        this.obstacle = null;
    }

    /** Something that has an error code of its own. */
    public UnsupportedConstructException(Obstacle obstacle) {
        super(obstacle.reason(), null, false, false);
        this.rewrite = obstacle.refusal().rewrite();
        this.obstacle = obstacle;
    }

    /** What has an error code of its own, or {@code null}. */
    public @Nullable Obstacle obstacle() {
        return obstacle;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }

    public String rewrite() {
        return rewrite;
    }
}
