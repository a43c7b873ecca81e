package io.pgstream.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.generate.GenerationContext;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.ConstructorArgumentValues.ValueHolder;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;

/**
 * What is needed at run time and found by no reference in code: the migrations of the catalog, the records that stand for rows, and
 * the resources that hold queries.
 */
final class StreamTableHints implements RuntimeHintsRegistrar, BeanFactoryInitializationAotProcessor {

    private static final int TYPE_NAME = 0;

    private static final int QUERY_RESOURCE = 3;

    private final BindingReflectionHintsRegistrar bindings = new BindingReflectionHintsRegistrar();

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.resources().registerPattern("io/pgstream/catalog/migration/*.sql");
    }

    @Override
    public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
            ConfigurableListableBeanFactory beanFactory) {
        String[] names = beanFactory.getBeanNamesForType(AnnotatedStreamTable.class, true, false);
        return (names.length == 0)
                ? null
                : (context, code) -> {
                    for (String name : names) {
                        contribute(beanFactory.getBeanDefinition(name), context, beanFactory.getBeanClassLoader());
                    }
                };
    }

    private void contribute(BeanDefinition table, GenerationContext context, @Nullable ClassLoader classLoader) {
        Class<?> type = ClassUtils.resolveClassName(argument(table, TYPE_NAME), classLoader);
        if (type.isRecord()) {
            bindings.registerReflectionHints(context.getRuntimeHints().reflection(), type);
        } else {
            // It is looked at to see that it is no record.
            context.getRuntimeHints().reflection().registerType(type);
        }
        String resource = argument(table, QUERY_RESOURCE);
        if (resource.startsWith(ResourceLoader.CLASSPATH_URL_PREFIX)) {
            String path = resource.substring(ResourceLoader.CLASSPATH_URL_PREFIX.length());
            context.getRuntimeHints().resources().registerPattern(path.startsWith("/") ? path.substring(1) : path);
        }
    }

    private static String argument(BeanDefinition table, int index) {
        ValueHolder value = table.getConstructorArgumentValues().getIndexedArgumentValue(index, String.class);
        return (value == null) ? "" : String.valueOf(value.getValue());
    }
}
