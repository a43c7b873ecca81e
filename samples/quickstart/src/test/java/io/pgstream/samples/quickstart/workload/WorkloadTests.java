package io.pgstream.samples.quickstart.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;

class WorkloadTests {

    private final AtomicInteger calls = new AtomicInteger();

    private Workload workload = workload(() -> Written.NOTHING);

    private Workload workload(Supplier<Written> transaction) {
        return new Workload(
                () -> {
                    calls.incrementAndGet();
                    return transaction.get();
                },
                2,
                200,
                500);
    }

    @AfterEach
    void stop() {
        workload.stop();
    }

    @Test
    void counts_the_rows_that_its_transactions_write() {
        workload = workload(() -> new Written(3, 2, 1));
        workload.start();
        await().until(() -> workload.status().transactions() >= 5);
        workload.stop();
        WorkloadStatus status = workload.status();
        assertThat(status.inserted()).isEqualTo(3 * status.transactions());
        assertThat(status.updated()).isEqualTo(2 * status.transactions());
        assertThat(status.deleted()).isEqualTo(status.transactions());
    }

    @Test
    void a_stopped_workload_has_no_transaction_running() {
        workload.start();
        await().until(() -> calls.get() > 0);
        workload.stop();
        assertThat(workload.isRunning()).isFalse();
        assertThat(workload.status().transactions()).isEqualTo(calls.get());
    }

    @Test
    void a_failed_transaction_is_counted_and_the_next_one_runs() {
        workload = workload(() -> {
            if (calls.get() % 2 == 0) {
                throw new IllegalStateException("on purpose");
            }
            throw new CannotAcquireLockException("on purpose");
        });
        workload.start();
        await().until(() ->
                workload.status().failures() >= 2 && workload.status().conflicts() >= 2);
        assertThat(workload.status().transactions()).isZero();
    }

    @Test
    void a_rate_outside_of_the_range_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> workload.setRate(501))
                .withMessage("The rate is 501; it has to be from 0 to 500 transactions a second.");
        assertThatIllegalArgumentException().isThrownBy(() -> workload.setRate(-1));
    }
}
