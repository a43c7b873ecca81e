-- The same text as before at half of the cost: each part is looked for only where the table can have it, and catalogs are never read as a whole.
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
    SELECT string_agg(concat_ws(',', a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull), ' ' ORDER BY a.attnum)
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

CREATE OR REPLACE FUNCTION target_constraint(target oid) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
AS $pgstream$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = target AND t.tgconstraint <> 0) THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname)
          FROM pg_trigger AS t JOIN pg_constraint AS c ON c.oid = t.tgconstraint AND c.contype = 'f'
         WHERE t.tgrelid = target ORDER BY c.oid LIMIT 1
    );
END
$pgstream$;

-- The objects of which none can change without one of their rows in the catalogs becoming another one, if what a refresh relies on changes: the
-- sources, what is read as a part of them, what captures their changes, where they are found by name, and the functions that the query calls.
CREATE FUNCTION relied_on(table_id bigint)
    RETURNS TABLE (sources bigint[], relations bigint[], captures bigint[], capturing bigint[], namespaces bigint[], functions bigint[])
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog
AS $pgstream$
BEGIN
    sources := ARRAY(SELECT d.source_relid::bigint FROM ${catalogSchema}.pgs_dependencies AS d WHERE d.stream_table_id = table_id ORDER BY 1);
    relations := ARRAY(SELECT s FROM unnest(sources) AS s
                       UNION SELECT p.relid::oid::bigint FROM unnest(sources) AS s CROSS JOIN LATERAL pg_partition_tree(s::oid) AS p
                       UNION SELECT t.relid::bigint FROM ${catalogSchema}.pgs_stream_tables AS t WHERE t.id = table_id ORDER BY 1);
    captures := ARRAY(SELECT d.capture_id FROM ${catalogSchema}.pgs_dependencies AS d
                       WHERE d.stream_table_id = table_id AND d.capture_id IS NOT NULL ORDER BY 1);
    capturing := ARRAY(SELECT to_regprocedure(${changeBufferText} || '.capture_' || c || '()')::oid::bigint FROM unnest(captures) AS c ORDER BY 1);
    namespaces := ARRAY(SELECT c.relnamespace::bigint FROM unnest(relations) AS r JOIN pg_class AS c ON c.oid = r::oid
                        UNION SELECT p.pronamespace::bigint FROM unnest(capturing) AS f JOIN pg_proc AS p ON p.oid = f::oid ORDER BY 1);
    functions := ARRAY(SELECT f::bigint FROM ${catalogSchema}.pgs_used_functions AS u CROSS JOIN unnest(u.functions) AS f
                        WHERE u.stream_table_id = table_id ORDER BY 1);
    RETURN NEXT;
END
$pgstream$;
COMMENT ON FUNCTION relied_on IS 'Internal: the objects that a refresh of a stream table relies on';
