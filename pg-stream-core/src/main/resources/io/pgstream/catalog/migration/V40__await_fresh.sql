-- Whether a stream table contains what a transaction that has committed wrote to its sources, to those of the stream tables
-- that it reads included. It is asked under READ COMMITTED, where each statement sees what has been committed by then.
CREATE FUNCTION contains_transaction(table_id bigint, transaction xid8) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $pgstream$
DECLARE
    mode    text;
    known   pg_snapshot;
    source  record;
    pending boolean;
BEGIN
    SELECT t.effective_mode, f.frontier INTO mode, known
      FROM ${catalogSchema}.pgs_stream_tables AS t
      JOIN ${catalogSchema}.pgs_frontiers AS f ON f.stream_table_id = t.id WHERE t.id = table_id;
    IF known IS NULL THEN
        RETURN false;
    END IF;
    FOR source IN
        SELECT d.capture_id, s.id AS upstream FROM ${catalogSchema}.pgs_dependencies AS d
          LEFT JOIN ${catalogSchema}.pgs_stream_tables AS s ON s.relid = d.source_relid
         WHERE d.stream_table_id = table_id ORDER BY d.source_relid
    LOOP
        IF source.upstream IS NOT NULL AND NOT ${catalogSchema}.contains_transaction(source.upstream, transaction) THEN
            RETURN false;
        END IF;
        IF mode NOT IN ('IMMEDIATE', 'ON_COMMIT') AND source.capture_id IS NULL
                AND (source.upstream IS NOT NULL OR NOT pg_visible_in_snapshot(transaction, known)) THEN
            RETURN false;
        END IF;
        IF source.capture_id IS NOT NULL THEN
            -- What an upstream table was refreshed by is another transaction, which nobody has asked for by name.
            EXECUTE format(
                'SELECT EXISTS (SELECT FROM (SELECT pgstream_xid FROM %1$s.c%2$s_0 UNION ALL'
                ' SELECT pgstream_xid FROM %1$s.c%2$s_1) AS b WHERE ($1 IS NULL OR b.pgstream_xid = $1)'
                ' AND NOT pg_visible_in_snapshot(b.pgstream_xid, $2))', ${changeBufferText}, source.capture_id)
               INTO pending USING CASE WHEN source.upstream IS NULL THEN transaction END, known;
            IF pending THEN
                RETURN false;
            END IF;
        END IF;
    END LOOP;
    RETURN true;
END
$pgstream$;

CREATE FUNCTION await_fresh(stream_table regclass, transaction xid8, timeout interval DEFAULT '10 seconds')
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $pgstream$
DECLARE
    deadline timestamptz := clock_timestamp() + timeout;
    known    bigint;
BEGIN
    SELECT t.id INTO known FROM ${catalogSchema}.pgs_stream_tables AS t WHERE t.relid = stream_table;
    IF known IS NULL THEN
        RAISE EXCEPTION '% is not a stream table', stream_table USING ERRCODE = 'undefined_table';
    END IF;
    IF transaction = pg_current_xact_id_if_assigned() THEN
        RAISE EXCEPTION 'The stream table % cannot contain the transaction %, which is this one and has not committed',
            stream_table, transaction
            USING ERRCODE = 'invalid_transaction_state', HINT = 'Commit first, and wait afterwards.';
    END IF;
    IF current_setting('transaction_isolation') NOT LIKE 'read %' THEN
        RAISE EXCEPTION 'A transaction that is % sees no later refresh of the stream table %',
            upper(current_setting('transaction_isolation')), stream_table
            USING ERRCODE = 'invalid_transaction_state', HINT = 'Wait in a transaction that is READ COMMITTED.';
    END IF;
    LOOP
        CASE pg_xact_status(transaction)
            WHEN 'in progress' THEN NULL;
            WHEN 'aborted' THEN RETURN true;
            ELSE
                IF pg_visible_in_snapshot(transaction, pg_current_snapshot())
                        AND ${catalogSchema}.contains_transaction(known, transaction) THEN
                    RETURN true;
                END IF;
        END CASE;
        IF clock_timestamp() > deadline THEN
            RETURN false;
        END IF;
        PERFORM pg_sleep(0.01);
    END LOOP;
END
$pgstream$;
COMMENT ON FUNCTION await_fresh IS
    'Waits until a stream table contains a transaction; false if the time is over before. It does not refresh';
