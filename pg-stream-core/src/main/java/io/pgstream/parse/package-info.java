/** From PostgreSQL's canonical text to an operator tree; the only package that knows JSqlParser. */
@NullMarked
package io.pgstream.parse;

import org.jspecify.annotations.NullMarked;
