/** An application's package, with what the scan has to find in it and what not. */
package io.pgstream.autoconfigure.example;
