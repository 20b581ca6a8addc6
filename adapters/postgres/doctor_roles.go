package postgres

// roleChecks are the questions about the role that the program runs as, and about those that it could become.
func roleChecks() []check {
	return []check{
		{about: "attributes of the role", sql: roleAttributes},
		{about: "what the role owns", sql: roleOwns},
		{about: "memberships", sql: roleMemberships},
		{about: "the right to create", sql: roleCreates},
	}
}

const roleAttributes = `
SELECT format('the program''s role %I %s', r.rolname, a.fault), format('ALTER ROLE %I %s', r.rolname, a.mend)
FROM pg_roles r, LATERAL (VALUES
  (r.rolsuper, 'is a superuser, for whom row-level security does not hold', 'NOSUPERUSER'),
  (r.rolbypassrls, 'bypasses row-level security', 'NOBYPASSRLS'),
  (r.rolreplication, 'may replicate, and so read everything', 'NOREPLICATION'),
  (r.rolcreaterole, 'may create roles', 'NOCREATEROLE'),
  (r.rolcreatedb, 'may create databases', 'NOCREATEDB')) a (is_so, fault, mend)
WHERE r.rolname = current_user AND a.is_so`

const roleOwns = `
SELECT format('the program''s role %I owns the database %I', current_user, d.datname), format('ALTER DATABASE %I OWNER TO …', d.datname)
FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = current_database() AND r.rolname = current_user
UNION ALL
SELECT format('the program''s role %I owns the schema %I', current_user, n.nspname), format('ALTER SCHEMA %I OWNER TO …', n.nspname)
FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
WHERE r.rolname = current_user AND NOT r.rolsuper AND n.nspname !~ '^pg_'
UNION ALL
SELECT format('the program''s role %I owns %s', current_user, c.oid::regclass), format('ALTER TABLE %s OWNER TO …', c.oid::regclass)
FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.rolname = current_user AND NOT r.rolsuper AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname !~ '^pg_'
UNION ALL
SELECT format('the program''s role %I owns the function %s', current_user, p.oid::regprocedure),
  format('ALTER FUNCTION %s OWNER TO …', p.oid::regprocedure)
FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE r.rolname = current_user AND NOT r.rolsuper AND n.nspname !~ '^pg_'`

// roleMemberships finds every role that the program's role is a member of, by however many steps, and that is more than a group of plain
// people: one that is above row-level security, owns something here, or is built in.
const roleMemberships = `
SELECT format('the program''s role %I is a member of %I, which %s', me.rolname, r.rolname, CASE
    WHEN r.rolsuper THEN 'is a superuser'
    WHEN r.rolbypassrls THEN 'bypasses row-level security'
    WHEN r.rolname ~ '^pg_' THEN 'is a role with powers of its own'
    ELSE 'owns tables or functions here' END),
  format('REVOKE %I FROM %I', r.rolname, me.rolname)
FROM pg_roles me, pg_roles r
WHERE me.rolname = current_user AND NOT me.rolsuper AND r.oid <> me.oid AND pg_has_role(me.oid, r.oid, 'MEMBER')
  AND (r.rolsuper OR r.rolbypassrls OR r.rolname ~ '^pg_'
    OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid)
    OR EXISTS (SELECT FROM pg_proc p WHERE p.proowner = r.oid)
    OR EXISTS (SELECT FROM pg_database d WHERE d.datname = current_database() AND d.datdba = r.oid))`

const roleCreates = `
SELECT format('the program''s role %I may create schemas in the database', current_user),
  format('REVOKE CREATE ON DATABASE %I FROM %I, PUBLIC', current_database(), current_user)
FROM pg_roles r WHERE r.rolname = current_user AND NOT r.rolsuper AND has_database_privilege(current_database(), 'CREATE')
  AND NOT EXISTS (SELECT FROM pg_database d WHERE d.datname = current_database() AND d.datdba = r.oid)
UNION ALL
SELECT format('the program''s role %I may create things in the schema %I', current_user, n.nspname),
  format('REVOKE CREATE ON SCHEMA %I FROM %I, PUBLIC', n.nspname, current_user)
FROM pg_namespace n, pg_roles r
WHERE r.rolname = current_user AND NOT r.rolsuper AND n.nspname !~ '^pg_' AND n.nspowner <> r.oid AND has_schema_privilege(n.oid, 'CREATE')
UNION ALL
SELECT format('the program''s role %I may use the migrations'' functions', current_user),
  format('REVOKE ALL ON SCHEMA migration FROM %I, PUBLIC', current_user)
FROM pg_namespace n, pg_roles r
WHERE r.rolname = current_user AND NOT r.rolsuper AND n.nspname = 'migration' AND n.nspowner <> r.oid AND has_schema_privilege(n.oid, 'USAGE')`
