-- A virtual generated column (PostgreSQL 18) can get another expression, and no row is written: that is another definition of the table. The text of
-- tables without such columns stays what it was.
CREATE OR REPLACE FUNCTION source_fingerprint(source oid, capture bigint, captured text[]) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan
AS $pgstream$
DECLARE
    capturing oid := to_regprocedure(${changeBufferText} || '.capture_' || capture || '()');
BEGIN
    RETURN (
        WITH members AS MATERIALIZED (
            SELECT ARRAY(SELECT source UNION SELECT p.relid::oid FROM pg_partition_tree(source) AS p) AS relids
        ), triggers AS MATERIALIZED (
            SELECT t.oid, t.xmin, t.tgenabled, t.tgfoid FROM pg_trigger AS t
             WHERE t.tgrelid = ANY ((SELECT m.relids FROM members AS m)::oid[])
               AND t.tgfoid = capturing
        ), columns AS MATERIALIZED (
            SELECT a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull FROM pg_attribute AS a
             WHERE a.attrelid = source AND a.attname = ANY (captured)
        )
        SELECT concat_ws('/',
            md5(concat_ws(';',
                (SELECT string_agg(concat_ws(',', r.oid, r.xmin), ' ' ORDER BY r.oid)
                   FROM pg_rewrite AS r WHERE r.ev_class = source),
                (SELECT string_agg(concat_ws(',', a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull), ' '
                                   ORDER BY a.attnum) FROM columns AS a),
                (SELECT string_agg(i.indkey::text, ',' ORDER BY i.indkey::text COLLATE "C") FROM pg_index AS i
                  WHERE i.indrelid = source AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL
                    AND i.indkey::int2[] <@ (SELECT array_agg(a.attnum) FROM columns AS a)),
                -- The value of a virtual column is computed by whoever reads it, by the expression that it has then.
                (SELECT string_agg(concat_ws(',', d.oid, d.xmin), ' ' ORDER BY d.oid)
                   FROM pg_attribute AS a JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                  WHERE a.attrelid = source AND a.attnum > 0 AND a.attgenerated = 'v'),
                (SELECT c.relrowsecurity FROM pg_class AS c WHERE c.oid = source AND c.relrowsecurity),
                -- What is written through another table by inheritance fires none of a source's triggers: to begin or end that makes another definition of it.
                (SELECT string_agg(concat_ws(',', h.inhrelid, h.inhparent), ' ' ORDER BY h.inhrelid, h.inhparent)
                   FROM pg_inherits AS h JOIN pg_class AS c ON c.oid = source
                  WHERE h.inhrelid = source OR h.inhparent = source AND c.relkind <> 'p'))),
            md5(concat_ws(';',
                (SELECT string_agg(concat_ws(',', c.oid, c.relfilenode), ' ' ORDER BY c.oid)
                   FROM pg_class AS c WHERE c.oid = ANY ((SELECT m.relids FROM members AS m)::oid[])),
                (SELECT string_agg(concat_ws(',', t.oid, t.xmin, t.tgenabled), ' ' ORDER BY t.oid) FROM triggers AS t))),
            CASE WHEN (SELECT count(*) FROM triggers AS t WHERE t.tgenabled IN ('O', 'A'))
                      = 4 * (SELECT cardinality(m.relids) FROM members AS m)
                  AND (SELECT count(*) FROM pg_depend AS d WHERE d.refclassid = 'pg_proc'::regclass
                          AND d.refobjid = (SELECT t.tgfoid FROM triggers AS t LIMIT 1)
                          AND d.classid = 'pg_trigger'::regclass)
                      = 4 * (SELECT cardinality(m.relids) FROM members AS m)
                 THEN 'complete' ELSE 'incomplete' END));
END
$pgstream$;
