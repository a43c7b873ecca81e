package io.pgstream.plan.expr;

import java.util.regex.Pattern;

/**
 * The type of a column, as PostgreSQL has it.
 *
 * @param oid the type's object identifier
 * @param modifier the type modifier, or -1
 * @param text the type as DDL writes it, modifier included
 * @param base the type as DDL writes it, without the modifier; for a domain the type that it is over
 * @param domain whether it is a domain
 * @param groupable whether it has an equality, so that {@code GROUP BY} accepts it
 * @param hashable whether it has a hash
 * @param sortable whether it has an order
 * @param collation the collation as DDL writes it, where it is not the type's own, with a space before; else empty
 * @param enumeration whether it is an enumeration, a domain over one or an array of one
 * @since 0.1.0
 */
public record SqlType(
        long oid,
        int modifier,
        String text,
        String base,
        boolean domain,
        boolean groupable,
        boolean hashable,
        boolean sortable,
        String collation,
        boolean enumeration) {

    private static final Pattern SHORT = Pattern.compile(
            "smallint|integer|bigint|real|double precision|numeric|money"
                    + "|boolean|date|time.*|interval|uuid|oid|inet|cidr|macaddr8?|name|\"char\"|(int4|int8|num|date|ts|tstz)range");

    /** Up to 599 characters of four bytes. */
    private static final Pattern SHORT_TEXT = Pattern.compile("character.*\\((?:[1-9]\\d?|[1-5]\\d\\d)\\)");

    private static final Pattern EXACT = Pattern.compile("(smallint|integer|bigint|oid|boolean|date|timestamp with.*"
            + "|time with.*|uuid|bytea|\"char\"|name|text|character varying.*?|inet|cidr|macaddr8?|money|bit.*"
            + "|(?:int[48]|date|ts|tstz)(?:multi)?range)(\\[\\])?");

    private static final Pattern INTEGER = Pattern.compile("smallint|integer|bigint");

    private static final Pattern TEXT = Pattern.compile("text|character varying|name");

    /** Types without a hash whose text depends on no setting, and is the same for equal values only. */
    private static final Pattern HASHED_BY_TEXT = Pattern.compile("json|xml|bit.*");

    private static final Pattern BRIEF = Pattern.compile("smallint|integer|bigint|oid|date|timestamp.*|uuid");

    private static final long INT2 = 21;
    private static final long INT4 = 23;
    private static final long INT8 = 20;
    private static final long BPCHAR = 1042;
    private static final long VARCHAR = 1043;
    private static final long NUMERIC = 1700;
    private static final int MODIFIER_HEADER = 4;

    /** A type with its own collation. */
    public SqlType(
            long oid, int modifier, String text, String base, boolean domain, boolean groupable, boolean hashable) {
        this(oid, modifier, text, base, domain, groupable, hashable, groupable, "", false);
    }

    /**
     * Whether rows can be grouped by it whatever the other columns are: grouping sorts by all columns or hashes all, and {@code money} cannot be hashed.
     */
    public boolean groupableBesideAll() {
        return groupable && sortable;
    }

    /** The type of a column as DDL writes it. */
    public String definition() {
        return text + collation;
    }

    /** NULL of the type, with its collation. A cast of NULL to a domain can be refused; there can be one in a column of it all the same, as of an outer join. */
    public String nothing() {
        return domain
                ? "(SELECT NULL::" + definition() + " WHERE false)"
                : collation.isEmpty() ? "NULL::" + text : "(SELECT NULL::" + definition() + ")";
    }

    /** A value that is one of this type, but for its name, and may be NULL whatever a domain says of that. */
    public String of(String value) {
        String cast = value + "::" + text;
        return domain ? when(value + " IS DISTINCT FROM NULL", cast) : cast;
    }

    /** A value of this type under a condition, and NULL otherwise. Without ELSE it would be of the type that a domain is over, and NULL be refused where it is written. */
    public String when(String condition, String value) {
        return "CASE WHEN " + condition + " THEN " + value + (domain ? " ELSE " + nothing() : "") + " END";
    }

    /** Whether values of it can be too long for a btree index, or have none. */
    public boolean unbounded() {
        return !sortable
                || (!SHORT.matcher(base).matches() && !SHORT_TEXT.matcher(text).matches());
    }

    /** Whether values are told apart by the hash of their text, because the type has none and its text is always the same. */
    public boolean hashedByText() {
        return !hashable && HASHED_BY_TEXT.matcher(base).matches();
    }

    /** Whether values take so little space that those of all rows of a statement fit into one array. */
    public boolean brief() {
        return !domain && BRIEF.matcher(base).matches();
    }

    /** Whether values that are equal cannot be told apart, as {@code numeric '1.0'} and {@code '1.00'} can. */
    public boolean exact() {
        return enumeration
                || hasScale()
                || (collation.isEmpty() && (isPadded() || EXACT.matcher(base).matches()));
    }

    /** What values are cast to so that all that look different are; their text has their collation, under which it can be equal. */
    public String looks() {
        return collation.isEmpty() ? "text" : "text COLLATE \"C\"";
    }

    /** Whether values that differ are known to differ as values of another type, too; two decimals can be one floating-point number. */
    public boolean keepsApartAs(SqlType other) {
        String to = other.base;
        if (base.equals(to) || oid == 0 || other.oid == 0) {
            return true;
        }
        return switch (base) {
            case "smallint" ->
                INTEGER.matcher(to).matches()
                        || to.equals("numeric")
                        || to.equals("real")
                        || to.equals("double precision");
            case "integer" -> INTEGER.matcher(to).matches() || to.equals("numeric") || to.equals("double precision");
            case "bigint" -> INTEGER.matcher(to).matches() || to.equals("numeric");
            case "real" -> to.equals("double precision");
            case "date" -> to.equals("timestamp without time zone");
            case "text", "character varying", "name", "bpchar" ->
                TEXT.matcher(to).matches();
            case "cidr" -> to.equals("inet");
            default -> false;
        };
    }

    /** Whether this is {@code char(n)}, all values of which have n characters. */
    private boolean isPadded() {
        return oid == BPCHAR && modifier >= MODIFIER_HEADER;
    }

    /** Whether this is one of the three integer types. */
    public boolean isInteger() {
        return oid == INT2 || oid == INT4 || oid == INT8;
    }

    /** Whether this is {@code varchar}, with or without a length. */
    public boolean isVarchar() {
        return oid == VARCHAR;
    }

    /** Whether this is {@code numeric}, with or without a modifier. */
    public boolean isNumeric() {
        return oid == NUMERIC;
    }

    /** Whether this is {@code numeric(p, s)}. */
    public boolean hasScale() {
        return isNumeric() && modifier >= MODIFIER_HEADER;
    }

    /** The scale of {@code numeric(p, s)}: since PostgreSQL 15 eleven signed bits of the modifier. */
    public int scale() {
        int bits = (modifier - MODIFIER_HEADER) & 0x7ff;
        return (bits ^ 1024) - 1024;
    }
}
