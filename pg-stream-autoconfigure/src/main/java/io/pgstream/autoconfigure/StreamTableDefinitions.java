package io.pgstream.autoconfigure;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.StreamTableDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;

/**
 * All definitions of the application: those of the code, overridden by those of {@code pg-stream.tables}. Two
 * declarations of one name are an error, unless one is code's and the other is configuration's.
 */
final class StreamTableDefinitions {

    private final List<AnnotatedStreamTable> annotated;

    private final Map<String, StreamTableDefinitionSource> sources;

    private final List<PgStreamProperties.Table> configured;

    private final ResourceLoader resourceLoader;

    StreamTableDefinitions(
            List<AnnotatedStreamTable> annotated,
            Map<String, StreamTableDefinitionSource> sources,
            List<PgStreamProperties.Table> configured,
            ResourceLoader resourceLoader) {
        this.annotated = List.copyOf(annotated);
        this.sources = new LinkedHashMap<>(sources);
        this.configured = List.copyOf(configured);
        this.resourceLoader = resourceLoader;
    }

    List<StreamTableDefinition> collect() {
        Map<QualifiedName, Declaration> declarations = declaredByCode();
        configuredDeclarations().forEach((name, configuration) -> {
            Declaration code = declarations.get(name);
            declarations.put(name, (code == null) ? configuration : code.overriddenBy(configuration));
        });
        return declarations.values().stream()
                .map(declaration -> declaration.resolve(resourceLoader))
                .toList();
    }

    /** The records that stand for rows, by the stream tables that they declare. */
    Map<QualifiedName, Class<?>> rowTypes() {
        Map<QualifiedName, Class<?>> types = new LinkedHashMap<>();
        for (AnnotatedStreamTable table : annotated) {
            Class<?> type = ClassUtils.resolveClassName(table.typeName(), resourceLoader.getClassLoader());
            if (type.isRecord() && type.getRecordComponents().length > 0) {
                types.put(Declaration.of(table).name(), type);
            }
        }
        return types;
    }

    private Map<QualifiedName, Declaration> declaredByCode() {
        Map<QualifiedName, Declaration> declarations = new LinkedHashMap<>();
        annotated.forEach(table -> add(declarations, Declaration.of(table)));
        sources.forEach((beanName, source) -> source.definitions()
                .forEach(definition -> add(declarations, Declaration.of(definition, "the bean " + beanName))));
        return declarations;
    }

    private Map<QualifiedName, Declaration> configuredDeclarations() {
        Map<QualifiedName, Declaration> declarations = new LinkedHashMap<>();
        for (int i = 0; i < configured.size(); i++) {
            add(declarations, Declaration.of(configured.get(i), "pg-stream.tables[" + i + "]"));
        }
        return declarations;
    }

    private static void add(Map<QualifiedName, Declaration> declarations, Declaration declaration) {
        Declaration first = declarations.putIfAbsent(declaration.name(), declaration);
        if (first != null) {
            throw new InvalidDefinitionException(
                    ErrorCode.DUPLICATE_DEFINITION,
                    "The stream table " + declaration.name() + " is defined twice: by " + first.origin() + " and by "
                            + declaration.origin() + ".",
                    "Rename or remove one of them. To change a declaration of the code, define it in"
                            + " pg-stream.tables, which overrides it.");
        }
    }
}
