package io.pgstream.oracle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tables of a size at which speed matters, and queries over them.
 *
 * @param setup what makes and fills the tables
 * @param copies how often the rows are there once more, each time with other keys
 * @param queries by their names
 */
record SpeedWorkload(String name, List<String> setup, int copies, Map<String, String> queries) {

    static final List<String> NAMES = List.of(
            "business",
            "reports",
            "realistic",
            "more",
            "generated",
            "syntax",
            "warehouse",
            "reporting",
            "varied",
            "apps");

    static SpeedWorkload of(String name) {
        return switch (name) {
            case "business", "reports" -> business(name);
            case "realistic" -> copied(name, RealisticQueries.tables(), 2_000, RealisticQueries.queries());
            case "more" -> copied(name, RealisticQueries.tables(), 2_000, RealisticQueries.moreQueries());
            case "generated" -> copied(name, RealisticQueries.tables(), 2_000, RealisticQueries.generatedQueries());
            case "syntax" -> copied(name, RealisticQueries.tables(), 2_000, RealisticQueries.syntax());
            case "warehouse" ->
                copied(name, RealisticQueries.warehouseTables(), 1_000, RealisticQueries.warehouseQueries());
            case "reporting" ->
                copied(name, RealisticQueries.reportingTables(), 1_000, RealisticQueries.reportingQueries());
            case "varied" -> copied(name, RealisticQueries.variedTables(), 1_000, RealisticQueries.variedQueries());
            case "apps" ->
                copied(name, RealisticQueries.applicationTables(), 1_000, RealisticQueries.applicationQueries());
            default -> throw new IllegalArgumentException(name + " is none of " + NAMES);
        };
    }

    /** Both are queries over the same tables. */
    private static SpeedWorkload business(String name) {
        Application application = Application.read("speed/business");
        Map<String, String> queries = new LinkedHashMap<>();
        for (String line : Application.read("speed/" + name).queries()) {
            int colon = line.indexOf(": ");
            queries.put(line.substring(0, colon), line.substring(colon + 2));
        }
        List<String> setup = new ArrayList<>(application.tables());
        setup.addAll(application.rows());
        return new SpeedWorkload(name, setup, 0, queries);
    }

    private static SpeedWorkload copied(String name, List<String> setup, int copies, List<String> queries) {
        Map<String, String> named = new LinkedHashMap<>();
        queries.forEach(query -> named.put(name + (named.size() + 1), query));
        return new SpeedWorkload(name, setup, Integer.getInteger("pgstream.speed.copies", copies), named);
    }
}
