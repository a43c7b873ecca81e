package io.pgstream.oracle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an application has: tables with triggers, rules and views, their first rows, queries and changes; read from a resource
 * with a statement on each line.
 *
 * <p>In a change, {@code «1..9»} is a number and {@code «a|b»} one of the alternatives; two semicolons separate statements,
 * {@code ¶} and {@code →} are the end of a line and a tab of what is copied. A query whose parts are separated by {@code |}
 * can be taken apart ({@link QueryBlock}).
 */
record Application(String name, List<String> tables, List<String> rows, List<String> queries, List<String> changes) {

    static final List<String> NAMES = List.of("shop", "ledger", "tracking", "messages");

    private static final Pattern PLACEHOLDER = Pattern.compile("«([^»]*)»");

    private static final Pattern NUMBERS = Pattern.compile("(-?\\d+)\\.\\.(-?\\d+)");

    static Application read(String name) {
        Map<String, List<String>> sections = new LinkedHashMap<>();
        List<String> section = new ArrayList<>();
        for (String line : text((name.contains("/") ? name : "applications/" + name) + ".txt")
                .lines()
                .toList()) {
            if (line.startsWith("# ")) {
                section = new ArrayList<>();
                sections.put(line.substring(2), section);
            } else if (!line.isBlank() && !line.startsWith("--")) {
                section.add(line);
            }
        }
        return new Application(
                name,
                sections.getOrDefault("tables", List.of()),
                sections.getOrDefault("rows", List.of()),
                sections.getOrDefault("queries", List.of()),
                sections.getOrDefault("changes", List.of()));
    }

    private static String text(String resource) {
        try (InputStream stream = Objects.requireNonNull(Application.class.getResourceAsStream(resource))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * What happens between two refreshes.
     *
     * @param altered whether tables are altered too
     */
    List<String> cycle(Random random, boolean altered) {
        if (!altered) {
            List<String> rest = changes.stream()
                    .filter(change -> !change.startsWith("ALTER ") && !change.startsWith("CREATE "))
                    .toList();
            return new Application(name, tables, rows, queries, rest).cycle(random);
        }
        return cycle(random);
    }

    private List<String> cycle(Random random) {
        List<String> statements = new ArrayList<>();
        if (random.nextInt(10) == 0) {
            statements.add(Oracle.FULLY);
        }
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            List<String> change = change(random);
            boolean own = change.stream()
                    .anyMatch(it -> it.equals("BEGIN") || it.startsWith("SET ") || it.startsWith("ALTER "));
            if (own || random.nextInt(3) > 0) {
                statements.addAll(change);
            } else {
                transaction(random, change, statements);
            }
        }
        return statements;
    }

    private void transaction(Random random, List<String> change, List<String> statements) {
        statements.add("BEGIN");
        statements.addAll(change);
        for (int i = random.nextInt(3); i >= 0; i--) {
            List<String> next = change(random);
            boolean own = next.stream().anyMatch(it -> it.equals("BEGIN") || it.startsWith("SET "));
            if (!own) {
                boolean undone = random.nextInt(3) == 0;
                statements.add("SAVEPOINT s" + i);
                statements.addAll(next);
                statements.add(undone ? "ROLLBACK TO s" + i : "RELEASE s" + i);
            }
        }
        statements.add(random.nextInt(8) == 0 ? "ROLLBACK" : "COMMIT");
    }

    private List<String> change(Random random) {
        String template = changes.get(random.nextInt(changes.size()));
        // What empties tables or alters them leaves little to see when it happens all the time.
        boolean drastic = template.startsWith("TRUNCATE") || template.startsWith("ALTER");
        if (drastic && random.nextInt(3) > 0) {
            return change(random);
        }
        String filled = PLACEHOLDER
                .matcher(template)
                .replaceAll(match -> Matcher.quoteReplacement(value(match.group(1), random)))
                .replace('¶', '\n')
                .replace('→', '\t');
        return List.of(filled.split(" ;; "));
    }

    private static String value(String alternatives, Random random) {
        Matcher numbers = NUMBERS.matcher(alternatives);
        if (numbers.matches()) {
            int low = Integer.parseInt(numbers.group(1));
            return String.valueOf(low + random.nextInt(Integer.parseInt(numbers.group(2)) - low + 1));
        }
        String[] values = alternatives.split("\\|", -1);
        return values[random.nextInt(values.length)];
    }
}
