/**
 * Auto-configuration of pg-stream for Spring Boot: the engine, its clock, and the definitions of the application.
 *
 * <p>What an application may use here is small: the properties, the qualifier of the data source, and the source of
 * definitions that are made by code.
 */
@NullMarked
package io.pgstream.autoconfigure;

import org.jspecify.annotations.NullMarked;
