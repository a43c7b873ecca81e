package io.pgstream.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.QualifiedName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CirclesTest {

    private final Map<QualifiedName, List<QualifiedName>> reads = new LinkedHashMap<>();

    /** Lines such as {@code d: b c}: what each stream table reads. */
    private Circles graph(String... lines) {
        for (String line : lines) {
            String[] parts = line.split(": ");
            reads.put(
                    name(parts[0]),
                    Stream.of(parts[1].split(" ")).map(CirclesTest::name).toList());
        }
        return new Circles(List.copyOf(reads.keySet()), reads);
    }

    private static QualifiedName name(String text) {
        return new QualifiedName("public", text);
    }

    private static String text(List<QualifiedName> names) {
        return String.join(" ", names.stream().map(QualifiedName::name).toList());
    }

    @Test
    void a_graph_without_circles_has_none_and_is_ordered_as_it_always_was() {
        Circles circles = graph("c: a b", "b: a", "a: base", "d: base");
        assertThat(circles.all()).isEmpty();
        assertThat(circles.of(name("a"))).isEmpty();
        assertThat(circles.order()).containsSubsequence(name("a"), name("b"), name("c"));
    }

    @Test
    void those_that_reach_each_other_are_a_circle_and_so_is_one_that_reads_itself() {
        Circles circles = graph("a: base c", "b: a", "c: b", "self: self base", "d: c self", "two: one", "one: two d");
        assertThat(circles.all().stream().map(CirclesTest::text)).containsExactlyInAnyOrder("a b c", "self", "two one");
        assertThat(text(circles.of(name("b")))).isEqualTo("a b c");
        assertThat(circles.completed(Set.of(name("c")))).containsExactlyInAnyOrder(name("a"), name("b"), name("c"));
    }

    @Test
    void those_of_a_circle_are_neighbours_behind_what_any_of_them_reads_and_in_front_of_what_reads_any() {
        Circles circles = graph("end: b", "a: c", "b: a low", "low: base", "c: b", "beside: a");
        String order = text(circles.order());
        assertThat(order).contains("a b c");
        assertThat(order.indexOf("low")).isLessThan(order.indexOf("a b c"));
        assertThat(order.indexOf("end")).isGreaterThan(order.indexOf("a b c"));
        assertThat(order.indexOf("beside")).isGreaterThan(order.indexOf("a b c"));
    }

    @Test
    void the_path_begins_and_ends_with_the_table_and_is_a_shortest_one() {
        Circles circles = graph("a: d b", "b: a", "c: b", "d: c", "self: self");
        assertThat(text(circles.path(name("a")))).isEqualTo("a b a");
        assertThat(text(circles.path(name("c")))).isEqualTo("c d a b c");
        assertThat(text(circles.path(name("self")))).isEqualTo("self self");
    }

    @Test
    void a_diamond_with_a_circle_in_it_has_all_of_the_circle() {
        graph("left: base other", "other: left", "right: base", "bottom: left right");
        assertThat(new Diamonds(reads).groups())
                .containsExactly(Set.of(name("left"), name("other"), name("right"), name("bottom")));
    }

    @Test
    void what_lies_between_two_tables_of_a_circle_is_the_circle() {
        graph("a: base c", "b: a", "c: b", "d: c");
        assertThat(new Diamonds(reads).closed(Set.of(name("a"), name("d"))))
                .containsExactlyInAnyOrder(name("a"), name("b"), name("c"), name("d"));
        assertThat(new Diamonds(reads).closed(Set.of(name("b"))))
                .containsExactlyInAnyOrder(name("a"), name("b"), name("c"));
    }
}
