package io.pgstream.engine;

import io.pgstream.Explanation;
import io.pgstream.PgStreamBugException;
import io.pgstream.RefreshListener;
import io.pgstream.RefreshResult;
import io.pgstream.StreamTableAlteration;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableInfo;
import io.pgstream.StreamTableOperations;
import io.pgstream.Verification;
import java.util.List;
import javax.sql.DataSource;

/** Interface draft; the implementation follows. */
public final class StreamTableEngine implements StreamTableOperations {

    public StreamTableEngine(DataSource dataSource, EngineSettings settings, List<RefreshListener> listeners) {}

    /** Creates or upgrades the catalog; safe when several instances start at once. */
    public void migrate() {
        throw new PgStreamBugException("draft", null);
    }

    @Override
    public StreamTableInfo create(StreamTableDefinition definition) {
        throw new PgStreamBugException("draft", null);
    }

    @Override
    public List<StreamTableInfo> synchronize(List<StreamTableDefinition> definitions) {
        throw new PgStreamBugException("draft", null);
    }

    @Override
    public StreamTableInfo alter(String name, StreamTableAlteration alteration) {
        throw new PgStreamBugException("draft", null);
    }

    @Override
    public void drop(String name) {
        throw new PgStreamBugException("draft", null);
    }

    @Override
    public RefreshResult refresh(String name) {
        throw new PgStreamBugException("draft", null);
    }

    @Override
    public RefreshResult refreshFully(String name) {
        throw new PgStreamBugException("draft", null);
    }

    @Override
    public void suspend(String name) {
        throw new PgStreamBugException("draft", null);
    }

    @Override
    public void resume(String name) {
        throw new PgStreamBugException("draft", null);
    }

    @Override
    public Explanation explain(String name) {
        throw new PgStreamBugException("draft", null);
    }

    @Override
    public Explanation explainQuery(String query) {
        throw new PgStreamBugException("draft", null);
    }

    @Override
    public Verification verify(String name) {
        throw new PgStreamBugException("draft", null);
    }

    @Override
    public StreamTableInfo get(String name) {
        throw new PgStreamBugException("draft", null);
    }

    @Override
    public List<StreamTableInfo> list() {
        throw new PgStreamBugException("draft", null);
    }

    @Override
    public List<RefreshResult> history(String name, int limit) {
        throw new PgStreamBugException("draft", null);
    }
}
