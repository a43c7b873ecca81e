/** Stream tables that are right within the writer's transaction, by functions in the database. */
@NullMarked
package io.pgstream.synchronous;

import org.jspecify.annotations.NullMarked;
