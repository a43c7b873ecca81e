/** The stream tables that are declared by annotation; the others are in {@code application.yml}. */
@NullMarked
package io.pgstream.samples.quickstart.tables;

import org.jspecify.annotations.NullMarked;
