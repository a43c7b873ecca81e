package io.pgstream.feed;

import io.pgstream.QualifiedName;
import io.pgstream.StreamTableChanges;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Consumer;

/**
 * A listener and what it listens to.
 *
 * @param listener its id, unique in the application
 * @param table the stream table, with its schema
 * @param rows reads a row
 * @param action is told of the changes; what it returns from normally counts as delivered
 * @param <R> the type of the rows
 * @since 0.1.0
 */
public record Subscription<R>(
        String listener, QualifiedName table, RowReader<R> rows, Consumer<StreamTableChanges<R>> action) {

    /**
     * Reads a row of the stream table. The result has further columns, all of which begin with {@code pgstream_}.
     *
     * @param <R> the type of the rows
     */
    @FunctionalInterface
    public interface RowReader<R> {

        /** Reads the current row; the number counts from 0. */
        R read(ResultSet row, int number) throws SQLException;
    }
}
