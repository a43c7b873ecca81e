package io.pgstream.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.catalog.FrontierRow;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How many changes a buffer may hold, by its size. */
class BufferVolumeTest {

    private static final long SOURCE = 7;

    private final BufferVolume volume = new BufferVolume();

    private static FrontierRow.Captured captured(long changes, long bytes, boolean uncounted) {
        return new FrontierRow.Captured(
                Map.of(SOURCE, changes),
                false,
                Map.of(SOURCE, List.of(new FrontierRow.Segment(1, bytes))),
                uncounted ? Set.of(SOURCE) : Set.of(),
                false);
    }

    @Test
    void what_changes_have_taken_tells_how_many_others_are() {
        volume.learn(captured(2_000, 160_000, false));

        assertThat(volume.changes(captured(0, 960_000, true))).containsEntry(SOURCE, 10_000L);
        assertThat(volume.limits(10_000)).containsEntry(SOURCE, 524_288L);
    }

    /** The pages were there before, of changes that have been read. */
    @Test
    void changes_that_made_no_buffer_larger_teach_nothing() {
        volume.learn(captured(10, 1_000_000, false));
        volume.learn(captured(2_000, 1_000_000, false));

        assertThat(volume.limits(10_000)).isEmpty();
        assertThat(volume.changes(captured(1_500, 1_000_000, false))).containsEntry(SOURCE, 1_500L);
    }

    private static FrontierRow.Captured segments(long changes, long first, long second, boolean uncounted) {
        return new FrontierRow.Captured(
                Map.of(SOURCE, changes),
                false,
                Map.of(SOURCE, List.of(new FrontierRow.Segment(1, first), new FrontierRow.Segment(2, second))),
                uncounted ? Set.of(SOURCE) : Set.of(),
                false);
    }

    @Test
    void what_was_too_large_to_be_counted_twice_is_expected_to_be_so_again_until_it_is_counted() {
        volume.learn(segments(10_000, 960_000, 0, false));
        assertThat(volume.large()).isEmpty();

        volume.learn(segments(0, 0, 960_000, true));
        assertThat(volume.large()).containsExactly(SOURCE);

        volume.learn(segments(0, 80_000, 0, true));
        assertThat(volume.large()).containsExactly(SOURCE);

        volume.learn(segments(1_000, 160_000, 0, false));
        assertThat(volume.large()).isEmpty();
    }

    @Test
    void a_segment_without_a_byte_is_not_read_where_the_buffer_is_large() {
        assertThat(volume.filled(segments(10_000, 960_000, 0, false))).isEmpty();

        volume.learn(segments(10_000, 960_000, 0, false));
        volume.learn(segments(10_000, 0, 960_000, false));

        assertThat(volume.filled(segments(10_000, 960_000, 0, false))).containsEntry(SOURCE, 0);
        assertThat(volume.filled(segments(10_000, 0, 960_000, false))).containsEntry(SOURCE, 1);
        assertThat(volume.filled(segments(10_000, 8_192, 960_000, false))).isEmpty();
    }
}
