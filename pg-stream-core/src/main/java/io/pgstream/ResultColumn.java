package io.pgstream;

/**
 * A column of the result of a query.
 *
 * @param name its name
 * @param type its type as DDL writes it, such as {@code numeric(15,2)}
 * @param baseType the type without modifiers, and that below a domain, such as {@code numeric}
 * @param nullability whether it can be NULL, as far as that can be told
 * @since 0.1.0
 */
public record ResultColumn(String name, String type, String baseType, Nullability nullability) {

    /** Whether a column can be NULL. */
    public enum Nullability {

        /** No row has NULL there. */
        NOT_NULL,

        /** What it comes from admits NULL: a column without NOT NULL, an outer join, an aggregate over no values. */
        NULLABLE,

        /** It is an expression, or the query is refreshed in full only; nobody has worked it out. */
        UNKNOWN
    }
}
