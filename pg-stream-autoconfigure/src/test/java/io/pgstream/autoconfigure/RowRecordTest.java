package io.pgstream.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.ResultColumn;
import io.pgstream.ResultColumn.Nullability;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.data.annotation.Transient;
import org.springframework.data.relational.core.mapping.Column;
import org.springframework.jdbc.core.simple.JdbcClient;

class RowRecordTest {

    private static final QualifiedName NAME = QualifiedName.parse("totals");

    private static final JdbcClient SQL = TestDatabase.create().sql();

    private static ResultColumn column(String name, String type) {
        return new ResultColumn(name, type, type.replaceFirst("\\(.*\\)", ""), Nullability.UNKNOWN);
    }

    private static void check(Class<?> type, ResultColumn... columns) {
        new RowRecord(type, List.of(columns)).check(NAME);
    }

    record Totals(long customerId, long top10Orders) {}

    @Test
    void names_are_compared_as_spring_does() {
        assertThatCode(() -> check(Totals.class, column("customer_id", "bigint"), column("top10_orders", "integer")))
                .doesNotThrowAnyException();
        assertThatCode(() -> check(Totals.class, column("customerid", "bigint"), column("TOP10_orders", "bigint")))
                .doesNotThrowAnyException();
        assertThatExceptionOfType(InvalidDefinitionException.class)
                .isThrownBy(() -> check(Totals.class, column("customer", "bigint"), column("top10_orders", "bigint")))
                .withMessageContaining("the query has no column customer_id");
    }

    record Annotated(
            @Column("customer_no") long customer, @Transient String label) {}

    @Test
    void the_annotations_of_spring_data_count() {
        assertThatCode(() -> check(Annotated.class, column("customer_no", "bigint")))
                .doesNotThrowAnyException();
    }

    record Primitive(long total) {}

    record Boxed(Long total) {}

    @Test
    void a_primitive_needs_a_column_that_is_never_null() {
        ResultColumn total = new ResultColumn("total", "bigint", "bigint", Nullability.NULLABLE);

        assertThatExceptionOfType(InvalidDefinitionException.class)
                .isThrownBy(() -> check(Primitive.class, total))
                .withMessageContaining("the column can be NULL, long cannot");
        assertThatCode(() -> check(Boxed.class, total)).doesNotThrowAnyException();
    }

    record OneInt(int v) {}

    record OneDateTime(LocalDateTime v) {}

    record OneOfTheApplication(Totals v) {}

    @Test
    void what_would_be_lost_or_refused_is_a_mismatch() {
        assertThatExceptionOfType(InvalidDefinitionException.class)
                .isThrownBy(() -> check(OneInt.class, column("v", "bigint")))
                .withMessageContaining("int cannot hold every bigint");
        assertThatExceptionOfType(InvalidDefinitionException.class)
                .isThrownBy(() -> check(OneDateTime.class, column("v", "timestamp with time zone")));
        assertThatExceptionOfType(InvalidDefinitionException.class)
                .isThrownBy(() -> check(Primitive.class, column("total", "numeric(15,2)")));
    }

    @Test
    void a_type_of_the_applications_own_is_its_own_affair() {
        assertThatCode(() -> check(OneOfTheApplication.class, column("v", "jsonb")))
                .doesNotThrowAnyException();
    }

    enum Size {
        SMALL
    }

    record OneShort(short v) {}

    record OneLong(long v) {}

    record OneBigInteger(BigInteger v) {}

    record OneBigDecimal(BigDecimal v) {}

    record OneDouble(double v) {}

    record OneFloat(float v) {}

    record OneNumber(Number v) {}

    record OneBoolean(boolean v) {}

    record OneUuid(UUID v) {}

    record OneBytes(byte[] v) {}

    record OneDate(LocalDate v) {}

    record OneTime(LocalTime v) {}

    record OneOffsetTime(OffsetTime v) {}

    record OneOffsetDateTime(OffsetDateTime v) {}

    record OneInstant(Instant v) {}

    record OneUtilDate(java.util.Date v) {}

    record OneTimestamp(java.sql.Timestamp v) {}

    record OneSqlDate(java.sql.Date v) {}

    record OneSqlTime(java.sql.Time v) {}

    record OneString(String v) {}

    record OneEnum(Size v) {}

    static Stream<Class<?>> records() {
        return Stream.of(RowRecordTest.class.getDeclaredClasses())
                .filter(type -> type.isRecord() && type.getSimpleName().startsWith("One"))
                .filter(type -> type != OneOfTheApplication.class);
    }

    @ParameterizedTest
    @MethodSource("records")
    void what_is_accepted_can_be_read(Class<?> type) {
        List<String> literals = List.of(
                "1::smallint",
                "1::integer",
                "1::bigint",
                "1.5::numeric",
                "1::numeric(9,0)",
                "1.5::real",
                "1.5::float8",
                "true",
                "gen_random_uuid()",
                "'\\x01'::bytea",
                "DATE '2026-01-31'",
                "TIME '12:00'",
                "TIMETZ '12:00+01'",
                "TIMESTAMP '2026-01-31 12:00'",
                "TIMESTAMPTZ '2026-01-31 12:00+01'",
                "'SMALL'::text",
                "'SMALL'::varchar(9)");
        int accepted = 0;
        for (String literal : literals) {
            String text = SQL.sql("SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a WHERE attrelid ="
                            + " (SELECT oid FROM pg_class WHERE relname = ?) AND attname = 'v'")
                    .param(view(literal))
                    .query(String.class)
                    .single();
            ResultColumn column = column("v", text);
            boolean enumOfNoText = type == OneEnum.class && !literal.startsWith("'SMALL'");
            if (!enumOfNoText && RowTypes.holds(type.getRecordComponents()[0].getType(), column)) {
                accepted++;
                assertThat(SQL.sql("SELECT " + literal + " AS v").query(type).single())
                        .as("%s from %s", type.getSimpleName(), literal)
                        .hasNoNullFieldsOrProperties();
            }
        }
        assertThat(accepted).isPositive();
    }

    private static String view(String literal) {
        String name = "v" + Integer.toHexString(literal.hashCode());
        SQL.sql("CREATE OR REPLACE VIEW " + name + " AS SELECT " + literal + " AS v")
                .update();
        return name;
    }
}
