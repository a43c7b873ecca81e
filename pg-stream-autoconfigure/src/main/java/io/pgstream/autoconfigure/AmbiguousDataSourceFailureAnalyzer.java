package io.pgstream.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says how to choose one of several data sources. */
final class AmbiguousDataSourceFailureAnalyzer extends AbstractFailureAnalyzer<AmbiguousDataSourceException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, AmbiguousDataSourceException cause) {
        StringBuilder description = new StringBuilder(
                "pg-stream works on one data source, but the application has several and none stands out:");
        cause.beanNames().forEach(name -> description.append(String.format("%n\t- %s", name)));
        return new FailureAnalysis(
                description.toString(),
                "Mark the bean of the database that holds the tables with @PgStreamDataSource, or make one data source"
                        + " @Primary. To run without pg-stream, set pg-stream.enabled=false.",
                cause);
    }
}
