package io.pgstream.autoconfigure;

import io.pgstream.StreamTableDefinition;
import java.util.List;

/**
 * Gives definitions of stream tables that are made by code. Every bean of this type is asked once, when the application
 * starts. A definition in {@code pg-stream.tables} overrides one of the same name given here.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface StreamTableDefinitionSource {

    /**
     * Returns the definitions.
     *
     * @return the definitions, in any order
     */
    List<StreamTableDefinition> definitions();
}
