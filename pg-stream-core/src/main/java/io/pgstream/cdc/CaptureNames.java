package io.pgstream.cdc;

import io.pgstream.sql.Identifiers;
import java.util.List;

/** The names of the objects of a capture. */
final class CaptureNames {

    private final String schema;

    private final long id;

    CaptureNames(String schema, long id) {
        this.schema = Identifiers.quote(schema);
        this.id = id;
    }

    /** The two buffer segments, as SQL writes them. */
    List<String> segments() {
        return List.of(segment(0), segment(1));
    }

    String segment(int number) {
        return schema + ".c" + id + "_" + number;
    }

    String function() {
        return schema + ".capture_" + id;
    }

    /** Says whether the captured columns are in a table. */
    String shapeFunction() {
        return schema + ".shape_" + id;
    }

    static String functionPrefix(String schema) {
        return Identifiers.quote(schema) + ".capture_";
    }

    String trigger(String operation) {
        return "pgstream_" + id + "_" + operation;
    }
}
