-- Work that SQL clients hand to a running engine. A request holds queries and errors of its caller: nobody reads it but the
-- engine, and the caller through request_state.
CREATE TABLE pgs_requests (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action        text NOT NULL,
    arguments     jsonb NOT NULL,
    caller        name NOT NULL,
    state         text NOT NULL DEFAULT 'QUEUED',
    engine        uuid,
    queued_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at    timestamptz,
    ended_at      timestamptz,
    result        jsonb,
    error_state   text,
    error_message text,
    error_detail  text,
    error_hint    text
);
CREATE INDEX ON pgs_requests (state) WHERE state IN ('QUEUED', 'RUNNING');
COMMENT ON TABLE pgs_requests IS 'What SQL clients have asked an engine to do, and what came of it; kept for a day';
REVOKE ALL ON pgs_requests FROM PUBLIC;

-- Who has called, also inside a function with the rights of its owner: SET ROLE is a privilege of its own.
CREATE FUNCTION calling_role() RETURNS name
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    SELECT CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role')::name END
$pgstream$;
COMMENT ON FUNCTION calling_role IS 'Internal: the role that has sent the statement';

-- An engine lends its rights to nobody: it works for roles that have the rights of its own role anyway.
CREATE FUNCTION submit_request(action text, arguments jsonb) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $pgstream$
DECLARE
    roles   text;
    request bigint;
BEGIN
    SELECT string_agg(DISTINCT quote_ident(e.role_name), ', ') INTO roles
      FROM ${catalogSchema}.pgs_engines AS e WHERE ${catalogSchema}.engine_alive(e.backend_pid, e.seen_at);
    IF roles IS NULL THEN
        RAISE EXCEPTION 'no engine of pg-stream is running for this database' USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Start an application with pg-stream, one that has not set pg-stream.sql-api.enabled to false. Tables can be read and written meanwhile.';
    END IF;
    IF NOT EXISTS (SELECT FROM ${catalogSchema}.pgs_engines AS e JOIN pg_roles AS r ON r.rolname = e.role_name
                    WHERE ${catalogSchema}.engine_alive(e.backend_pid, e.seen_at)
                      AND pg_has_role(${catalogSchema}.calling_role(), r.oid, 'USAGE')) THEN
        RAISE EXCEPTION 'permission denied to hand work to an engine that runs as %', roles USING ERRCODE = 'insufficient_privilege',
            HINT = format('An engine works for members of its role only: GRANT %s TO %I, if that role is to have all of its rights.',
                          roles, ${catalogSchema}.calling_role());
    END IF;
    INSERT INTO ${catalogSchema}.pgs_requests AS r (action, arguments, caller)
    VALUES (submit_request.action, submit_request.arguments, ${catalogSchema}.calling_role()) RETURNING r.id INTO request;
    PERFORM pg_notify('pgstream_request', ${catalogText});
    RETURN request;
END
$pgstream$;
COMMENT ON FUNCTION submit_request IS 'Internal: queues work for an engine';

-- What has become of a request of the caller's own.
CREATE FUNCTION request_state(request bigint)
    RETURNS TABLE (state text, abandoned boolean, result jsonb, error_state text, error_message text, error_detail text, error_hint text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $pgstream$
    SELECT r.state,
           CASE r.state WHEN 'QUEUED' THEN NOT EXISTS (SELECT FROM ${catalogSchema}.pgs_engines AS e
                                                        WHERE ${catalogSchema}.engine_alive(e.backend_pid, e.seen_at))
                        WHEN 'RUNNING' THEN NOT EXISTS (SELECT FROM ${catalogSchema}.pgs_engines AS e WHERE e.id = r.engine
                                                           AND ${catalogSchema}.engine_alive(e.backend_pid, e.seen_at))
                        ELSE false END,
           r.result, r.error_state, r.error_message, r.error_detail, r.error_hint
      FROM ${catalogSchema}.pgs_requests AS r WHERE r.id = request AND r.caller = ${catalogSchema}.calling_role()
$pgstream$;
COMMENT ON FUNCTION request_state IS 'Internal: what has become of a request';

-- Takes back a request of the caller's own that nobody has begun; whether that was so.
CREATE FUNCTION withdraw_request(request bigint) RETURNS boolean
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $pgstream$
    WITH withdrawn AS (
        UPDATE ${catalogSchema}.pgs_requests AS r SET state = 'CANCELLED', ended_at = clock_timestamp()
         WHERE r.id = request AND r.state = 'QUEUED' AND r.caller = ${catalogSchema}.calling_role() RETURNING 1)
    SELECT EXISTS (SELECT FROM withdrawn)
$pgstream$;
COMMENT ON FUNCTION withdraw_request IS 'Internal: takes back a request that nobody has begun';

CREATE FUNCTION never_commits() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog
AS $pgstream$
BEGIN
    COMMIT;
END
$pgstream$;
COMMENT ON FUNCTION never_commits IS 'Internal: fails as a COMMIT in a transaction block does';

-- Procedures that commit can be neither SECURITY DEFINER nor have SET clauses, so every name in them is written in full.
--
-- Whether there is a transaction block around it a procedure can only find out by an attempt to commit. In a block with a
-- handler that fails in any case, in a transaction block with the message that a function would get, in whatever language.
CREATE PROCEDURE refuse_transaction_block()
    LANGUAGE plpgsql
AS $pgstream$
DECLARE
    in_block text;
BEGIN
    BEGIN
        PERFORM ${catalogSchema}.never_commits();
    EXCEPTION WHEN invalid_transaction_termination THEN
        in_block := SQLERRM;
    END;
    BEGIN
        COMMIT;
    EXCEPTION WHEN invalid_transaction_termination THEN
        IF SQLERRM OPERATOR(pg_catalog.=) in_block THEN
            RAISE EXCEPTION 'work cannot be handed to an engine in a transaction block' USING ERRCODE = 'active_sql_transaction',
                HINT = 'An engine works in transactions of its own and would not see this one. CALL outside of BEGIN and COMMIT, with autocommit on, and not from a function.';
        END IF;
    END;
END
$pgstream$;
COMMENT ON PROCEDURE refuse_transaction_block IS 'Internal: fails in a transaction block';

-- Queues the work, commits, and waits for what comes of it. As long as it waits it holds a lock, by which the engine sees
-- that somebody does: a CALL that is cancelled, and a client that is gone, leave nothing behind that would have to be noticed.
CREATE PROCEDURE hand_over(action text, arguments jsonb, timeout interval, INOUT result jsonb)
    LANGUAGE plpgsql
AS $pgstream$
DECLARE
    request  bigint;
    answer   record;
    deadline timestamptz := pg_catalog.clock_timestamp() OPERATOR(pg_catalog.+) timeout;
    pause    double precision := 0.002;
BEGIN
    CALL ${catalogSchema}.refuse_transaction_block();
    request := ${catalogSchema}.submit_request(action, arguments OPERATOR(pg_catalog.||) pg_catalog.jsonb_build_object(
        -- With the schemas that are there, because "$user" would be another one for the engine.
        'schema', pg_catalog.current_schema(), 'search_path', (
            SELECT pg_catalog.string_agg(pg_catalog.quote_ident(s.name), ', ' ORDER BY s.place)
              FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY AS s(name, place)),
        'time_zone', pg_catalog.current_setting('TimeZone'), 'date_style', pg_catalog.current_setting('DateStyle'),
        'interval_style', pg_catalog.current_setting('IntervalStyle')));
    COMMIT;
    LOOP
        PERFORM pg_catalog.pg_advisory_xact_lock_shared(1885828978, (request OPERATOR(pg_catalog.%) 2147483647)::pg_catalog.int4);
        SELECT s.* INTO answer FROM ${catalogSchema}.request_state(request) AS s;
        CASE
            WHEN answer.state OPERATOR(pg_catalog.=) 'DONE' THEN
                result := answer.result;
                RETURN;
            WHEN answer.state OPERATOR(pg_catalog.=) 'FAILED' THEN
                RAISE EXCEPTION USING ERRCODE = answer.error_state, MESSAGE = answer.error_message,
                    DETAIL = answer.error_detail, HINT = answer.error_hint;
            WHEN answer.abandoned THEN
                PERFORM ${catalogSchema}.withdraw_request(request);
                COMMIT;
                IF answer.state OPERATOR(pg_catalog.=) 'QUEUED' THEN
                    RAISE EXCEPTION 'the last engine of pg-stream has ended before it began with this'
                        USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Nothing was done. Start an application with pg-stream and call again.';
                END IF;
                RAISE EXCEPTION 'the engine of pg-stream has ended while it worked on this' USING ERRCODE = 'system_error',
                    HINT = 'What it had not committed is rolled back. Look at what there is, pgs_status() for example, and call again.';
            WHEN pg_catalog.clock_timestamp() OPERATOR(pg_catalog.>) deadline THEN
                IF ${catalogSchema}.withdraw_request(request) THEN
                    COMMIT;
                    RAISE EXCEPTION 'no engine of pg-stream had the time to begin with this' USING ERRCODE = 'query_canceled',
                        HINT = 'Nothing was done. Give it a longer timeout.';
                END IF;
                RAISE EXCEPTION 'the engine of pg-stream has not ended this in time' USING ERRCODE = 'query_canceled',
                    HINT = 'It is cancelled. Give it a longer timeout.';
            ELSE
                NULL;
        END CASE;
        PERFORM pg_catalog.pg_sleep(pause);
        COMMIT;
        pause := LEAST(pause OPERATOR(pg_catalog.*) 1.2::double precision, 0.05::double precision);
    END LOOP;
END
$pgstream$;
COMMENT ON PROCEDURE hand_over IS 'Internal: hands work to an engine and waits for what comes of it';

CREATE PROCEDURE create_stream_table(name text, query text, schedule text DEFAULT 'calculated', refresh_mode text DEFAULT 'AUTO',
                                     timeout interval DEFAULT '1 hour', INOUT result jsonb DEFAULT NULL)
    LANGUAGE plpgsql
AS $pgstream$
BEGIN
    CALL ${catalogSchema}.hand_over('create', pg_catalog.jsonb_build_object(
        'name', name, 'query', query, 'schedule', schedule, 'refresh_mode', refresh_mode), timeout, result);
END
$pgstream$;
COMMENT ON PROCEDURE create_stream_table IS 'Creates a stream table and loads it; the query means what it means in this session';

CREATE PROCEDURE alter_stream_table(name text, schedule text DEFAULT NULL, refresh_mode text DEFAULT NULL, status text DEFAULT NULL,
                                    query text DEFAULT NULL, timeout interval DEFAULT '1 hour', INOUT result jsonb DEFAULT NULL)
    LANGUAGE plpgsql
AS $pgstream$
BEGIN
    CALL ${catalogSchema}.hand_over('alter', pg_catalog.jsonb_build_object(
        'name', name, 'query', query, 'schedule', schedule, 'refresh_mode', refresh_mode, 'status', status), timeout, result);
END
$pgstream$;
COMMENT ON PROCEDURE alter_stream_table IS 'Changes the schedule, the mode, the query or the status (ACTIVE, SUSPENDED) of a stream table; what is not given stays';

CREATE PROCEDURE drop_stream_table(name text, "cascade" boolean DEFAULT false, timeout interval DEFAULT '1 hour', INOUT result jsonb DEFAULT NULL)
    LANGUAGE plpgsql
AS $pgstream$
BEGIN
    CALL ${catalogSchema}.hand_over('drop', pg_catalog.jsonb_build_object('name', name, 'cascade', "cascade"), timeout, result);
END
$pgstream$;
COMMENT ON PROCEDURE drop_stream_table IS 'Drops a stream table, with what depends on it if asked to';

CREATE PROCEDURE drop_all(timeout interval DEFAULT '1 hour', INOUT result jsonb DEFAULT NULL)
    LANGUAGE plpgsql
AS $pgstream$
BEGIN
    CALL ${catalogSchema}.hand_over('drop_all', '{}'::pg_catalog.jsonb, timeout, result);
END
$pgstream$;
COMMENT ON PROCEDURE drop_all IS 'Drops all stream tables, readers first; those that something else depends on stay, and are named';

CREATE PROCEDURE refresh_stream_table(name text, force boolean DEFAULT false, timeout interval DEFAULT '1 hour', INOUT result jsonb DEFAULT NULL)
    LANGUAGE plpgsql
AS $pgstream$
BEGIN
    CALL ${catalogSchema}.hand_over('refresh', pg_catalog.jsonb_build_object('name', name, 'force', force), timeout, result);
END
$pgstream$;
COMMENT ON PROCEDURE refresh_stream_table IS 'Refreshes a stream table now; by force, compares every row with the query';

CREATE PROCEDURE refresh_all(timeout interval DEFAULT '1 hour', INOUT result jsonb DEFAULT NULL)
    LANGUAGE plpgsql
AS $pgstream$
BEGIN
    CALL ${catalogSchema}.hand_over('refresh_all', '{}'::pg_catalog.jsonb, timeout, result);
END
$pgstream$;
COMMENT ON PROCEDURE refresh_all IS 'Refreshes all stream tables at one snapshot, but those that are suspended or in ERROR';

CREATE PROCEDURE suspend_stream_table(name text, timeout interval DEFAULT '1 hour', INOUT result jsonb DEFAULT NULL)
    LANGUAGE plpgsql
AS $pgstream$
BEGIN
    CALL ${catalogSchema}.hand_over('suspend', pg_catalog.jsonb_build_object('name', name), timeout, result);
END
$pgstream$;
COMMENT ON PROCEDURE suspend_stream_table IS 'Pauses the scheduled refreshes of a stream table';

CREATE PROCEDURE resume_stream_table(name text, timeout interval DEFAULT '1 hour', INOUT result jsonb DEFAULT NULL)
    LANGUAGE plpgsql
AS $pgstream$
BEGIN
    CALL ${catalogSchema}.hand_over('resume', pg_catalog.jsonb_build_object('name', name), timeout, result);
END
$pgstream$;
COMMENT ON PROCEDURE resume_stream_table IS 'Ends a pause or an ERROR of a stream table, and forgets its failures';

CREATE PROCEDURE verify_stream_table(name text, timeout interval DEFAULT '1 hour', INOUT result jsonb DEFAULT NULL)
    LANGUAGE plpgsql
AS $pgstream$
BEGIN
    CALL ${catalogSchema}.hand_over('verify', pg_catalog.jsonb_build_object('name', name), timeout, result);
END
$pgstream$;
COMMENT ON PROCEDURE verify_stream_table IS 'Refreshes a stream table and compares it with its query at one snapshot, writing nothing else';

CREATE PROCEDURE pause_all(timeout interval DEFAULT '1 hour', INOUT result jsonb DEFAULT NULL)
    LANGUAGE plpgsql
AS $pgstream$
BEGIN
    CALL ${catalogSchema}.hand_over('pause_all', '{}'::pg_catalog.jsonb, timeout, result);
END
$pgstream$;
COMMENT ON PROCEDURE pause_all IS 'Pauses the scheduled refreshes of all stream tables, in all engines';

CREATE PROCEDURE resume_all(timeout interval DEFAULT '1 hour', INOUT result jsonb DEFAULT NULL)
    LANGUAGE plpgsql
AS $pgstream$
BEGIN
    CALL ${catalogSchema}.hand_over('resume_all', '{}'::pg_catalog.jsonb, timeout, result);
END
$pgstream$;
COMMENT ON PROCEDURE resume_all IS 'Ends pause_all';
