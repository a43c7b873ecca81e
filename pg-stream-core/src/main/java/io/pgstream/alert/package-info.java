/** Tells operators what happens to stream tables: by NOTIFY, and through listeners. */
@NullMarked
package io.pgstream.alert;

import org.jspecify.annotations.NullMarked;
