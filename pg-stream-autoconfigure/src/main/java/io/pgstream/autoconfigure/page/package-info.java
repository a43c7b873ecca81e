/** The page: stream tables in a browser, served by the application itself. */
@NullMarked
package io.pgstream.autoconfigure.page;

import org.jspecify.annotations.NullMarked;
