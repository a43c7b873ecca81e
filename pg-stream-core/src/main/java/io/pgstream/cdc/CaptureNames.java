package io.pgstream.cdc;

import io.pgstream.sql.Identifiers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** The names of the objects of a capture. */
final class CaptureNames {

    private final String schema;

    private final String catalog;

    private final long id;

    CaptureNames(String schema, long id) {
        this.schema = Identifiers.quote(schema);
        this.catalog = UUID.nameUUIDFromBytes(schema.getBytes(StandardCharsets.UTF_8))
                .toString()
                .substring(0, 8);
        this.id = id;
    }

    /** The two buffer segments that writers fill in turns, as SQL writes them. */
    List<String> segments() {
        return List.of(segment(0), segment(1));
    }

    /** Where changes wait that some consumers have read and others have not, and markers. Writers write nothing else to it. */
    String backlog() {
        return segment(2);
    }

    /** All tables that hold changes. */
    List<String> tables() {
        return List.of(segment(0), segment(1), backlog());
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

    /** Marks what may have moved rows between partitions. */
    String movesFunction() {
        return schema + ".moves_" + id;
    }

    static String functionPrefix(String schema) {
        return Identifiers.quote(schema) + ".capture_";
    }

    /** Other catalogs can have a capture of the same number on the same table. */
    String trigger(String operation) {
        return "pgstream_" + catalog + "_" + id + "_" + operation;
    }
}
