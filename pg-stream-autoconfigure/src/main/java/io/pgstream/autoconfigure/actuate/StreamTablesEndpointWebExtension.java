package io.pgstream.autoconfigure.actuate;

import io.pgstream.PgStreamException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.util.MimeTypeUtils;

/**
 * Gives the errors of {@link StreamTablesEndpoint} a status of HTTP.
 *
 * @since 0.1.0
 */
@EndpointWebExtension(endpoint = StreamTablesEndpoint.class)
public class StreamTablesEndpointWebExtension {

    private final StreamTablesEndpoint delegate;

    /**
     * Creates the extension.
     *
     * @param delegate the endpoint
     */
    public StreamTablesEndpointWebExtension(StreamTablesEndpoint delegate) {
        this.delegate = delegate;
    }

    /**
     * Lists the stream tables.
     *
     * @return all of them
     */
    @ReadOperation
    public WebEndpointResponse<Object> streamTables() {
        return respond(delegate::streamTables);
    }

    /**
     * Shows a stream table, or how they read each other.
     *
     * @param name the stream table, or {@code graph}
     * @return its details, or the graph
     */
    @ReadOperation
    public WebEndpointResponse<Object> streamTable(@Selector String name) {
        return respond(() -> delegate.streamTable(name));
    }

    /**
     * Shows one side of a stream table.
     *
     * @param name the stream table, or {@code graph}
     * @param view what to show
     * @param limit how many refreshes
     * @return what was asked for, as JSON, but the diagram as plain text
     */
    @ReadOperation(
            produces = {
                StreamTablesEndpoint.ACTUATOR_JSON,
                MimeTypeUtils.APPLICATION_JSON_VALUE,
                StreamTablesEndpoint.PLAIN_TEXT
            })
    public WebEndpointResponse<Object> streamTableView(
            @Selector String name, @Selector String view, @Nullable Integer limit) {
        WebEndpointResponse<Object> response = respond(() -> delegate.streamTableView(name, view, limit));
        Object body = response.getBody();
        if (body == null) {
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
        }
        return (body instanceof String)
                ? new WebEndpointResponse<>(
                        body, response.getStatus(), MimeTypeUtils.parseMimeType(StreamTablesEndpoint.PLAIN_TEXT))
                : response;
    }

    /**
     * Does something with a stream table.
     *
     * @param name the stream table
     * @param action what to do; a refresh if it is left out
     * @return what was done
     */
    @WriteOperation
    public WebEndpointResponse<Object> act(@Selector String name, @Nullable StreamTableAction action) {
        return respond(() -> delegate.act(name, action));
    }

    private static WebEndpointResponse<Object> respond(Supplier<@Nullable Object> operation) {
        try {
            return new WebEndpointResponse<>(operation.get());
        } catch (PgStreamException e) {
            return new WebEndpointResponse<>(ProblemDescriptor.of(e), status(e));
        }
    }

    private static int status(PgStreamException failure) {
        return switch (failure.code()) {
            case NOT_FOUND -> WebEndpointResponse.STATUS_NOT_FOUND;
            case INVALID_NAME, INVALID_OPTION -> WebEndpointResponse.STATUS_BAD_REQUEST;
            case SERVER_UNAVAILABLE, READ_ONLY_SERVER, LOCK_TIMEOUT -> WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE;
            default -> WebEndpointResponse.STATUS_INTERNAL_SERVER_ERROR;
        };
    }
}
