/**
 * The rules that the code of this module keeps, as tests.
 */
@NullMarked
package io.pgstream.architecture;

import org.jspecify.annotations.NullMarked;
