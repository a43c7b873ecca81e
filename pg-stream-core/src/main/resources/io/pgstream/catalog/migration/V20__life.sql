-- Protection, altered targets, used functions, row security, declarations, and the pause of everything.

-- Who shows this key in a transaction-local setting is the engine: the trigger of each stream table holds its hash. Only the
-- owner of the catalog can read it.
CREATE TABLE pgs_writer_key (
    key text NOT NULL
);
COMMENT ON TABLE pgs_writer_key IS 'What lets the engine''s own writes pass the protection of stream tables';
REVOKE ALL ON pgs_writer_key FROM PUBLIC;
INSERT INTO pgs_writer_key SELECT gen_random_uuid()::text || gen_random_uuid()::text;

CREATE FUNCTION refuse_direct_write() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
BEGIN
    RAISE EXCEPTION 'the stream table %.% is written by its refreshes only: % is refused',
            quote_ident(TG_TABLE_SCHEMA), quote_ident(TG_TABLE_NAME), TG_OP
        USING ERRCODE = 'wrong_object_type',
              HINT = 'Change the tables that its query reads. To compare every row with the query, refresh it fully; to make'
                  ' it an ordinary table, drop it as a stream table.';
END
$$;
REVOKE ALL ON FUNCTION refuse_direct_write() FROM PUBLIC;

ALTER TABLE pgs_stream_tables ADD COLUMN target_fingerprint text;
COMMENT ON COLUMN pgs_stream_tables.target_fingerprint IS 'The columns of the table as the engine made them';

-- What the engine relies on in a table that it writes. The columns in their order, whatever became of others.
CREATE FUNCTION target_fingerprint(target oid) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN (
        SELECT md5(concat_ws(';', n.nspname, c.relname,
            (SELECT string_agg(concat_ws(',', a.attname, a.atttypid, a.atttypmod, a.attcollation), ' ' ORDER BY a.attnum)
               FROM pg_attribute AS a WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped)))
          FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = target
    );
END
$$;

-- A foreign key in either direction has a trigger on the table.
CREATE FUNCTION target_constraint(target oid) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN (
        SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname)
          FROM pg_trigger AS t JOIN pg_constraint AS c ON c.oid = t.tgconstraint AND c.contype = 'f'
         WHERE t.tgrelid = target ORDER BY c.oid LIMIT 1
    );
END
$$;
UPDATE pgs_stream_tables SET target_fingerprint = target_fingerprint(relid);

CREATE TABLE pgs_used_functions (
    stream_table_id bigint PRIMARY KEY REFERENCES pgs_stream_tables ON DELETE CASCADE,
    functions       oid[] NOT NULL,
    fingerprint     text NOT NULL
);
COMMENT ON TABLE pgs_used_functions IS 'The user-defined functions that the query of each stream table calls, as they were when it was loaded';

-- Functions and what they are known to call: the parts of aggregates, and bodies in standard SQL.
CREATE FUNCTION functions_fingerprint(functions oid[]) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN (
        WITH RECURSIVE used(oid) AS (
            SELECT unnest(functions)
            UNION
            SELECT d.refobjid FROM used AS u JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = u.oid
               AND d.refclassid = 'pg_proc'::regclass
        )
        SELECT coalesce(string_agg(concat_ws(',', p.oid, p.xmin), ' ' ORDER BY p.oid), '')
          FROM used AS u JOIN pg_proc AS p ON p.oid = u.oid
    );
END
$$;

CREATE TABLE pgs_declarations (
    stream_table_id bigint PRIMARY KEY REFERENCES pgs_stream_tables ON DELETE CASCADE,
    application     text NOT NULL,
    declared_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE pgs_declarations IS 'Which stream tables the code or the configuration of an application has declared';

CREATE TABLE pgs_superseded_definitions (
    stream_table_id bigint NOT NULL REFERENCES pgs_stream_tables ON DELETE CASCADE,
    definition      text NOT NULL,
    superseded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (stream_table_id, definition)
);
COMMENT ON TABLE pgs_superseded_definitions IS 'Hashes of declared definitions that a later declaration has replaced';

CREATE TABLE pgs_declared_sets (
    application text NOT NULL,
    tables      text NOT NULL,
    declared_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (application, tables)
);
COMMENT ON TABLE pgs_declared_sets IS 'Hashes of the names that an application has declared together; the latest may drop what is gone';

CREATE TABLE pgs_control (
    paused_at timestamptz
);
COMMENT ON TABLE pgs_control IS 'One row for all instances: since when scheduled refreshes are paused';
INSERT INTO pgs_control VALUES (NULL);

-- Which database of which cluster this is: transaction numbers of another mean nothing here.
CREATE FUNCTION database_identity() RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN (
        SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
                         (SELECT oid FROM pg_database WHERE datname = current_database()))
    );
END
$$;
