-- Fresh views from any client. They are made by an engine, because their functions are compiled deltas.
CREATE PROCEDURE create_fresh_view(name text, timeout interval DEFAULT '1 hour', INOUT result jsonb DEFAULT NULL)
    LANGUAGE plpgsql
AS $pgstream$
BEGIN
    CALL ${catalogSchema}.hand_over('create_fresh_view', pg_catalog.jsonb_build_object('name', name), timeout, result);
END
$pgstream$;
COMMENT ON PROCEDURE create_fresh_view IS 'Makes the view that shows a stream table with its pending changes, and says its name';

CREATE PROCEDURE drop_fresh_view(name text, timeout interval DEFAULT '1 hour', INOUT result jsonb DEFAULT NULL)
    LANGUAGE plpgsql
AS $pgstream$
BEGIN
    CALL ${catalogSchema}.hand_over('drop_fresh_view', pg_catalog.jsonb_build_object('name', name), timeout, result);
END
$pgstream$;
COMMENT ON PROCEDURE drop_fresh_view IS 'Drops the view of a stream table that create_fresh_view has made, if there is one';
