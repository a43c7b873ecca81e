package io.pgstream.resolve;

/** Carries what is refused in every mode to where the text of the query is known. */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Obstacle obstacle;

    RefusedException(Obstacle obstacle) {
        super(obstacle.reason(), null, false, false);
        this.obstacle = obstacle;
    }

    Obstacle obstacle() {
        return obstacle;
    }
}
