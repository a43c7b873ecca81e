package io.pgstream.samples.quickstart.dashboard;

import io.pgstream.ErrorCode;
import io.pgstream.Explanation;
import io.pgstream.PgStreamException;
import io.pgstream.StreamTableOperations;
import io.pgstream.Verification;
import io.pgstream.samples.quickstart.workload.Workload;
import io.pgstream.samples.quickstart.workload.WorkloadStatus;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

@RestController
@RequestMapping("/api")
class DashboardController {

    private final Dashboard dashboard;

    private final Workload workload;

    private final StreamTableOperations streamTables;

    private final SnapshotPublisher publisher;

    DashboardController(
            Dashboard dashboard, Workload workload, StreamTableOperations streamTables, SnapshotPublisher publisher) {
        this.publisher = publisher;
        this.dashboard = dashboard;
        this.workload = workload;
        this.streamTables = streamTables;
    }

    @GetMapping("/dashboard")
    Snapshot snapshot() {
        return dashboard.snapshot();
    }

    /** The snapshots again, pushed as rows of the stream tables change. */
    @GetMapping(path = "/changes", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter changes() {
        return publisher.subscribe();
    }

    @PutMapping("/workload")
    WorkloadStatus setWorkload(@RequestBody WorkloadSettings settings) {
        if (settings.rate() != null) {
            workload.setRate(settings.rate());
        }
        if (settings.paused() != null) {
            workload.setPaused(settings.paused());
        }
        return workload.status();
    }

    @GetMapping("/tables/{name}/explanation")
    Explanation explain(@PathVariable String name) {
        return streamTables.explain(name);
    }

    @PostMapping("/tables/{name}/verification")
    VerificationResult verify(@PathVariable String name) {
        Verification verification = streamTables.verify(name);
        return new VerificationResult(
                verification.equal(), verification.rows(), verification.missing(), verification.unexpected());
    }

    @ExceptionHandler
    ProblemDetail handle(PgStreamException failure) {
        HttpStatus status =
                (failure.code() == ErrorCode.NOT_FOUND) ? HttpStatus.NOT_FOUND : HttpStatus.INTERNAL_SERVER_ERROR;
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, failure.getMessage() + " " + failure.action());
        problem.setProperty("code", failure.code());
        return problem;
    }

    @ExceptionHandler
    ProblemDetail handle(IllegalArgumentException failure) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, failure.getMessage());
    }

    /**
     * What the page changes about the workload.
     *
     * @param rate transactions a second, or {@code null} to keep it
     * @param paused whether it is paused, or {@code null} to keep that
     */
    record WorkloadSettings(
            @Nullable Integer rate, @Nullable Boolean paused) {}

    /**
     * A stream table compared with its query.
     *
     * @param equal whether both have the same rows
     * @param rows how many rows the stream table has
     * @param missing how many rows it lacks
     * @param unexpected how many rows it has that the query does not
     */
    record VerificationResult(boolean equal, long rows, long missing, long unexpected) {}
}
