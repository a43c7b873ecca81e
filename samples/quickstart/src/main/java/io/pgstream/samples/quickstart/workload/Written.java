package io.pgstream.samples.quickstart.workload;

/**
 * The rows that a transaction wrote.
 *
 * @param inserted rows inserted
 * @param updated rows updated
 * @param deleted rows deleted
 */
record Written(int inserted, int updated, int deleted) {

    static final Written NOTHING = new Written(0, 0, 0);

    static Written inserts(int rows) {
        return new Written(rows, 0, 0);
    }

    static Written updates(int rows) {
        return new Written(0, rows, 0);
    }

    static Written deletes(int rows) {
        return new Written(0, 0, rows);
    }

    Written and(Written other) {
        return new Written(inserted + other.inserted, updated + other.updated, deleted + other.deleted);
    }
}
