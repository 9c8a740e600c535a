"""PostgreSQL の目録に問う (P1.5): what the catalogue says of a wall, and of ways around it."""

COLUMNS = """
    SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relname = ANY(%s) AND pg_table_is_visible(c.oid)
      AND a.attnum > 0 AND NOT a.attisdropped
"""
FOREIGN_KEYS = """
    SELECT c.relname, a.attname, p.relname, b.attname FROM pg_constraint f
    JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class p ON p.oid = f.confrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = f.conkey[1]
    JOIN pg_attribute b ON b.attrelid = p.oid AND b.attnum = f.confkey[1]
    WHERE f.contype = 'f' AND f.convalidated AND cardinality(f.conkey) = 1
      AND n.nspname = ANY(%s) AND a.atttypid = b.atttypid
      AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgconstraint = f.oid AND t.tgenabled = 'D')
"""
PAGED = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %(ours)s AND c.relname LIKE 'pages\\_%%'
"""
READERS = """
    SELECT DISTINCT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'v' AND pg_get_userbyid(c.relowner) = %(owner)s ORDER BY 1
"""
MEMBERS = """
    WITH RECURSIVE doors AS (
        SELECT DISTINCT r.oid, r.rolname FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.rolname = n.nspname
        WHERE c.relkind = 'v' AND pg_get_userbyid(c.relowner) = %(owner)s
    ), inside AS (
        SELECT m.member, d.rolname AS door FROM pg_auth_members m JOIN doors d ON d.oid = m.roleid
        UNION SELECT m.member, i.door FROM pg_auth_members m JOIN inside i ON i.member = m.roleid
    ), readers AS (
        SELECT r.oid, r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb,
               r.rolreplication, array_agg(i.door ORDER BY i.door) AS doors
        FROM inside i JOIN pg_roles r ON r.oid = i.member
        GROUP BY 1, 2, 3, 4, 5, 6, 7
        UNION ALL
        SELECT r.oid, r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb,
               r.rolreplication, array[d.rolname] FROM doors d JOIN pg_roles r ON r.oid = d.oid
    )
"""
LOGINS = """
    SELECT r.rolname FROM pg_roles r
    WHERE r.rolcanlogin AND NOT r.rolsuper
      AND has_database_privilege(r.oid, current_database(), 'TEMP')
      AND NOT EXISTS (SELECT FROM pg_roles d WHERE d.rolname = ANY(%(readers)s)
                      AND pg_has_role(r.oid, d.oid, 'MEMBER'))
    ORDER BY 1
"""
LEAKS: tuple[tuple[str, str], ...] = (
    (
        MEMBERS
        + """
    SELECT rolname, concat_ws(', ', CASE WHEN rolsuper THEN 'superuser' END,
        CASE WHEN rolbypassrls THEN 'bypasses row security' END,
        CASE WHEN rolcreaterole THEN 'makes roles' END,
        CASE WHEN rolcreatedb THEN 'makes databases' END,
        CASE WHEN rolreplication THEN 'replicates' END)
    FROM readers
    WHERE rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication ORDER BY 1
""",
        "the reader `{}` has powers that pass every door: {}",
    ),
    (
        MEMBERS
        + """
    SELECT rolname, array_to_string(doors, ', ') FROM readers
    WHERE cardinality(doors) > 1 ORDER BY 1
""",
        "the reader `{}` has several doors, so its reads state no one purpose: {}",
    ),
    (
        MEMBERS
        + """
    SELECT r.rolname, o.rolname FROM readers r
    JOIN pg_auth_members m ON m.member = r.oid JOIN pg_roles o ON o.oid = m.roleid
    WHERE o.oid NOT IN (SELECT oid FROM doors) AND o.oid NOT IN (SELECT oid FROM readers)
    ORDER BY 1, 2
""",
        "the reader `{}` is also in the role `{}`",
    ),
    (
        MEMBERS
        + """
    SELECT r.rolname, n.nspname || '.' || c.relname FROM readers r, pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT r.rolsuper AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname <> ALL(r.doors)
      AND n.nspname NOT LIKE 'pg_toast%%' AND n.nspname NOT LIKE 'pg_temp%%'
      AND (has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
           OR has_table_privilege(r.oid, c.oid, 'DELETE, TRUNCATE, TRIGGER'))
    ORDER BY 1, 2
""",
        "the reader `{}` reaches `{}` past its door",
    ),
    (
        MEMBERS
        + """
    SELECT r.rolname, n.nspname FROM readers r, pg_namespace n
    WHERE NOT r.rolsuper AND has_schema_privilege(r.oid, n.oid, 'CREATE')
      AND n.nspname NOT LIKE 'pg_temp%%' AND n.nspname NOT LIKE 'pg_toast%%' ORDER BY 1, 2
""",
        "the reader `{}` may make objects in the schema `{}`",
    ),
    (
        MEMBERS
        + """
    SELECT r.rolname, current_database() FROM readers r
    WHERE NOT r.rolsuper AND has_database_privilege(r.oid, current_database(), 'TEMP, CREATE')
    ORDER BY 1
""",
        "the reader `{}` may make temporary tables or schemas in the database `{}`",
    ),
    (
        MEMBERS
        + """
    SELECT r.rolname, p.oid::regprocedure::text FROM readers r, pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE NOT r.rolsuper AND p.prosecdef AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
      AND has_schema_privilege(r.oid, n.oid, 'USAGE') AND n.nspname NOT IN ('pg_catalog')
    ORDER BY 1, 2
""",
        "the reader `{}` may call `{}`, which runs with another's rights",
    ),
)
DESCRIBED = """
    WITH spaces AS (
        SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_namespace n
        WHERE n.nspname = %(ours)s OR EXISTS (SELECT FROM pg_class c
            WHERE c.relnamespace = n.oid AND pg_get_userbyid(c.relowner) = %(owner)s)
    ), said AS (
        SELECT concat_ws(' ', 'schema', nspname, pg_get_userbyid(nspowner), nspacl::text) AS line
        FROM spaces
        UNION ALL
        SELECT concat_ws(' ', 'relation', s.nspname || '.' || c.relname, c.relkind::text,
            pg_get_userbyid(c.relowner), c.relacl::text, c.reloptions::text,
            CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) ELSE (
                SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
                    a.attacl::text), ', ' ORDER BY a.attnum)
                FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) END)
        FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace WHERE c.relkind <> 'i'
        UNION ALL
        SELECT concat_ws(' ', 'function', p.oid::regprocedure::text, pg_get_userbyid(p.proowner),
            p.proacl::text, pg_get_functiondef(p.oid))
        FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
        UNION ALL
        SELECT concat_ws(' ', 'trigger', t.tgrelid::regclass::text, pg_get_triggerdef(t.oid))
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        JOIN spaces s ON s.oid = c.relnamespace WHERE NOT t.tgisinternal
        UNION ALL
        SELECT concat_ws(' ', 'role', r.rolname, r.rolcanlogin::text, r.rolsuper::text,
            r.rolcreatedb::text, r.rolcreaterole::text, r.rolreplication::text,
            r.rolbypassrls::text)
        FROM pg_roles r WHERE r.rolname IN (SELECT nspname FROM spaces)
           OR r.rolname = %(owner)s AND EXISTS (SELECT FROM spaces)
        UNION ALL
        SELECT concat_ws(' ', 'member', a.rolname, 'of', b.rolname)
        FROM pg_auth_members m JOIN pg_roles a ON a.oid = m.member
        JOIN pg_roles b ON b.oid = m.roleid
        WHERE %(owner)s IN (a.rolname, b.rolname) AND EXISTS (SELECT FROM spaces)
           OR a.rolname IN (SELECT nspname FROM spaces)
        UNION ALL
        SELECT concat_ws(' ', 'reads', a.attrelid::regclass::text, a.attname)
        FROM pg_attribute a, aclexplode(a.attacl) x
        WHERE pg_get_userbyid(x.grantee) = %(owner)s
    )
    SELECT line FROM said ORDER BY line COLLATE "C"
"""
