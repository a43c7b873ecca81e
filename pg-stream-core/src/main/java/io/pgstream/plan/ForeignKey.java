package io.pgstream.plan;

import java.util.List;

/**
 * A foreign key that holds at the snapshot which a stream table shows and at the one to which it is refreshed: a row whose columns are not NULL
 * refers to a row that is there.
 *
 * @param referencing the object identifier of the table whose rows refer
 * @param columns the columns that refer, in the order of the key's
 * @param referenced the object identifier of the table that is referred to
 * @param key its columns that are referred to
 * @since 0.1.0
 */
public record ForeignKey(long referencing, List<String> columns, long referenced, List<String> key) {

    public ForeignKey {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }
}
