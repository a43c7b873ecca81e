@NullMarked
package io.pgstream.feed;

import org.jspecify.annotations.NullMarked;
