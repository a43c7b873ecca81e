package io.pgstream.architecture;

import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** House rules that hold for every class of this module. */
class CodeRulesTest {

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.pgstream");

    @Test
    void a_public_field_is_constant() {
        fields().that()
                .arePublic()
                .should()
                .beStatic()
                .andShould()
                .beFinal()
                .allowEmptyShould(true)
                .check(CORE);
    }

    @Test
    void static_state_is_never_reassigned() {
        fields().that()
                .areStatic()
                .and()
                .doNotHaveName("$jacocoData")
                .should()
                .haveModifier(FINAL)
                .check(CORE);
    }

    @Test
    void optional_is_for_results_only() {
        noFields().should().haveRawType(Optional.class).allowEmptyShould(true).check(CORE);
        noMethods()
                .should()
                .haveRawParameterTypes(Optional.class)
                .allowEmptyShould(true)
                .check(CORE);
    }

    @Test
    void dependencies_come_through_constructors() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.springframework.beans.factory.annotation.Autowired")
                .check(CORE);
    }

    @Test
    void what_is_to_be_said_goes_to_the_log() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CORE);
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(CORE);
    }
}
