/** Scalar expressions: structure where the algebra needs it, otherwise the text that PostgreSQL printed. */
@NullMarked
package io.pgstream.plan.expr;

import org.jspecify.annotations.NullMarked;
