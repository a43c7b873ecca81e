package io.pgstream.autoconfigure.actuate;

import io.pgstream.ErrorCode;
import io.pgstream.PgStreamException;

/**
 * Why the endpoint could not do what it was asked for.
 *
 * @param code the stable code of the error
 * @param message what, where and why
 * @param action what to do
 * @since 0.1.0
 */
public record ProblemDescriptor(ErrorCode code, String message, String action) {

    static ProblemDescriptor of(PgStreamException failure) {
        return new ProblemDescriptor(failure.code(), String.valueOf(failure.getMessage()), failure.action());
    }
}
