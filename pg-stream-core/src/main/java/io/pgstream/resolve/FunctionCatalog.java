package io.pgstream.resolve;

import io.pgstream.support.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Which functions there are. Those that PostgreSQL brings along are read once: three thousand in every compilation. */
final class FunctionCatalog {

    private static final String FUNCTIONS = """
        SELECT CASE WHEN n.nspname = 'pg_catalog' THEN '' ELSE n.nspname || '.' END || p.proname, p.prokind, p.proretset
          FROM pg_proc AS p
          JOIN pg_namespace AS n ON n.oid = p.pronamespace
         WHERE p.oid %s 16384::oid
        """;

    private static final Map<String, List<Function>> BUILT_IN = new ConcurrentHashMap<>();

    private record Function(String name, char kind, boolean set) {}

    private final Session session;

    FunctionCatalog(Session session) {
        this.session = session;
    }

    FunctionNames names() throws SQLException {
        String version = session.connection().getMetaData().getDatabaseProductVersion();
        List<Function> builtIn = BUILT_IN.get(version);
        if (builtIn == null) {
            builtIn = List.copyOf(read("<"));
            BUILT_IN.put(version, builtIn);
        }
        List<Function> all = new ArrayList<>(builtIn);
        all.addAll(read(">="));
        Set<String> plain = all.stream()
                .filter(function -> function.kind() == 'f')
                .map(Function::name)
                .collect(Collectors.toSet());
        Set<String> aggregates = all.stream()
                .filter(function -> function.kind() == 'a')
                .map(Function::name)
                .collect(Collectors.toSet());
        Set<String> sets =
                all.stream().filter(Function::set).map(Function::name).collect(Collectors.toSet());
        Set<String> ambiguous = new HashSet<>(aggregates);
        ambiguous.retainAll(plain);
        return new FunctionNames(Set.copyOf(aggregates), Set.copyOf(sets), Set.copyOf(ambiguous));
    }

    /** Object numbers below 16384 are given when a cluster is made. */
    private List<Function> read(String comparison) throws SQLException {
        return session.list(
                FUNCTIONS.formatted(comparison),
                row -> new Function(row.getString(1), row.getString(2).charAt(0), row.getBoolean(3)));
    }
}
