package io.pgstream.autoconfigure;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.pgstream.autoconfigure.test.AutoConfigureStreamTables;
import java.util.List;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Condition;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.scheduling.TaskScheduler;

/** The rules that Spring Boot keeps for auto-configurations, and ours for a library that stays out of the way. */
@AnalyzeClasses(packages = "io.pgstream.autoconfigure", importOptions = ImportOption.DoNotIncludeTests.class)
class AutoConfigurationArchitectureTest {

    private static final List<Class<?>> COMMON_TYPES =
            List.of(DataSource.class, TaskScheduler.class, Executor.class, JdbcOperations.class);

    @ArchTest
    static final ArchRule autoConfigurationsArePublicAndFinal = classes()
            .that()
            .areAnnotatedWith(AutoConfiguration.class)
            .should()
            .bePublic()
            .andShould()
            .haveModifier(JavaModifier.FINAL)
            .andShould()
            .haveSimpleNameEndingWith("AutoConfiguration");

    @ArchTest
    static final ArchRule autoConfigurationsHaveNoPublicMembers =
            classes().that().areAnnotatedWith(AutoConfiguration.class).should(haveNoPublicMembers());

    @ArchTest
    static final ArchRule beanMethodsArePackagePrivate =
            methods().that().areAnnotatedWith(Bean.class).should().bePackagePrivate();

    @ArchTest
    static final ArchRule beanMethodsHaveNoConditionOnAClass = methods()
            .that()
            .areAnnotatedWith(Bean.class)
            .should()
            .notBeAnnotatedWith(ConditionalOnClass.class)
            .because("the signature of the method would have to load the class first");

    @ArchTest
    static final ArchRule postProcessorsAndFiltersAreStatic = methods()
            .that()
            .areAnnotatedWith(Bean.class)
            .and()
            .haveRawReturnType(DescribedPredicate.describe(
                    "a bean that is needed early",
                    type -> type.isAssignableTo(BeanPostProcessor.class)
                            || type.isAssignableTo(BeanFactoryPostProcessor.class)
                            || type.isAssignableTo(LazyInitializationExcludeFilter.class)))
            .should()
            .beStatic();

    @ArchTest
    static final ArchRule conditionsAreNotPublic =
            classes().that().implement(Condition.class).should().notBePublic().allowEmptyShould(true);

    @ArchTest
    static final ArchRule nothingIsFoundByScanning = noClasses().should().beAnnotatedWith(ComponentScan.class);

    @ArchTest
    static final ArchRule noFlywayIsPublished = methods()
            .that()
            .areAnnotatedWith(Bean.class)
            .should()
            .notHaveRawReturnType(DescribedPredicate.describe("Flyway", type -> type.isAssignableTo(Flyway.class)))
            .because("the application's own migrations would be skipped");

    @ArchTest
    static final ArchRule beansOfCommonTypesAreNoDefaultCandidates = methods()
            .that()
            .areAnnotatedWith(Bean.class)
            .and()
            .haveRawReturnType(DescribedPredicate.describe(
                    "a common type", type -> COMMON_TYPES.stream().anyMatch(type::isAssignableTo)))
            .should(new ArchCondition<>("be no default candidate") {

                @Override
                public void check(JavaMethod method, ConditionEvents events) {
                    boolean defaultCandidate =
                            method.getAnnotationOfType(Bean.class).defaultCandidate();
                    events.add(new SimpleConditionEvent(method, !defaultCandidate, method.getFullName()));
                }
            });

    @ArchTest
    static final ArchRule initializersOfTheDatabaseTakeNoTemplate = noClasses()
            .that()
            .haveSimpleNameStartingWith("Catalog")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(JdbcOperations.class)
            .because("templates wait for all initializers");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.pgstream.autoconfigure.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theBaseDoesNotKnowOperations = noClasses()
            .that()
            .resideInAPackage("io.pgstream.autoconfigure")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.pgstream.autoconfigure.actuate..",
                    "io.micrometer..",
                    "org.springframework.boot.actuate..",
                    "org.springframework.boot.health..");

    @ArchTest
    static void everyAutoConfigurationIsRegistered(JavaClasses imported) {
        assertThat(candidates(AutoConfiguration.class))
                .isSorted()
                .containsExactlyInAnyOrderElementsOf(imported.stream()
                        .filter(type -> type.isAnnotatedWith(AutoConfiguration.class))
                        .filter(type -> !type.getPackageName().equals(AutoConfigureStreamTables.class.getPackageName()))
                        .map(JavaClass::getName)
                        .toList());
    }

    @ArchTest
    static void anAutoConfigurationForTestsIsImportedByThemOnly(JavaClasses imported) {
        assertThat(candidates(AutoConfigureStreamTables.class))
                .isSorted()
                .containsAll(imported.stream()
                        .filter(type -> type.isAnnotatedWith(AutoConfiguration.class))
                        .filter(type -> type.getPackageName().equals(AutoConfigureStreamTables.class.getPackageName()))
                        .map(JavaClass::getName)
                        .toList());
    }

    private static List<String> candidates(Class<?> annotation) {
        return ImportCandidates.load(annotation, AutoConfigurationArchitectureTest.class.getClassLoader())
                .getCandidates()
                .stream()
                .filter(name -> name.startsWith("io.pgstream."))
                .toList();
    }

    private static ArchCondition<JavaClass> haveNoPublicMembers() {
        return new ArchCondition<>("have no public members") {

            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (JavaMember member : type.getMembers()) {
                    boolean isPublic = member.getModifiers().contains(JavaModifier.PUBLIC);
                    events.add(new SimpleConditionEvent(member, !isPublic, member.getFullName()));
                }
            }
        };
    }
}
