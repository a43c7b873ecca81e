package io.pgstream.autoconfigure.page;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer of the page, for whichever web framework.
 *
 * @param status the status of HTTP
 * @param headers its headers
 * @param body its body
 */
record PageResponse(int status, Map<String, String> headers, byte[] body) {

    /** Nothing from elsewhere, nothing inline, in nobody's frame. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    static PageResponse file(String contentType, byte[] body) {
        Map<String, String> headers = headers(contentType, "no-cache");
        headers.put("Content-Security-Policy", POLICY);
        headers.put("Referrer-Policy", "no-referrer");
        return new PageResponse(200, headers, body);
    }

    static PageResponse json(int status, Object value) {
        return new PageResponse(
                status,
                headers("application/json", "no-store"),
                PageJson.write(value).getBytes(StandardCharsets.UTF_8));
    }

    /** To a path relative to that of the request, which is right behind a proxy, too. */
    static PageResponse redirect(String location) {
        return new PageResponse(302, Map.of("Location", location), new byte[0]);
    }

    private static Map<String, String> headers(String contentType, String caching) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", contentType);
        headers.put("Cache-Control", caching);
        headers.put("X-Content-Type-Options", "nosniff");
        return headers;
    }
}
