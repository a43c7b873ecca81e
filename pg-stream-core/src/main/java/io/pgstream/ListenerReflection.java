package io.pgstream;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.annotation.SimpleReflectiveProcessor;
import org.springframework.core.ResolvableType;

/** Says ahead of time that a listener is called, and its rows are made, by reflection. */
final class ListenerReflection extends SimpleReflectiveProcessor {

    private final BindingReflectionHintsRegistrar bindings = new BindingReflectionHintsRegistrar();

    @Override
    public void registerReflectionHints(ReflectionHints hints, AnnotatedElement element) {
        super.registerReflectionHints(hints, element);
        if (element instanceof Method method && method.getParameterCount() == 1) {
            Class<?> row =
                    ResolvableType.forMethodParameter(method, 0).getGeneric(0).resolve();
            if (row != null && row != Object.class && !row.isInterface()) {
                bindings.registerReflectionHints(hints, row);
            }
        }
    }
}
