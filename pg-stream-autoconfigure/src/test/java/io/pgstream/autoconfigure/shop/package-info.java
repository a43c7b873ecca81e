/** An application with stream tables over its orders. */
package io.pgstream.autoconfigure.shop;
