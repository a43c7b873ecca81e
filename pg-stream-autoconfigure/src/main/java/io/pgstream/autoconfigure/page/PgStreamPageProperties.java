package io.pgstream.autoconfigure.page;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the page that shows stream tables in a browser.
 *
 * @param enabled Whether the page is served.
 * @param path Path of the page below the context path of the application.
 * @param readOnly Whether the page only shows stream tables, without buttons that refresh, suspend or verify.
 * @since 0.1.0
 */
@ConfigurationProperties("pg-stream.page")
public record PgStreamPageProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("/pg-stream") String path,
        @DefaultValue("false") boolean readOnly) {

    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._-]+)+");

    public PgStreamPageProperties {
        if (!PATH.matcher(path).matches()) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_OPTION,
                    "pg-stream.page.path is '" + path
                            + "': a path starts with a slash, ends without one, and has letters,"
                            + " digits, dots, hyphens and underscores between.",
                    "Set it to a path such as /pg-stream or /admin/stream-tables.");
        }
    }
}
