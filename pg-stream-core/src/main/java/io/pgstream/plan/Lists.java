package io.pgstream.plan;

import java.util.ArrayList;
import java.util.List;

/** Small helpers for immutable lists. */
public final class Lists {

    private Lists() {}

    /** A list with one element more. */
    public static <T> List<T> append(List<? extends T> list, T element) {
        List<T> result = new ArrayList<>(list);
        result.add(element);
        return List.copyOf(result);
    }

    /** Two lists, one behind the other. */
    public static <T> List<T> concat(List<? extends T> first, List<? extends T> second) {
        List<T> result = new ArrayList<>(first);
        result.addAll(second);
        return List.copyOf(result);
    }

    /** Whether two lists hold the same objects. */
    public static boolean same(List<?> first, List<?> second) {
        if (first.size() != second.size()) {
            return false;
        }
        for (int i = 0; i < first.size(); i++) {
            if (first.get(i) != second.get(i)) {
                return false;
            }
        }
        return true;
    }
}
