/** Bringing one stream table up to date, in one transaction, at one snapshot. */
@NullMarked
package io.pgstream.refresh;

import org.jspecify.annotations.NullMarked;
