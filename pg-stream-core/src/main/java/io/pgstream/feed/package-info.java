/** The change feed: a log of the changes of stream tables that have listeners, and how far each listener has read it. */
@NullMarked
package io.pgstream.feed;

import org.jspecify.annotations.NullMarked;
