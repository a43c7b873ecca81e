package io.pgstream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.RefreshMode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A failing case is made as small as it can be, and printed as a script for psql. */
class ShrinkerTest {

    private static final Scenario LARGE = new Scenario(
            "seed 7",
            List.of(
                    "CREATE TABLE t (id int)",
                    "CREATE TABLE other (id int)",
                    "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')",
                    "INSERT INTO other VALUES (1)"),
            List.of(table("st0"), table("st1"), table("st2")),
            List.of(List.of("x", "y"), List.of("z", "DELETE FROM t", "z"), List.of("y")),
            false);

    private static Scenario.StreamTable table(String name) {
        return new Scenario.StreamTable(name, "SELECT id FROM t", RefreshMode.DIFFERENTIAL, false);
    }

    private static Scenario shrunk(int cycle) throws Exception {
        Shrinker shrinker = new Shrinker(
                scenario -> scenario.setup().toString().contains("(2, 'b')")
                                && scenario.setup().contains("CREATE TABLE t (id int)")
                                && (cycle < 0 || scenario.cycles().toString().contains("DELETE"))
                        ? new Oracle.Failure("st1", cycle, "differs")
                        : null,
                60);
        return shrinker.shrink(LARGE, new Oracle.Failure("st1", cycle, "differs"));
    }

    @Test
    void only_what_the_failure_needs_is_left() throws Exception {
        Scenario smallest = shrunk(1);
        assertThat(smallest.setup()).containsExactly("CREATE TABLE t (id int)", "INSERT INTO t VALUES (2, 'b')");
        assertThat(smallest.streamTables()).containsExactly(table("st1"));
        assertThat(smallest.cycles()).containsExactly(List.of("DELETE FROM t"));
    }

    @Test
    void a_creation_that_fails_is_made_smaller_too() throws Exception {
        Scenario smallest = shrunk(-1);
        assertThat(smallest.setup()).hasSize(2);
        assertThat(smallest.cycles()).isEmpty();
    }

    @Test
    void the_script_refreshes_and_shows_what_should_be_there() throws Exception {
        assertThat(shrunk(1).script())
                .startsWith("-- seed 7\nDROP SCHEMA IF EXISTS o CASCADE;\nCREATE SCHEMA o;")
                .endsWith("CREATE MATERIALIZED VIEW st1 AS SELECT id FROM t;\nDELETE FROM t;\nROLLBACK;\n"
                        + "REFRESH MATERIALIZED VIEW st1;\nTABLE st1;");
    }
}
