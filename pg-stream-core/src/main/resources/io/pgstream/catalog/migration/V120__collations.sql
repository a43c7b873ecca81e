-- A column can get another collation, and then compares otherwise, without getting another type or its table another file. The text is the same as
-- before where a column has the collation of its type.
CREATE OR REPLACE FUNCTION source_fingerprint(source oid, capture bigint, captured text[]) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
AS $pgstream$
DECLARE
    capturing CONSTANT oid := to_regprocedure(${changeBufferText} || '.capture_' || capture || '()');
    relation record;
    members oid[] := ARRAY[source];
    columns record;
    keys text;
    rules text;
    virtual text;
    inherited text;
    files text;
    capturers record;
    many int;
BEGIN
    SELECT c.relkind, c.relhasrules, c.relhassubclass, c.relhasindex, c.relrowsecurity, c.relfilenode INTO relation
      FROM pg_class AS c WHERE c.oid = source;
    IF relation.relkind = 'p' THEN
        members := ARRAY(SELECT source UNION SELECT p.relid::oid FROM pg_partition_tree(source) AS p);
        files := (SELECT string_agg(concat_ws(',', c.oid, c.relfilenode), ' ' ORDER BY c.oid) FROM pg_class AS c WHERE c.oid = ANY (members));
    ELSIF relation.relkind IS NOT NULL THEN
        files := source || ',' || relation.relfilenode;
    END IF;
    -- The flags of pg_class are true where there is, or was, something to look for.
    IF relation.relhasrules THEN
        rules := (SELECT string_agg(concat_ws(',', r.oid, r.xmin), ' ' ORDER BY r.oid) FROM pg_rewrite AS r WHERE r.ev_class = source);
    END IF;
    SELECT string_agg(concat_ws(',', a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull,
               NULLIF(a.attcollation, (SELECT t.typcollation FROM pg_type AS t WHERE t.oid = a.atttypid))), ' ' ORDER BY a.attnum)
               FILTER (WHERE a.attname = ANY (captured)) AS described,
           array_agg(a.attnum) FILTER (WHERE a.attname = ANY (captured)) AS numbers, bool_or(a.attgenerated = 'v') AS virtual
      INTO columns FROM pg_attribute AS a WHERE a.attrelid = source AND a.attnum > 0;
    IF relation.relhasindex THEN
        keys := (SELECT string_agg(i.indkey::text, ',' ORDER BY i.indkey::text COLLATE "C") FROM pg_index AS i
                  WHERE i.indrelid = source AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL
                    AND i.indkey::int2[] <@ columns.numbers);
    END IF;
    IF columns.virtual THEN
        virtual := (SELECT string_agg(concat_ws(',', d.oid, d.xmin), ' ' ORDER BY d.oid)
                   FROM pg_attribute AS a JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                  WHERE a.attrelid = source AND a.attnum > 0 AND a.attgenerated = 'v');
    END IF;
    IF relation.relhassubclass AND relation.relkind <> 'p' OR EXISTS (SELECT FROM pg_inherits AS h WHERE h.inhrelid = source) THEN
        inherited := (SELECT string_agg(concat_ws(',', h.inhrelid, h.inhparent), ' ' ORDER BY h.inhrelid, h.inhparent)
                   FROM pg_inherits AS h JOIN pg_class AS c ON c.oid = source
                  WHERE h.inhrelid = source OR h.inhparent = source AND c.relkind <> 'p');
    END IF;
    SELECT string_agg(concat_ws(',', t.oid, t.xmin, t.tgenabled), ' ' ORDER BY t.oid) AS described, count(*) FILTER (WHERE t.tgenabled IN ('O', 'A')) AS enabled
      INTO capturers FROM pg_trigger AS t WHERE t.tgrelid = ANY (members) AND t.tgfoid = capturing;
    many := 4 * cardinality(members);
    RETURN concat_ws('/', md5(concat_ws(';', rules, columns.described, keys, virtual, CASE WHEN relation.relrowsecurity THEN true END, inherited)),
           md5(concat_ws(';', files, capturers.described)),
           CASE WHEN capturers.enabled = many AND (SELECT count(*) FROM pg_depend AS d WHERE d.refclassid = 1255::oid
                          AND d.refobjid = capturing AND d.classid = 2620::oid) = many
                 THEN 'complete' ELSE 'incomplete' END);
END
$pgstream$;
