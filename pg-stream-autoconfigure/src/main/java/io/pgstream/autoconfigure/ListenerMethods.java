package io.pgstream.autoconfigure;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.StreamTableListener;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;

/** Finds the {@link StreamTableListener} methods of beans as these are made. */
final class ListenerMethods implements BeanPostProcessor {

    private final Map<String, ListenerMethod> methods = new ConcurrentHashMap<>();

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Class<?> type = AopUtils.getTargetClass(bean);
        if (listens(type)) {
            find(type).forEach((method, listener) -> add(bean, type, method, listener));
        }
        return bean;
    }

    static boolean listens(Class<?> type) {
        return AnnotationUtils.isCandidateClass(type, StreamTableListener.class)
                && !find(type).isEmpty();
    }

    private static Map<Method, StreamTableListener> find(Class<?> type) {
        return MethodIntrospector.selectMethods(type, (MethodIntrospector.MetadataLookup<StreamTableListener>)
                method -> AnnotatedElementUtils.findMergedAnnotation(method, StreamTableListener.class));
    }

    private void add(Object bean, Class<?> type, Method method, StreamTableListener listener) {
        Method invocable = AopUtils.selectInvocableMethod(method, bean.getClass());
        ListenerMethod added = new ListenerMethod(bean, type, invocable, listener);
        ListenerMethod other = methods.putIfAbsent(added.id(), added);
        if (other != null) {
            throw new InvalidDefinitionException(
                    ErrorCode.DUPLICATE_DEFINITION,
                    "Two @StreamTableListener methods have the id '" + added.id() + "': " + other + " and " + added
                            + ".",
                    "Give each an id of its own: it is what their positions are remembered under.");
        }
    }

    List<ListenerMethod> all() {
        return List.copyOf(new TreeMap<>(methods).values());
    }
}
