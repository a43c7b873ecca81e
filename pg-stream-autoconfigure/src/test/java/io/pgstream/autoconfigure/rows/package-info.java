@NullMarked
package io.pgstream.autoconfigure.rows;

import org.jspecify.annotations.NullMarked;
