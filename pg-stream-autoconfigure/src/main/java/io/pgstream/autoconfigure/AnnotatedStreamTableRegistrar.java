package io.pgstream.autoconfigure;

import io.pgstream.DiamondConsistency;
import io.pgstream.DiamondPolicy;
import io.pgstream.RefreshMode;
import io.pgstream.StreamTable;
import java.util.List;
import java.util.Locale;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/**
 * Finds the {@link StreamTable} types in the packages of the application, while bean definitions are made. The types are
 * read, not loaded. {@code @Profile} and other conditions on them are honoured.
 */
final class AnnotatedStreamTableRegistrar implements ImportBeanDefinitionRegistrar {

    private final Environment environment;

    private final ResourceLoader resourceLoader;

    private final BeanFactory beanFactory;

    AnnotatedStreamTableRegistrar(Environment environment, ResourceLoader resourceLoader, BeanFactory beanFactory) {
        this.environment = environment;
        this.resourceLoader = resourceLoader;
        this.beanFactory = beanFactory;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importingClass, BeanDefinitionRegistry registry) {
        if (!AutoConfigurationPackages.has(beanFactory)) {
            return;
        }
        ClassPathScanningCandidateComponentProvider scanner = scanner();
        List<String> packages = AutoConfigurationPackages.get(beanFactory);
        for (String basePackage : packages) {
            for (BeanDefinition candidate : scanner.findCandidateComponents(basePackage)) {
                register(((AnnotatedBeanDefinition) candidate).getMetadata(), registry);
            }
        }
    }

    private ClassPathScanningCandidateComponentProvider scanner() {
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false) {

            @Override
            protected boolean isCandidateComponent(AnnotatedBeanDefinition definition) {
                return !definition.getMetadata().isAnnotation();
            }
        };
        scanner.setEnvironment(environment);
        scanner.setResourceLoader(resourceLoader);
        scanner.addIncludeFilter(new AnnotationTypeFilter(StreamTable.class, false));
        return scanner;
    }

    private void register(AnnotationMetadata type, BeanDefinitionRegistry registry) {
        String beanName = AnnotatedStreamTable.class.getName() + "#" + type.getClassName();
        if (registry.containsBeanDefinition(beanName)) {
            return;
        }
        MergedAnnotation<StreamTable> annotation = type.getAnnotations().get(StreamTable.class);
        String name = annotation.getString("name");
        BeanDefinition definition = BeanDefinitionBuilder.rootBeanDefinition(AnnotatedStreamTable.class)
                .addConstructorArgValue(type.getClassName())
                .addConstructorArgValue(name.isEmpty() ? snakeCase(type.getClassName()) : name)
                .addConstructorArgValue(annotation.getString("query"))
                .addConstructorArgValue(annotation.getString("queryResource"))
                .addConstructorArgValue(annotation.getString("schedule"))
                .addConstructorArgValue(
                        annotation.getEnum("mode", RefreshMode.class).name())
                .addConstructorArgValue(annotation
                        .getEnum("diamondConsistency", DiamondConsistency.class)
                        .name())
                .addConstructorArgValue(
                        annotation.getEnum("diamondPolicy", DiamondPolicy.class).name())
                .setRole(BeanDefinition.ROLE_INFRASTRUCTURE)
                .getBeanDefinition();
        registry.registerBeanDefinition(beanName, definition);
    }

    static String snakeCase(String className) {
        String simpleName = ClassUtils.getShortName(className);
        String nestedName = simpleName.substring(simpleName.lastIndexOf('.') + 1);
        return nestedName
                .replaceAll("(\\p{Ll}|\\p{N})(\\p{Lu})", "$1_$2")
                .replaceAll("(\\p{Lu})(\\p{Lu}\\p{Ll})", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }
}
