package io.pgstream.autoconfigure;

/**
 * A {@link io.pgstream.StreamTable} annotation as it was found in the application's packages. It is a bean made of plain
 * strings, so that ahead-of-time processing can write it down and nothing is scanned or reflected upon at run time.
 */
final class AnnotatedStreamTable {

    private final String typeName;

    private final String name;

    private final String query;

    private final String queryResource;

    private final String schedule;

    private final String mode;

    private final String diamondConsistency;

    private final String diamondPolicy;

    AnnotatedStreamTable(
            String typeName,
            String name,
            String query,
            String queryResource,
            String schedule,
            String mode,
            String diamondConsistency,
            String diamondPolicy) {
        this.typeName = typeName;
        this.name = name;
        this.query = query;
        this.queryResource = queryResource;
        this.schedule = schedule;
        this.mode = mode;
        this.diamondConsistency = diamondConsistency;
        this.diamondPolicy = diamondPolicy;
    }

    String typeName() {
        return typeName;
    }

    String name() {
        return name;
    }

    String query() {
        return query;
    }

    String queryResource() {
        return queryResource;
    }

    String schedule() {
        return schedule;
    }

    String mode() {
        return mode;
    }

    String diamondConsistency() {
        return diamondConsistency;
    }

    String diamondPolicy() {
        return diamondPolicy;
    }
}
