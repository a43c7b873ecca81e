package io.pgstream.autoconfigure.page;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanWrapper;
import org.springframework.beans.PropertyAccessorFactory;

/** Answers the requests of the page, for whichever web framework. */
final class PageHandler {

    /**
     * A header that a page of another site cannot send without being asked for permission first, which nobody gives: what
     * keeps other sites from pressing buttons here where the application has no protection of its own against that.
     */
    static final String HEADER = "X-Pg-Stream-Page";

    private final PageContent content;

    private final PgStreamPageProperties properties;

    PageHandler(PageContent content, PgStreamPageProperties properties) {
        this.content = content;
        this.properties = properties;
    }

    String path() {
        return properties.path();
    }

    PageResponse redirect() {
        return PageResponse.redirect(path().substring(path().lastIndexOf('/') + 1) + "/");
    }

    PageResponse index() {
        return file("index.html", "text/html;charset=UTF-8");
    }

    PageResponse style() {
        return file("page.css", "text/css;charset=UTF-8");
    }

    PageResponse script() {
        return file("page.js", "text/javascript;charset=UTF-8");
    }

    private static PageResponse file(String name, String contentType) {
        try (InputStream stream = PageHandler.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("The file " + name + " of the page is missing");
            }
            return PageResponse.file(contentType, stream.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param token a {@code CsrfToken} of Spring Security, or {@code null} if there is none */
    PageResponse overview(@Nullable Object token) {
        return answer(() -> {
            Map<String, @Nullable Object> overview = content.overview();
            overview.put("actions", !properties.readOnly());
            if (token != null && !properties.readOnly()) {
                BeanWrapper csrf = PropertyAccessorFactory.forBeanPropertyAccess(token);
                Map<String, @Nullable Object> send = new LinkedHashMap<>();
                send.put("header", csrf.getPropertyValue("headerName"));
                send.put("token", csrf.getPropertyValue("token"));
                overview.put("csrf", send);
            }
            return PageResponse.json(200, overview);
        });
    }

    PageResponse table(@Nullable String name) {
        return (name == null)
                ? problem(400, "INVALID_NAME", "The parameter name is missing.", "")
                : answer(() -> PageResponse.json(200, content.table(name)));
    }

    /** @param header what the request has as {@link #HEADER} */
    PageResponse act(@Nullable String header, @Nullable String name, @Nullable String action) {
        if (properties.readOnly()) {
            return problem(403, "READ_ONLY", "The page is read-only.", "Set pg-stream.page.read-only to false.");
        }
        if (header == null) {
            return problem(403, "FOREIGN_REQUEST", "The request did not come from the page.", "");
        }
        if (name == null || action == null) {
            return problem(400, "INVALID_OPTION", "A parameter is missing.", "");
        }
        return answer(() -> {
            String done = content.act(name, action);
            return (done == null)
                    ? problem(400, "INVALID_OPTION", "There is no action " + action + ".", "")
                    : PageResponse.json(200, Map.of("message", done));
        });
    }

    private static PageResponse answer(Supplier<PageResponse> work) {
        try {
            return work.get();
        } catch (PgStreamException e) {
            return problem(status(e.code()), e.code().name(), String.valueOf(e.getMessage()), e.action());
        }
    }

    private static PageResponse problem(int status, String code, String message, String action) {
        return PageResponse.json(status, Map.of("code", code, "message", message, "action", action));
    }

    private static int status(ErrorCode code) {
        return switch (code) {
            case NOT_FOUND -> 404;
            case INVALID_NAME -> 400;
            case SERVER_UNAVAILABLE, READ_ONLY_SERVER, LOCK_TIMEOUT -> 503;
            default -> 500;
        };
    }
}
