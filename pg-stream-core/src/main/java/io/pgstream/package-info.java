/**
 * Incrementally maintained tables for PostgreSQL: what an application declares, and the operations on it.
 *
 * <p>Everything that an application needs is in this package; the sub-packages are the engine and may change at any
 * time.
 */
@NullMarked
package io.pgstream;

import org.jspecify.annotations.NullMarked;
