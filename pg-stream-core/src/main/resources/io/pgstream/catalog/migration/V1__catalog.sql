-- The catalog of pg-stream. ${changeBufferSchema} holds the change buffers and capture functions, ${stateSchema} what
-- operators remember. All belongs to the role that migrates.

CREATE SCHEMA IF NOT EXISTS ${changeBufferSchema};
CREATE SCHEMA IF NOT EXISTS ${stateSchema};

COMMENT ON SCHEMA ${changeBufferSchema} IS 'pg-stream: captured changes; written by triggers, not for reading';
COMMENT ON SCHEMA ${stateSchema} IS 'pg-stream: state of operators and locks; not for reading';

CREATE TABLE pgs_stream_tables (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schema_name     text NOT NULL,
    table_name      text NOT NULL,
    application     text NOT NULL,
    query           text NOT NULL,
    canonical_query text NOT NULL,
    requested_mode  text NOT NULL,
    effective_mode  text NOT NULL,
    full_reason     text,
    schedule        text NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    relid           oid NOT NULL,
    search_path     text NOT NULL,
    time_zone       text NOT NULL,
    date_style      text NOT NULL,
    interval_style  text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    altered_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (schema_name, table_name)
);
COMMENT ON TABLE pgs_stream_tables IS 'One row for each stream table: its definition and the environment its query runs in';

-- Written only by the holder of the stream table's lock, in the transaction that writes the stream table.
CREATE TABLE pgs_frontiers (
    stream_table_id bigint PRIMARY KEY REFERENCES pgs_stream_tables ON DELETE CASCADE,
    frontier        pg_snapshot,
    system_id       text,
    plan_hash       text,
    data_timestamp  timestamptz
);
COMMENT ON TABLE pgs_frontiers IS 'The snapshot that each stream table equals its query at';

-- Written by whoever has news, outside of refresh transactions, so that a refresh never meets a conflict here.
CREATE TABLE pgs_states (
    stream_table_id    bigint PRIMARY KEY REFERENCES pgs_stream_tables ON DELETE CASCADE,
    status             text NOT NULL DEFAULT 'INITIALIZING',
    consecutive_errors integer NOT NULL DEFAULT 0,
    last_error         text,
    last_error_code    text,
    last_error_at      timestamptz,
    next_attempt_at    timestamptz,
    checked_at         timestamptz
);
COMMENT ON TABLE pgs_states IS 'The state of life of each stream table, its errors and when it was last found unchanged';

CREATE TABLE pgs_captures (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_relid oid NOT NULL,
    source_name  text NOT NULL,
    columns      text[] NOT NULL,
    installed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON pgs_captures (source_relid);
COMMENT ON TABLE pgs_captures IS 'Each set of capture triggers with its two buffer segments; a wider one replaces a narrower one';

CREATE TABLE pgs_dependencies (
    stream_table_id       bigint NOT NULL REFERENCES pgs_stream_tables ON DELETE CASCADE,
    source_relid          oid NOT NULL,
    source_name           text NOT NULL,
    columns               text[] NOT NULL,
    capture_id            bigint REFERENCES pgs_captures,
    fingerprint           text,
    cdc_mode              text NOT NULL DEFAULT 'TRIGGER',
    slot_name             text,
    decoder_confirmed_lsn pg_lsn,
    transition_started_at timestamptz,
    PRIMARY KEY (stream_table_id, source_relid)
);
CREATE INDEX ON pgs_dependencies (source_relid);
CREATE INDEX ON pgs_dependencies (capture_id);
COMMENT ON TABLE pgs_dependencies IS 'Which stream table reads which table, and how its changes are captured';

CREATE TABLE pgs_refresh_history (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream_table_id bigint NOT NULL REFERENCES pgs_stream_tables ON DELETE CASCADE,
    outcome         text NOT NULL,
    reason          text,
    changes         bigint NOT NULL DEFAULT 0,
    rows_inserted   bigint NOT NULL DEFAULT 0,
    rows_updated    bigint NOT NULL DEFAULT 0,
    rows_deleted    bigint NOT NULL DEFAULT 0,
    started_at      timestamptz NOT NULL,
    duration        interval NOT NULL,
    error_code      text,
    error           text
);
CREATE INDEX ON pgs_refresh_history (stream_table_id, id DESC);
COMMENT ON TABLE pgs_refresh_history IS 'Refreshes that wrote something or failed; the newest thousand of each stream table';

-- Whatever can make captured changes incomplete or a plan wrong changes this text. It has three parts: what the
-- query means (columns, views), what it reads (files, partitions, triggers disabled and enabled again), and whether every
-- partition, and no table that was one, has all triggers and each is enabled.
CREATE FUNCTION source_fingerprint(source oid, capture bigint, captured text[]) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $$
    WITH members AS (
        SELECT source AS relid UNION SELECT p.relid::oid FROM pg_partition_tree(source) AS p
    ), triggers AS (
        SELECT t.oid, t.xmin, t.tgenabled, t.tgfoid FROM pg_trigger AS t JOIN members AS m ON m.relid = t.tgrelid
         WHERE starts_with(t.tgname, 'pgstream_' || capture || '_')
    )
    SELECT concat_ws('/',
        md5(concat_ws(';',
            (SELECT string_agg(concat_ws(',', r.oid, r.xmin), ' ' ORDER BY r.oid)
               FROM pg_rewrite AS r WHERE r.ev_class = source),
            (SELECT string_agg(concat_ws(',', a.attnum, a.attname, a.atttypid, a.atttypmod), ' ' ORDER BY a.attnum)
               FROM pg_attribute AS a WHERE a.attrelid = source AND a.attname = ANY (captured)))),
        md5(concat_ws(';',
            (SELECT string_agg(concat_ws(',', c.oid, c.relfilenode), ' ' ORDER BY c.oid)
               FROM pg_class AS c JOIN members AS m ON m.relid = c.oid),
            (SELECT string_agg(concat_ws(',', t.oid, t.xmin, t.tgenabled), ' ' ORDER BY t.oid) FROM triggers AS t))),
        CASE WHEN (SELECT count(*) FROM triggers AS t WHERE t.tgenabled IN ('O', 'A')) = 4 * (SELECT count(*) FROM members)
              AND (SELECT count(*) FROM pg_depend AS d WHERE d.refclassid = 'pg_proc'::regclass
                      AND d.refobjid = (SELECT t.tgfoid FROM triggers AS t LIMIT 1)
                      AND d.classid = 'pg_trigger'::regclass) = 4 * (SELECT count(*) FROM members)
             THEN 'complete' ELSE 'incomplete' END)
$$;
