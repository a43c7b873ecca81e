-- The key as the functions of synchronous tables read it: for each statement of a writer. It is called immutable so that the
-- planner asks it once in a session. The key never changes; who may not read the table can do nothing with the function.
CREATE FUNCTION writer_key() RETURNS text
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog
AS $pgstream$
BEGIN
    RETURN (SELECT w.key FROM ${catalogSchema}.pgs_writer_key AS w);
END
$pgstream$;
COMMENT ON FUNCTION writer_key() IS
    'Internal: what lets the engine''s own writes pass the protection; only the owner of the catalog can read it';
