package io.pgstream.synchronous;

import io.pgstream.QualifiedName;
import io.pgstream.sql.Identifiers;
import java.nio.charset.StandardCharsets;

/** The names of the objects that maintain one stream table in the transactions of its writers, as SQL writes them. */
final class SynchronousNames {

    private static final int LONGEST = 63;

    private final String functionSchema;

    private final String stateSchema;

    private final long id;

    private final QualifiedName table;

    SynchronousNames(String functionSchema, String stateSchema, long id, QualifiedName table) {
        this.functionSchema = Identifiers.quote(functionSchema);
        this.stateSchema = Identifiers.quote(stateSchema);
        this.id = id;
        this.table = table;
    }

    /** The number of the stream table. */
    long id() {
        return id;
    }

    /** The name of the stream table, as a literal. */
    String tableLiteral() {
        return Identifiers.literal(table.toString());
    }

    /** What all functions of the table begin with. */
    static String functionPrefix(long id) {
        return "i" + id + "_";
    }

    /** The name says which stream table an error comes from: it stands in the context of the error. */
    private String function(String part) {
        String name = functionPrefix(id) + part + " " + table;
        while (name.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            name = name.substring(0, name.length() - 1);
        }
        return functionSchema + "." + Identifiers.quote(name);
    }

    String enter() {
        return function("enter");
    }

    String apply() {
        return function("apply");
    }

    String commit() {
        return function("commit");
    }

    /** Says whether a source still has its columns. */
    String shape(int source) {
        return function(source + "_shape");
    }

    /** Says whether a column of a source was made longer. */
    String longer(int source) {
        return function(source + "_longer");
    }

    /** Says whether the stream table is as the engine has made it. */
    String target() {
        return function("target");
    }

    /** Says whether the writers have followed everything, and would go on doing so. */
    String followed() {
        return function("followed");
    }

    /** Says whether one statement can update a row of a source more than once. */
    String repeats(int source) {
        return function(source + "_repeats");
    }

    /** Fails, because a recursion goes deeper than it may. */
    String tooDeep() {
        return function("deep");
    }

    String after(int source, String operation) {
        return function(source + "_" + operation);
    }

    /** Sorts by the number of the stream table, so that writers meet several stream tables in one order. */
    String trigger(String operation) {
        return "pgstream_i" + String.format("%010d", id) + "_" + operation;
    }

    /** What the transaction has written to a source and not yet applied. */
    String pending(int source) {
        return stateSchema + ".i" + id + "_b" + source;
    }

    /** Locked by whoever applies. */
    String lock() {
        return stateSchema + ".i" + id + "_l";
    }

    /** A sequence whose value is the transaction that applied last; what a sequence says is no matter of snapshots. */
    String version() {
        return stateSchema + ".i" + id + "_v";
    }

    /** The sequence as an argument of functions. */
    String versionLiteral() {
        return Identifiers.literal(version());
    }

    /** A sequence that has been called if a writer has passed the table by, or has tried to. */
    String missed() {
        return stateSchema + ".i" + id + "_h";
    }

    /** The type of a row that is kept. */
    String row(int source) {
        return stateSchema + ".i" + id + "_t" + source;
    }

    String type(String changes) {
        return stateSchema + "." + Identifiers.quote(changes);
    }

    /** A setting of the transaction: one letter for each statement on a source that is running. */
    String depth() {
        return "'pgstream.d" + id + "'";
    }

    /** A setting of the transaction: the sources with rows that are not applied yet. */
    String changed() {
        return "'pgstream.p" + id + "'";
    }

    /** A setting of the transaction: whether a kept row waits for the commit. */
    String queued() {
        return "'pgstream.q" + id + "'";
    }
}
