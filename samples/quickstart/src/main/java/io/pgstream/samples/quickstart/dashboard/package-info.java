/** What the page at {@code /} shows, as JSON. */
@NullMarked
package io.pgstream.samples.quickstart.dashboard;

import org.jspecify.annotations.NullMarked;
