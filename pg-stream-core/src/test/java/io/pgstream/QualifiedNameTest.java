package io.pgstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QualifiedNameTest {

    @Test
    void an_unquoted_name_is_folded_to_lower_case() {
        assertThat(QualifiedName.parse("Reporting.Sales")).isEqualTo(new QualifiedName("reporting", "sales"));
    }

    @Test
    void a_quoted_name_is_kept() {
        assertThat(QualifiedName.parse("\"My Schema\".\"My.Table\""))
                .isEqualTo(new QualifiedName("My Schema", "My.Table"));
    }

    @Test
    void a_doubled_quote_stands_for_one() {
        assertThat(QualifiedName.parse("\"a\"\"b\"").name()).isEqualTo("a\"b");
    }

    @Test
    void a_name_without_a_schema_takes_the_given_one() {
        assertThat(QualifiedName.parse("sales").orInSchema("public")).isEqualTo(new QualifiedName("public", "sales"));
        assertThat(QualifiedName.parse("reporting.sales").orInSchema("public").schema())
                .isEqualTo("reporting");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sales", "reporting.sales", "\"My Schema\".\"My.Table\"", "\"a\"\"b\"", "_x$1", "größe"})
    void what_a_name_shows_is_read_as_the_same_name(String text) {
        QualifiedName name = QualifiedName.parse(text);

        assertThat(QualifiedName.parse(name.toString())).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                 | a part is empty",
                "a.                 | a part is empty",
                ".a                 | a part is empty",
                "a.b.c              | more than two parts",
                "\"a                | not closed",
                "\"\"               | empty or followed by something",
                "\"a\"b             | empty or followed by something",
                "1st                | starts with a letter",
                "drop table x       | starts with a letter",
                "a;b                | starts with a letter"
            })
    void a_text_that_is_not_a_name_is_refused_with_the_reason(String text, String reason) {
        assertThatExceptionOfType(InvalidDefinitionException.class)
                .isThrownBy(() -> QualifiedName.parse(text))
                .withMessageContaining(reason)
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_NAME))
                .satisfies(failure -> assertThat(failure.action()).contains("schema.name"));
    }

    @Test
    void a_name_that_postgresql_would_cut_is_refused() {
        assertThat(QualifiedName.parse("a".repeat(63)).name()).hasSize(63);
        assertThatExceptionOfType(InvalidDefinitionException.class)
                .isThrownBy(() -> QualifiedName.parse("a".repeat(64)))
                .withMessageContaining("63 bytes");
        assertThatExceptionOfType(InvalidDefinitionException.class)
                .isThrownBy(() -> QualifiedName.parse("ä".repeat(32)))
                .withMessageContaining("63 bytes");
    }
}
