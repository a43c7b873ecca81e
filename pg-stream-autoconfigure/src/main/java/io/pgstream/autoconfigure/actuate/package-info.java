/** What operations see of pg-stream: the endpoint {@code streamtables}, the health, the meters. */
@NullMarked
package io.pgstream.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
