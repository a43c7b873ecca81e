package io.pgstream.parse;

import io.pgstream.QualifiedName;
import io.pgstream.plan.Operator;
import io.pgstream.plan.expr.SqlType;
import io.pgstream.resolve.FunctionNames;
import io.pgstream.resolve.ResolvedRelation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a parser asks PostgreSQL.
 *
 * @since 0.1.0
 */
public interface ParserInput {

    /**
     * The types that the operator of a comparison takes: those of its sides can be cast to them without being printed.
     *
     * @param comparison puts out one column, {@code left = right}
     * @return two types; none where the operator takes any
     */
    List<SqlType> operandTypes(Operator comparison);

    /** The relation of a qualified name. */
    ResolvedRelation relation(QualifiedName name);

    /** The types of the columns that an operator puts out. */
    List<SqlType> types(Operator operator);

    /** Which names are not plain scalar functions. */
    FunctionNames functions();

    /**
     * What PostgreSQL makes of the text that JSqlParser printed again; equal to the original only if it was understood.
     */
    boolean sameMeaning(String canonicalText, String printedAgain);

    /** A text as PostgreSQL prints it; {@code null} if it does not accept it. */
    @Nullable
    String canonical(String text);

    /** The major version of the server. */
    int serverVersion();
}
