package io.pgstream.cdc;

/**
 * A column of a source whose changes are captured.
 *
 * @param name its name in the source and in the buffer
 * @param typeOid its type
 * @param bufferType the type in the buffer with its collation: without a modifier, and of a domain the type that it is over, so that a
 *     marker can hold NULL and a wider value fits
 * @param sourceType the type in the source, as DDL writes it
 * @param domain whether the type is a domain
 * @since 0.1.0
 */
public record CapturedColumn(String name, long typeOid, String bufferType, String sourceType, boolean domain) {}
