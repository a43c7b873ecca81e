/** An application's package, with what the scan has to find in it and what not. */
@NullMarked
package io.pgstream.autoconfigure.example;

import org.jspecify.annotations.NullMarked;
