package io.pgstream.samples.benchmarks;

import org.jspecify.annotations.Nullable;

/** A query whose result the contenders keep. */
interface MaintainedQuery {

    /** How tables of the report name it. */
    String label();

    /** A part of the names of tables that hold its result. */
    String identifier();

    /** The column of the unique index that every contender has, if there is one. */
    @Nullable
    String key();

    String query();
}
