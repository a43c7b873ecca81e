package io.pgstream.autoconfigure;

import io.pgstream.ErrorCode;
import io.pgstream.InvalidDefinitionException;
import io.pgstream.QualifiedName;
import io.pgstream.StreamTableChanges;
import io.pgstream.StreamTableListener;
import io.pgstream.feed.Subscription;
import io.pgstream.feed.Subscription.RowReader;
import java.lang.reflect.Method;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Map;
import org.springframework.beans.BeanUtils;
import org.springframework.core.ResolvableType;
import org.springframework.jdbc.core.ColumnMapRowMapper;
import org.springframework.jdbc.core.SimplePropertyRowMapper;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;

/** A {@link StreamTableListener} method of a bean. */
final class ListenerMethod {

    private static final String OF_THE_FEED = "pgstream_";

    private final Object bean;

    private final Method method;

    private final String id;

    private final QualifiedName table;

    private final Class<?> rowType;

    ListenerMethod(Object bean, Class<?> type, Method method, StreamTableListener listener) {
        this.bean = bean;
        this.method = method;
        this.id = StringUtils.hasText(listener.id()) ? listener.id() : type.getSimpleName() + "." + method.getName();
        this.table = QualifiedName.parse(listener.table());
        this.rowType = rowType(type, method);
        ReflectionUtils.makeAccessible(method);
    }

    private static Class<?> rowType(Class<?> type, Method method) {
        if (method.getParameterCount() == 1 && method.getParameterTypes()[0] == StreamTableChanges.class) {
            Class<?> row =
                    ResolvableType.forMethodParameter(method, 0).getGeneric(0).resolve(Object.class);
            if (row == Map.class || (row != Object.class && !BeanUtils.isSimpleProperty(row))) {
                return row;
            }
        }
        throw new InvalidDefinitionException(
                ErrorCode.INVALID_OPTION,
                "The @StreamTableListener method " + type.getName() + "." + method.getName()
                        + " has other parameters than a StreamTableChanges of a type for rows.",
                "Declare it with one parameter, such as StreamTableChanges<RevenueByCustomer> or"
                        + " StreamTableChanges<Map<String, Object>>.");
    }

    String id() {
        return id;
    }

    QualifiedName table() {
        return table;
    }

    /** The record that stands for the rows, or whatever else does. */
    Class<?> rowType() {
        return rowType;
    }

    Subscription<Object> subscription(QualifiedName qualified) {
        return new Subscription<>(id, qualified, reader(), this::invoke);
    }

    private RowReader<Object> reader() {
        if (rowType != Map.class) {
            return new SimplePropertyRowMapper<Object>(uncheckedType())::mapRow;
        }
        ColumnMapRowMapper mapper = new ColumnMapRowMapper();
        return (row, number) -> {
            Map<String, Object> columns = mapper.mapRow(row, number);
            columns.keySet().removeIf(name -> name.startsWith(OF_THE_FEED));
            return columns;
        };
    }

    @SuppressWarnings("unchecked") // The rows are only handed to the method, whose parameter has that type.
    private Class<Object> uncheckedType() {
        return (Class<Object>) rowType;
    }

    private void invoke(StreamTableChanges<Object> changes) {
        try {
            method.invoke(bean, changes);
        } catch (ReflectiveOperationException e) {
            Throwable cause = (e.getCause() != null) ? e.getCause() : e;
            ReflectionUtils.rethrowRuntimeException(
                    (cause instanceof RuntimeException) ? cause : new UndeclaredThrowableException(cause));
        }
    }

    @Override
    public String toString() {
        return method.getDeclaringClass().getName() + "." + method.getName();
    }
}
