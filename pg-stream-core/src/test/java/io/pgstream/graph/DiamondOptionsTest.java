package io.pgstream.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.DiamondConsistency;
import io.pgstream.DiamondPolicy;
import io.pgstream.QualifiedName;
import io.pgstream.StreamTableDefinition;
import io.pgstream.engine.ScheduledTable;
import io.pgstream.test.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the tables of a diamond say for themselves about being refreshed together; the strictest wins. */
class DiamondOptionsTest {

    private static TestDatabase database;

    @BeforeAll
    static void start() throws SQLException {
        database = TestDatabase.onDefault();
        database.execute("CREATE TABLE base (id int PRIMARY KEY, v int)");
    }

    /** Declares a diamond: two sides over a table, and their reader. */
    private static void declare(
            DiamondConsistency left, DiamondConsistency others, DiamondPolicy leftPolicy, DiamondPolicy otherPolicies) {
        database.engine()
                .synchronize(List.of(
                        StreamTableDefinition.of("left_side", "SELECT id, v FROM base WHERE v > 0")
                                .withDiamond(left, leftPolicy)
                                .withSchedule("1s"),
                        StreamTableDefinition.of("right_side", "SELECT id, v FROM base WHERE v <= 0")
                                .withDiamond(others, otherPolicies)
                                .withSchedule("2s"),
                        StreamTableDefinition.of(
                                        "bottom", "SELECT l.id FROM left_side l JOIN right_side r ON r.id = l.id + 1")
                                .withSchedule("3s")
                                .withDiamond(others, otherPolicies)));
    }

    private static ScheduledTable bottom() {
        return database.engine().watch().tables().stream()
                .filter(table -> table.name().equals(QualifiedName.parse("public.bottom")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void the_strictest_of_a_diamond_wins_and_a_changed_word_counts_at_the_next_look() {
        declare(DiamondConsistency.DEFAULT, DiamondConsistency.DEFAULT, DiamondPolicy.DEFAULT, DiamondPolicy.DEFAULT);
        assertThat(bottom().group()).hasSize(3);
        assertThat(bottom().together()).isFalse();

        declare(DiamondConsistency.NONE, DiamondConsistency.NONE, DiamondPolicy.DEFAULT, DiamondPolicy.DEFAULT);
        assertThat(bottom().group()).containsExactly(QualifiedName.parse("public.bottom"));

        declare(DiamondConsistency.ATOMIC, DiamondConsistency.NONE, DiamondPolicy.SLOWEST, DiamondPolicy.FASTEST);
        assertThat(bottom().group()).hasSize(3);
        assertThat(bottom().together()).isTrue();

        declare(DiamondConsistency.DEFAULT, DiamondConsistency.NONE, DiamondPolicy.FASTEST, DiamondPolicy.FASTEST);
        assertThat(bottom().group()).hasSize(3);
        assertThat(bottom().together()).isFalse();
        assertThat(database.engine().get("bottom").status().name()).isEqualTo("ACTIVE");
    }
}
