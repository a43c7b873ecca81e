package io.pgstream.resolve;

/** Which objects of a database are not PostgreSQL's own: numbers below this one are given when a cluster is made. */
final class UserObjects {

    private static final long FIRST = 16_384;

    private UserObjects() {}

    static boolean contain(long oid) {
        return oid >= FIRST;
    }
}
