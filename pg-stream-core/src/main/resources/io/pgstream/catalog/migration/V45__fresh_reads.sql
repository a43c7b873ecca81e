-- Views that show a stream table with what its refresh would change. They belong to the engine's role, and everybody may
-- select from them: they ask themselves what the reader may do.
CREATE TABLE pgs_fresh_views (
    stream_table_id bigint PRIMARY KEY REFERENCES pgs_stream_tables ON DELETE CASCADE,
    schema_name     text NOT NULL,
    view_name       text NOT NULL,
    function_name   text,
    text_hash       text
);
COMMENT ON TABLE pgs_fresh_views IS 'The view of each stream table that shows it with its pending changes, and the function that it calls';

-- In a view the current role is the one that reads, also where the view's owner is another one.
CREATE FUNCTION may_read_fresh(stream_table oid) RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT has_table_privilege(stream_table, 'SELECT') THEN
        RAISE EXCEPTION 'permission denied for table %', stream_table::regclass
            USING ERRCODE = 'insufficient_privilege', HINT = 'A fresh read needs SELECT on the whole stream table.';
    END IF;
    IF row_security_active(stream_table) THEN
        RAISE EXCEPTION 'the stream table % has row-level security, which a fresh read would not follow',
                stream_table::regclass
            USING ERRCODE = 'insufficient_privilege', HINT = 'Read the stream table itself.';
    END IF;
    RETURN true;
END
$$;
GRANT EXECUTE ON FUNCTION may_read_fresh(oid) TO PUBLIC;

CREATE FUNCTION fresh_read_damaged() RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'the stream table does not hold the rows that a change of its sources belongs to'
        USING ERRCODE = 'data_corrupted';
END
$$;
