package io.pgstream.autoconfigure;

import java.util.List;

/** The application has several data sources and does not say which one pg-stream works on. */
final class AmbiguousDataSourceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final List<String> beanNames;

    AmbiguousDataSourceException(List<String> beanNames) {
        super("pg-stream found several data sources: " + String.join(", ", beanNames));
        this.beanNames = List.copyOf(beanNames);
    }

    List<String> beanNames() {
        return beanNames;
    }
}
