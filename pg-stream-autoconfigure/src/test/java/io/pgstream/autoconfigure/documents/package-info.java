/** The snippets of the documents, compiled, and their properties, looked up. */
@NullMarked
package io.pgstream.autoconfigure.documents;

import org.jspecify.annotations.NullMarked;
