-- The triggers of a capture are found by their function: two catalogs can capture one table, each with triggers of its own
-- names, and those that were made before this migration keep theirs. The texts stay what they were.

-- Whatever can make captured changes incomplete or a plan wrong changes this text. It has three parts: what the
-- query means (columns, views), what it reads (files, partitions, triggers disabled and enabled again), and whether every
-- partition, and no table that was one, has all triggers and each is enabled.
CREATE OR REPLACE FUNCTION source_fingerprint(source oid, capture bigint, captured text[]) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog
AS $$
    WITH members AS (
        SELECT source AS relid UNION SELECT p.relid::oid FROM pg_partition_tree(source) AS p
    ), triggers AS (
        SELECT t.oid, t.xmin, t.tgenabled, t.tgfoid FROM pg_trigger AS t JOIN members AS m ON m.relid = t.tgrelid
         WHERE t.tgfoid = to_regprocedure('${changeBufferSchema}.capture_' || capture || '()')
    )
    SELECT concat_ws('/',
        md5(concat_ws(';',
            (SELECT string_agg(concat_ws(',', r.oid, r.xmin), ' ' ORDER BY r.oid)
               FROM pg_rewrite AS r WHERE r.ev_class = source),
            (SELECT string_agg(concat_ws(',', a.attnum, a.attname, a.atttypid, a.atttypmod), ' ' ORDER BY a.attnum)
               FROM pg_attribute AS a WHERE a.attrelid = source AND a.attname = ANY (captured)))),
        md5(concat_ws(';',
            (SELECT string_agg(concat_ws(',', c.oid, c.relfilenode), ' ' ORDER BY c.oid)
               FROM pg_class AS c JOIN members AS m ON m.relid = c.oid),
            (SELECT string_agg(concat_ws(',', t.oid, t.xmin, t.tgenabled), ' ' ORDER BY t.oid) FROM triggers AS t))),
        CASE WHEN (SELECT count(*) FROM triggers AS t WHERE t.tgenabled IN ('O', 'A')) = 4 * (SELECT count(*) FROM members)
              AND (SELECT count(*) FROM pg_depend AS d WHERE d.refclassid = 'pg_proc'::regclass
                      AND d.refobjid = (SELECT t.tgfoid FROM triggers AS t LIMIT 1)
                      AND d.classid = 'pg_trigger'::regclass) = 4 * (SELECT count(*) FROM members)
             THEN 'complete' ELSE 'incomplete' END)
$$;
