/** What becomes of stream tables over time: protection, changes of definitions and sources, and the end. */
@NullMarked
package io.pgstream.life;

import org.jspecify.annotations.NullMarked;
