package io.pgstream.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which package may use which. A new package has to find its place in {@link #USES} before it compiles into a green
 * build, so that the map stays the picture of the architecture.
 */
class PackageDirectionTest {

    private static final String ROOT = "io.pgstream";

    /** What each package may use besides itself, its own sub-packages and the root package. */
    private static final Map<String, Set<String>> USES = Map.ofEntries(
            entry("support", Set.of()),
            entry("plan", Set.of("support")),
            entry("analyze", Set.of("plan", "support")),
            entry("sql", Set.of("analyze", "plan", "support")),
            entry("resolve", Set.of("plan", "sql", "support")),
            entry("parse", Set.of("plan", "resolve", "sql", "support")),
            entry("delta", Set.of("analyze", "parse", "plan", "resolve", "sql", "support")),
            entry("catalog", Set.of("plan", "sql", "support")),
            entry("cdc", Set.of("catalog", "plan", "sql", "support")),
            entry("feed", Set.of("catalog", "sql", "support")),
            entry("graph", Set.of("support")),
            entry(
                    "refresh",
                    Set.of("analyze", "catalog", "cdc", "delta", "parse", "plan", "resolve", "sql", "support")),
            entry("synchronous", Set.of("catalog", "delta", "plan", "refresh", "sql", "support")),
            entry(
                    "engine",
                    Set.of(
                            "analyze",
                            "catalog",
                            "cdc",
                            "delta",
                            "feed",
                            "graph",
                            "parse",
                            "plan",
                            "refresh",
                            "resolve",
                            "sql",
                            "support",
                            "synchronous")),
            entry("schedule", Set.of("catalog", "engine", "graph", "refresh", "support")),
            entry("alert", Set.of("sql", "support")),
            entry("request", Set.of("catalog", "engine", "sql", "support")));

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    static Stream<String> packages() {
        return USES.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void a_package_uses_only_the_packages_below_it(String name) {
        String[] allowed = Stream.concat(Stream.of(name), USES.get(name).stream())
                .map(used -> ROOT + "." + used + "..")
                .toArray(String[]::new);

        noClasses()
                .that()
                .resideInAPackage(ROOT + "." + name + "..")
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + ".*..").and(resideOutsideOfPackages(allowed)))
                .allowEmptyShould(true)
                .check(CORE);
    }

    @Test
    void the_public_api_uses_none_of_the_engine() {
        noClasses()
                .that()
                .resideInAPackage(ROOT)
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + ".*.."))
                .check(CORE);
    }

    @Test
    void every_package_has_a_place_among_the_others() {
        Set<String> found = CORE.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith(ROOT + "."))
                .map(name -> name.substring(ROOT.length() + 1).split("\\.", 2)[0])
                .collect(Collectors.toSet());

        assertThat(USES.keySet()).containsAll(found);
    }

    @Test
    void packages_do_not_use_each_other_in_a_circle() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CORE);
    }

    @Test
    void each_library_has_one_package_that_knows_it() {
        for (List<String> only : List.of(
                List.of("net.sf.jsqlparser..", "parse"),
                List.of("org.jgrapht..", "graph"),
                List.of("org.flywaydb..", "catalog"))) {
            noClasses()
                    .that()
                    .resideOutsideOfPackage(ROOT + "." + only.get(1) + "..")
                    .should()
                    .dependOnClassesThat(resideInAPackage(only.get(0)))
                    .as(only.get(0) + " is used by the package " + only.get(1) + " only")
                    .check(CORE);
        }
    }

    @Test
    void the_core_knows_neither_boot_nor_micrometer_nor_a_web_framework() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "org.springframework.boot..", "org.springframework.web..", "io.micrometer.."))
                .check(CORE);
    }
}
