-- Foreign keys that hold, and will go on to: what a delta may conclude from them is that the rows of a key that came or went have changed themselves.
CREATE TABLE pgs_foreign_keys (
    constraint_oid      oid PRIMARY KEY,
    referencing_capture bigint NOT NULL REFERENCES pgs_captures ON DELETE CASCADE,
    referenced_capture  bigint NOT NULL REFERENCES pgs_captures ON DELETE CASCADE,
    fingerprint         text NOT NULL,
    checked_at          pg_snapshot NOT NULL,
    checked_by          xid8 NOT NULL
);
COMMENT ON TABLE pgs_foreign_keys IS 'Foreign keys between captured sources for which no row was found that refers to nothing, and how they were then';
GRANT SELECT ON pgs_foreign_keys TO PUBLIC;

CREATE TABLE pgs_bypasses (
    capture_id bigint NOT NULL REFERENCES pgs_captures ON DELETE CASCADE,
    xid        xid8 NOT NULL,
    PRIMARY KEY (capture_id, xid)
);
COMMENT ON TABLE pgs_bypasses IS 'Transactions that wrote to a captured source with session_replication_role = replica, where PostgreSQL checks no foreign key';
GRANT SELECT ON pgs_bypasses TO PUBLIC;

-- Called by captures, in sessions where no foreign key is checked. A row for each transaction: a check of the keys that is under way sees none of it.
CREATE FUNCTION note_bypass(capture bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
AS $pgstream$
    INSERT INTO ${catalogSchema}.pgs_bypasses (capture_id, xid)
    SELECT c.id, pg_current_xact_id() FROM ${catalogSchema}.pgs_captures AS c WHERE c.id = capture
        ON CONFLICT DO NOTHING
$pgstream$;
COMMENT ON FUNCTION note_bypass IS 'Internal: notes that a captured source was written to while no foreign key was checked';

-- NO ACTION and RESTRICT only: what other actions do can be prevented by a trigger of the user's. The triggers that enforce a key are replaced rows of
-- the catalog once they have been switched off and on, and so are those of a capture. Only a capture that also fires for replicas sees who bypasses the key.
CREATE FUNCTION enforced_foreign_keys(captures bigint[])
    RETURNS TABLE (constraint_oid oid, referencing oid, columns text[], referencing_capture bigint, referenced oid, key text[],
                   referenced_capture bigint, fingerprint text)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    WITH captured AS MATERIALIZED (
        SELECT c.id, c.source_relid, t.described
          FROM ${catalogSchema}.pgs_captures AS c
          JOIN pg_class AS r ON r.oid = c.source_relid AND r.relkind = 'r' AND r.relpersistence <> 't' AND NOT r.relispartition
           AND NOT r.relrowsecurity
          JOIN pg_proc AS f ON f.oid = to_regprocedure(${changeBufferText} || '.capture_' || c.id || '()')
           AND strpos(f.prosrc, 'note_bypass') > 0
         CROSS JOIN LATERAL (
            SELECT string_agg(concat_ws(',', t.oid, t.xmin), ' ' ORDER BY t.oid) AS described, count(*) AS many
              FROM pg_trigger AS t WHERE t.tgrelid = c.source_relid AND t.tgfoid = f.oid AND t.tgenabled = 'A') AS t
         WHERE c.id = ANY (captures) AND t.many >= 4
           AND NOT EXISTS (SELECT FROM pg_inherits AS i WHERE c.source_relid IN (i.inhrelid, i.inhparent))
    )
    SELECT k.oid, k.conrelid, n.columns, a.id, k.confrelid, n.key, b.id,
           md5(concat_ws(';', k.oid, k.xmin, t.described, a.described, b.described))
      FROM pg_constraint AS k
      JOIN captured AS a ON a.source_relid = k.conrelid
      JOIN captured AS b ON b.source_relid = k.confrelid
     CROSS JOIN LATERAL (
        SELECT string_agg(concat_ws(',', t.oid, t.xmin), ' ' ORDER BY t.oid) AS described, count(*) AS many
          FROM pg_trigger AS t
         WHERE t.tgrelid IN (k.conrelid, k.confrelid) AND t.tgconstraint = k.oid AND t.tgenabled IN ('O', 'A')) AS t
     CROSS JOIN LATERAL (
        SELECT array_agg(x.attname::text ORDER BY p.place) AS columns, array_agg(y.attname::text ORDER BY p.place) AS key,
               bool_and(x.atttypid = y.atttypid AND x.attcollation = y.attcollation AND o.oprname = '='
                        AND o.oprnamespace = 'pg_catalog'::regnamespace
                        AND o.oprleft = o.oprright AND coalesce(c.collisdeterministic, true)) AS plain
          FROM unnest(k.conkey, k.confkey, k.conpfeqop) WITH ORDINALITY AS p (referencing, referenced, operator, place)
          JOIN pg_attribute AS x ON x.attrelid = k.conrelid AND x.attnum = p.referencing
          JOIN pg_attribute AS y ON y.attrelid = k.confrelid AND y.attnum = p.referenced
          JOIN pg_operator AS o ON o.oid = p.operator
          LEFT JOIN pg_collation AS c ON c.oid = x.attcollation) AS n
     WHERE k.contype = 'f' AND k.convalidated AND k.conparentid = 0 AND k.confdeltype IN ('a', 'r') AND k.confupdtype IN ('a', 'r')
       AND t.many = 4 AND n.plain
$pgstream$;
COMMENT ON FUNCTION enforced_foreign_keys IS 'Internal: the foreign keys between captured sources that PostgreSQL enforces, and whose bypassing would be noticed';

-- The snapshot of the check sees the writes of every transaction that bypassed the key before it.
CREATE FUNCTION standing_foreign_keys()
    RETURNS TABLE (constraint_oid oid, referencing oid, columns text[], referencing_capture bigint, referenced oid, key text[],
                   referenced_capture bigint, fingerprint text, checked_by xid8)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    SELECT e.*, f.checked_by
      FROM ${catalogSchema}.pgs_foreign_keys AS f
     CROSS JOIN LATERAL ${catalogSchema}.enforced_foreign_keys(ARRAY[f.referencing_capture, f.referenced_capture]) AS e
     WHERE e.constraint_oid = f.constraint_oid AND e.fingerprint = f.fingerprint
       AND NOT EXISTS (SELECT FROM ${catalogSchema}.pgs_bypasses AS b
                        WHERE b.capture_id IN (f.referencing_capture, f.referenced_capture)
                          AND NOT pg_visible_in_snapshot(b.xid, f.checked_at))
$pgstream$;
COMMENT ON FUNCTION standing_foreign_keys IS 'Internal: the foreign keys that have held since they were checked';

-- What a refresh may rely on: a key that has held since before what the stream table shows now. Others will do once its frontier has moved.
CREATE FUNCTION trusted_foreign_keys(table_id bigint, frontier pg_snapshot)
    RETURNS TABLE (constraint_oid bigint, referencing bigint, columns text[], referenced bigint, key text[], captures bigint[], later boolean)
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $pgstream$
    SELECT s.constraint_oid::bigint, s.referencing::bigint, s.columns, s.referenced::bigint, s.key,
           ARRAY[s.referencing_capture, s.referenced_capture], NOT pg_visible_in_snapshot(s.checked_by, frontier)
      FROM ${catalogSchema}.standing_foreign_keys() AS s
      JOIN ${catalogSchema}.pgs_dependencies AS a ON a.stream_table_id = table_id AND a.source_relid = s.referencing
       AND a.capture_id IS NOT NULL AND a.columns @> s.columns
      JOIN ${catalogSchema}.pgs_dependencies AS b ON b.stream_table_id = table_id AND b.source_relid = s.referenced
       AND b.capture_id IS NOT NULL AND b.columns @> s.key
     ORDER BY 1
$pgstream$;
COMMENT ON FUNCTION trusted_foreign_keys IS 'Internal: the foreign keys that a refresh of a stream table may rely on';
