-- Statements of the engine pass by the key that they show, whose hash is the argument of the trigger. Where a trigger has none, its
-- condition has found that no key was shown.
CREATE OR REPLACE FUNCTION refuse_direct_write() RETURNS trigger
    LANGUAGE plpgsql
AS $pgstream$
BEGIN
    IF pg_catalog.sha256(pg_catalog.convert_to(coalesce(pg_catalog.current_setting('pgstream.writer', true), ''), 'UTF8'))
            OPERATOR(pg_catalog.=) TG_ARGV[0]::pg_catalog.bytea THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the stream table %.% is written by its refreshes only: % is refused',
            pg_catalog.quote_ident(TG_TABLE_SCHEMA), pg_catalog.quote_ident(TG_TABLE_NAME), TG_OP
        USING ERRCODE = 'wrong_object_type',
              HINT = 'Change the tables that its query reads. To compare every row with the query, refresh it fully; to make'
                  ' it an ordinary table, drop it as a stream table.';
END
$pgstream$;
