package io.pgstream.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgstream.plan.ChangeScan;
import io.pgstream.plan.Consolidate;
import io.pgstream.plan.Fence;
import io.pgstream.plan.Operator;
import io.pgstream.plan.Relation;
import io.pgstream.plan.Sorted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of operators in the reference names those that a query can have, and which of them keep a state. */
class OperatorMatrixTest {

    /** Parts of deltas only. */
    private static final Set<Class<?>> OF_DELTAS =
            Set.of(Relation.class, ChangeScan.class, Consolidate.class, Fence.class, Sorted.class);

    private static Stream<Class<?>> operators(Class<?> type) {
        return type.isInterface()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(OperatorMatrixTest::operators)
                : Stream.of(type);
    }

    /** An operator says that it keeps a state by a method of its own or of the interface between. */
    private static boolean stateful(Class<?> operator) {
        return Stream.concat(Stream.of(operator), Arrays.stream(operator.getInterfaces()))
                .filter(type -> type != Operator.class)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .anyMatch(method -> method.getName().equals("stateful"));
    }

    @Test
    void the_reference_has_each_operator_with_its_state() throws IOException {
        Map<String, Boolean> documented = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("../docs/reference.md"))) {
            String[] cells = line.split(" \\| ");
            if (cells.length == 5 && cells[0].matches("\\| `[A-Z]\\w+`")) {
                documented.put(cells[0].replaceAll("[| `]", ""), !cells[3].equals("none"));
            }
        }
        Map<String, Boolean> inCode = new TreeMap<>();
        operators(Operator.class)
                .filter(type -> !OF_DELTAS.contains(type))
                .forEach(type -> inCode.put(type.getSimpleName(), stateful(type)));
        assertThat(documented).isEqualTo(inCode);
    }
}
