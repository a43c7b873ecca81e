package io.pgstream;

/**
 * What makes a stream table: its name, its query, and when and how it is refreshed.
 *
 * @param name the name of the table
 * @param query the defining query, one SELECT
 * @param schedule when the table is refreshed
 * @param mode how the table is refreshed
 * @param diamondConsistency whether it is refreshed with the other tables of a diamond
 * @param diamondPolicy when the tables of a diamond are due
 * @since 0.1.0
 */
public record StreamTableDefinition(
        QualifiedName name,
        String query,
        Schedule schedule,
        RefreshMode mode,
        DiamondConsistency diamondConsistency,
        DiamondPolicy diamondPolicy) {

    public StreamTableDefinition {
        if (query.isBlank()) {
            throw new InvalidDefinitionException(
                    ErrorCode.INVALID_QUERY,
                    "The stream table " + name + " has no query.",
                    "Give it one SELECT as its query.");
        }
    }

    /**
     * A definition that leaves diamonds to the settings.
     *
     * @param name the name of the table
     * @param query the defining query, one SELECT
     * @param schedule when the table is refreshed
     * @param mode how the table is refreshed
     */
    public StreamTableDefinition(QualifiedName name, String query, Schedule schedule, RefreshMode mode) {
        this(name, query, schedule, mode, DiamondConsistency.DEFAULT, DiamondPolicy.DEFAULT);
    }

    /**
     * A definition with the mode {@link RefreshMode#AUTO} and the schedule {@link Schedule.Calculated}.
     *
     * @param name the name, as {@link QualifiedName#parse(String)} reads it
     * @param query the defining query, one SELECT
     * @return the definition
     */
    public static StreamTableDefinition of(String name, String query) {
        return new StreamTableDefinition(QualifiedName.parse(name), query, new Schedule.Calculated(), RefreshMode.AUTO);
    }

    /**
     * This definition with another schedule.
     *
     * @param newSchedule a text for {@link Schedule#parse(String)}
     * @return a new definition
     */
    public StreamTableDefinition withSchedule(String newSchedule) {
        return new StreamTableDefinition(
                name, query, Schedule.parse(newSchedule), mode, diamondConsistency, diamondPolicy);
    }

    /**
     * This definition with another mode.
     *
     * @param newMode the mode
     * @return a new definition
     */
    public StreamTableDefinition withMode(RefreshMode newMode) {
        return new StreamTableDefinition(name, query, schedule, newMode, diamondConsistency, diamondPolicy);
    }

    /**
     * This definition with another query.
     *
     * @param newQuery the defining query, one SELECT
     * @return a new definition
     */
    public StreamTableDefinition withQuery(String newQuery) {
        return new StreamTableDefinition(name, newQuery, schedule, mode, diamondConsistency, diamondPolicy);
    }

    /**
     * This definition with a word about the diamonds that the table is part of.
     *
     * @param consistency whether it is refreshed with the other tables of a diamond
     * @param policy when the tables of a diamond are due
     * @return a new definition
     */
    public StreamTableDefinition withDiamond(DiamondConsistency consistency, DiamondPolicy policy) {
        return new StreamTableDefinition(name, query, schedule, mode, consistency, policy);
    }
}
