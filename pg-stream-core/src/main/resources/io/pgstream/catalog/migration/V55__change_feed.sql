-- The change feed: which stream tables write down their changes, and how far each listener has read.

CREATE TABLE pgs_change_feeds (
    stream_table_id bigint PRIMARY KEY REFERENCES pgs_stream_tables ON DELETE CASCADE,
    opened_at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE pgs_change_feeds IS 'The stream tables with listeners: triggers write down the changes of these';

-- Written by whoever holds the listener's lock, and by the clean-up.
CREATE TABLE pgs_feed_listeners (
    application     text NOT NULL,
    listener        text NOT NULL,
    stream_table_id bigint NOT NULL REFERENCES pgs_change_feeds ON DELETE CASCADE,
    heard           pg_snapshot NOT NULL,
    heard_beyond    xid8[] NOT NULL DEFAULT '{}',
    shape           text,
    reset_reason    text,
    delivered       bigint NOT NULL DEFAULT 0,
    failures        integer NOT NULL DEFAULT 0,
    last_failure    text,
    last_failure_at timestamptz,
    seen_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (application, listener)
);
CREATE INDEX ON pgs_feed_listeners (stream_table_id);
COMMENT ON TABLE pgs_feed_listeners IS 'How far each listener has been told of the changes of its stream table';

-- What the changes in the log are true of: another table, other columns or another cluster make them meaningless. NULL where
-- the triggers are not all there.
CREATE FUNCTION feed_shape(table_id bigint) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan
AS $pgstream$
BEGIN
    RETURN (
        SELECT concat_ws('/', c.oid, ${catalogSchema}.target_fingerprint(c.oid), ${catalogSchema}.database_identity())
          FROM ${catalogSchema}.pgs_stream_tables AS t
          JOIN pg_namespace AS n ON n.nspname = t.schema_name
          JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = t.table_name
         WHERE t.id = table_id
           AND 4 = (SELECT count(*) FROM pg_trigger AS g
                     WHERE g.tgrelid = c.oid AND starts_with(g.tgname, 'pgstream_feed_') AND g.tgenabled = 'A')
    );
END
$pgstream$;

COMMENT ON FUNCTION feed_shape IS 'Internal: another text after everything that makes the changes in a feed''s log meaningless';

-- What one transaction has changed in a stream table, a row for each row of the table: no "before" for an inserted one, no
-- "after" for a deleted one. Where the table has a key, all that happened to a row is one change. (A MERGE reports what it
-- inserted before what it deleted.) A row with neither says that the rows are not known.
CREATE FUNCTION changes_of(stream_table regclass, transaction xid8)
    RETURNS TABLE (change bigint, before json, after json)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog
AS $pgstream$
DECLARE
    feed text;
    key  text;
BEGIN
    SELECT format('%I.%I', ${stateText}, 'feed_' || t.id) INTO feed
      FROM ${catalogSchema}.pgs_stream_tables AS t WHERE t.relid = stream_table;
    IF feed IS NULL OR to_regclass(feed) IS NULL THEN
        RAISE EXCEPTION '% has no change feed', stream_table
            USING ERRCODE = 'undefined_table', HINT = 'Only stream tables that an application listens to have one.';
    END IF;
    SELECT 'json_build_array(' || string_agg(format('l.pgstream_row -> %L', a.attname), ', ' ORDER BY k.place) || ')::text'
      INTO key
      FROM pg_index AS i
      JOIN pg_class AS c ON c.oid = i.indexrelid
     CROSS JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY AS k(attnum, place)
      JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
     WHERE i.indexrelid = (SELECT min(u.indexrelid) FROM pg_index AS u JOIN pg_class AS n ON n.oid = u.indexrelid
                            WHERE u.indrelid = stream_table AND u.indisunique AND n.relname ~ '^pgstream_[0-9]+_[0-9a-f]{12}$'
                              AND u.indexprs IS NULL AND u.indpred IS NULL);
    RETURN QUERY EXECUTE format($query$
        WITH keyed AS (
            SELECT min(l.pgstream_sequence) AS change, count(*) AS n,
                   (array_agg(l.pgstream_weight ORDER BY l.pgstream_sequence))[1] AS first_weight,
                   (array_agg(l.pgstream_row ORDER BY l.pgstream_sequence))[1] AS first_row,
                   (array_agg(l.pgstream_weight ORDER BY l.pgstream_sequence DESC))[1] AS last_weight,
                   (array_agg(l.pgstream_row ORDER BY l.pgstream_sequence DESC))[1] AS last_row
              FROM %1$s AS l WHERE l.pgstream_xid = $1 GROUP BY %2$s
        ), net AS (
            SELECT k.change, k.first_weight = 0 OR k.last_weight = 0 AS unknown,
                   CASE WHEN k.first_weight = -1 THEN k.first_row
                        WHEN k.n = 2 AND k.last_weight = -1 THEN k.last_row END AS before,
                   CASE WHEN k.last_weight = 1 THEN k.last_row
                        WHEN k.n = 2 AND k.first_weight = 1 AND k.last_weight = -1 THEN k.first_row END AS after
              FROM keyed AS k
        )
        SELECT n.change, n.before, n.after FROM net AS n
         WHERE n.unknown OR n.before::text IS DISTINCT FROM n.after::text ORDER BY n.change
        $query$, feed, coalesce(key, 'l.pgstream_sequence')) USING transaction;
END
$pgstream$;
COMMENT ON FUNCTION changes_of IS
    'What a transaction has changed in a stream table that has listeners; NOTIFY pgstream_changes tells the transaction';
