package io.pgstream.autoconfigure;

import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;

/** Selects the application's data source that pg-stream works on: the marked one, else the only or the primary one. */
final class DataSourceSelector {

    private final ObjectProvider<DataSource> marked;

    private final ObjectProvider<DataSource> candidates;

    private final ListableBeanFactory beanFactory;

    DataSourceSelector(
            ObjectProvider<DataSource> marked, ObjectProvider<DataSource> candidates, ListableBeanFactory beanFactory) {
        this.marked = marked;
        this.candidates = candidates;
        this.beanFactory = beanFactory;
    }

    DataSource select() {
        List<String> markedNames = names(true);
        DataSource dataSource = (markedNames.isEmpty() ? candidates : marked).getIfUnique();
        if (dataSource == null) {
            throw new AmbiguousDataSourceException(markedNames.isEmpty() ? names(false) : markedNames);
        }
        return dataSource;
    }

    boolean isOnlyOne() {
        return names(false).size() == 1;
    }

    private List<String> names(boolean onlyMarked) {
        return Arrays.stream(beanFactory.getBeanNamesForType(DataSource.class, true, false))
                .filter(name -> !onlyMarked || marker(name) != null)
                .toList();
    }

    private @Nullable PgStreamDataSource marker(String beanName) {
        return beanFactory.findAnnotationOnBean(beanName, PgStreamDataSource.class);
    }
}
