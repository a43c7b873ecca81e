/** Applications that do not start; their package holds no stream tables. */
@NullMarked
package io.pgstream.autoconfigure.startup;

import org.jspecify.annotations.NullMarked;
