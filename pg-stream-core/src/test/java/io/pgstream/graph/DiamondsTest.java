package io.pgstream.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.QualifiedName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DiamondsTest {

    /** Lines such as {@code d: b c}: what each stream table reads. */
    private static Diamonds graph(String... lines) {
        Map<QualifiedName, List<QualifiedName>> reads = new LinkedHashMap<>();
        for (String line : lines) {
            String[] parts = line.split(": ");
            reads.put(
                    name(parts[0]),
                    Stream.of(parts[1].split(" ")).map(DiamondsTest::name).toList());
        }
        return new Diamonds(reads);
    }

    private static QualifiedName name(String text) {
        return new QualifiedName("public", text);
    }

    private static List<String> groups(Diamonds diamonds) {
        return diamonds.groups().stream().map(DiamondsTest::text).sorted().toList();
    }

    private static String text(Set<QualifiedName> names) {
        return names.stream().map(QualifiedName::name).sorted().collect(Collectors.joining(" "));
    }

    @Test
    void a_chain_and_a_fan_have_no_diamond() {
        assertThat(groups(graph("b: base", "c: b", "d: c"))).isEmpty();
        assertThat(groups(graph("b: base", "c: base", "d: b other"))).isEmpty();
    }

    @Test
    void two_ways_from_a_table_to_a_reader_are_a_diamond() {
        assertThat(groups(graph("b: base", "c: base", "d: b c"))).containsExactly("b c d");
    }

    @Test
    void the_stream_table_at_the_beginning_is_not_a_member() {
        assertThat(groups(graph("a: base", "b: a", "c: a", "d: b c"))).containsExactly("b c d");
        assertThat(groups(graph("a: base", "b: a", "c: a", "d: b c base"))).containsExactly("a b c d");
    }

    @Test
    void a_reader_that_also_reads_the_base_is_the_end_of_a_diamond() {
        assertThat(groups(graph("b: base", "d: b base"))).containsExactly("b d");
    }

    @Test
    void a_reader_of_a_finished_diamond_does_not_belong_to_it() {
        assertThat(groups(graph("b: base", "c: base", "d: b c", "e: d other", "f: e")))
                .containsExactly("b c d");
    }

    @Test
    void ways_of_different_lengths_belong_with_all_that_lies_on_them() {
        assertThat(groups(graph("b: base", "b2: b", "b3: b2 other", "c: base", "d: b3 c")))
                .containsExactly("b b2 b3 c d");
    }

    @Test
    void diamonds_that_share_a_member_are_one_group() {
        assertThat(groups(graph("b: base", "c: base", "d: b c", "e: c d", "x: other", "y: other", "z: x y")))
                .containsExactly("b c d e", "x y z");
    }

    @Test
    void a_set_is_closed_by_what_lies_between_its_members() {
        Diamonds graph = graph("a: base", "b: a", "c: b", "d: c", "side: a");

        assertThat(text(graph.closed(Set.of(name("a"), name("d"))))).isEqualTo("a b c d");
        assertThat(text(graph.closed(Set.of(name("b"), name("side"))))).isEqualTo("b side");
    }
}
