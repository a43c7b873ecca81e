-- Writers of several synchronous tables lock them in one order, whatever the order is in which their statements reach them.
CREATE TABLE pgs_writer_locks (
    stream_table_id bigint PRIMARY KEY REFERENCES pgs_stream_tables ON DELETE CASCADE,
    shared          boolean NOT NULL
);
COMMENT ON TABLE pgs_writer_locks IS
    'Stream tables whose writers lock them, and whether writers of different rows share the lock';

-- For what waits for one commit: each table has noted what its changes reach. Twenty digits say when (0 within statements, 1 at the
-- commit) and which table, a letter how (exclusive or shared). Only the order of the locks is at stake here: each program
-- takes the lock that it needs by itself.
CREATE FUNCTION lock_in_order(noted text) RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog
AS $pgstream$
DECLARE
    entry text;
BEGIN
    FOR entry IN SELECT DISTINCT n.entry FROM unnest(string_to_array(rtrim(noted, ','), ',')) AS n(entry) ORDER BY n.entry LOOP
        IF right(entry, 1) = 'e' THEN
            PERFORM pg_advisory_xact_lock(8099569375427690496 + substr(entry, 2, 19)::bigint);
        ELSE
            PERFORM pg_advisory_xact_lock_shared(8099569375427690496 + substr(entry, 2, 19)::bigint);
        END IF;
    END LOOP;
    RETURN '';
END
$pgstream$;
COMMENT ON FUNCTION lock_in_order(text) IS
    'Internal: has a commit wait for other writers of its synchronous stream tables in the order in which all do';
