/** The clock: which stream table is refreshed when, how many at a time, and when a failure is tried again. */
@NullMarked
package io.pgstream.schedule;

import org.jspecify.annotations.NullMarked;
