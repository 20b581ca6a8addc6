package postgres

// resolverTables are the tables that the narrow functions may look at whatever the organization.
func resolverTables() []string {
	return []string{"organizations", "forms", "slack_installations", "workflows", "slack_cards", "webhook_events", "outbox"}
}

// tableChecks are the questions about tables, views, policies, keys and indexes. What an extension brought is the extension's.
func tableChecks() []check {
	return []check{
		{about: "row-level security", sql: tablesWithoutWall},
		{about: "coverage of the commands", sql: tablesUncovered},
		{about: "policies for the program's role", sql: policiesForApp},
		{about: "policies for everybody", sql: policiesForAll},
		{about: "policies of the resolver", sql: policiesOfResolver, arg: resolverTables()},
		{about: "privileges on tables", sql: tablePrivileges},
		{about: "privileges of everybody", sql: publicPrivileges},
		{about: "tables of no organization", sql: tablesOfNobody},
		{about: "views", sql: viewsAsOwner},
		{about: "foreign keys", sql: foreignKeys},
		{about: "unique indexes", sql: uniqueIndexes},
	}
}

// ours are the relations of this database with the number of their column org_id, and the roles that matter.
const ours = `
WITH ours AS (
  SELECT c.oid, c.oid::regclass AS name, n.nspname, c.relname, c.relkind, c.relacl, c.relowner, c.relrowsecurity, c.relforcerowsecurity,
    c.reloptions, a.attnum AS org
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')),
tenant AS (SELECT * FROM ours WHERE org IS NOT NULL AND relkind IN ('r', 'p')),
me AS (SELECT oid, rolname FROM pg_roles WHERE rolname = current_user),
resolver AS (
  SELECT r.oid, r.rolname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles r ON r.oid = p.proowner
  WHERE n.nspname = 'app' AND p.proname = 'resolve_form' AND p.prosecdef),
policies AS (
  SELECT t.name, t.oid, t.relname, p.polname, p.polcmd, p.polpermissive, p.polroles,
    pg_get_expr(p.polqual, p.polrelid) AS qual, pg_get_expr(p.polwithcheck, p.polrelid) AS with_check
  FROM pg_policy p JOIN ours t ON t.oid = p.polrelid)
`

// scoped is how the catalogue prints the one condition that tenant policies have.
const scoped = `'(org_id = ( SELECT app.current_org() AS current_org))'`

const tablesWithoutWall = ours + `
SELECT format('%s has no row-level security', name), format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name) FROM tenant WHERE NOT relrowsecurity
UNION ALL
SELECT format('row-level security of %s does not hold for its owner', name), format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name)
FROM tenant WHERE NOT relforcerowsecurity`

const tablesUncovered = ours + `
SELECT format('no policy of %s covers %s for the program''s role', t.name, c.command),
  format('CREATE POLICY tenant ON %s FOR ALL TO %I USING (org_id = (SELECT app.current_org())) WITH CHECK (org_id = (SELECT app.current_org()))',
    t.name, me.rolname)
FROM tenant t, me, (VALUES ('r', 'SELECT'), ('a', 'INSERT'), ('w', 'UPDATE'), ('d', 'DELETE')) c (letter, command)
WHERE NOT EXISTS (
  SELECT FROM policies p WHERE p.oid = t.oid AND p.polpermissive AND p.polcmd::text IN ('*', c.letter) AND p.polroles @> ARRAY[me.oid]
    AND (c.letter = 'a' OR p.qual = ` + scoped + `) AND (c.letter IN ('r', 'd') OR p.with_check = ` + scoped + `))`

// policiesForApp finds conditions other than the one, since permissive policies add up.
const policiesForApp = ours + `
SELECT format('the policy %I of %s lets the program''s role past its organization', p.polname, p.name), format('DROP POLICY %I ON %s', p.polname, p.name)
FROM policies p, me
WHERE p.polpermissive AND EXISTS (SELECT FROM unnest(p.polroles) r (oid) WHERE r.oid = 0 OR pg_has_role(me.oid, r.oid, 'MEMBER'))
  AND (p.qual IS DISTINCT FROM ` + scoped + ` AND p.polcmd <> 'a' OR p.with_check IS DISTINCT FROM ` + scoped + ` AND p.polcmd IN ('a', 'w', '*'))`

const policiesForAll = ours + `
SELECT format('the policy %I of %s is for everybody', polname, name), format('DROP POLICY %I ON %s', polname, name)
FROM policies WHERE polroles @> ARRAY[0::oid]
UNION ALL
SELECT format('the policy %I of %s lets any row through', p.polname, p.name), format('DROP POLICY %I ON %s', p.polname, p.name)
FROM policies p WHERE (p.qual = 'true' OR p.with_check = 'true') AND p.polpermissive
  AND NOT EXISTS (SELECT FROM resolver r WHERE p.polroles = ARRAY[r.oid])`

const policiesOfResolver = ours + `
SELECT format('the resolver role may see %s, which the narrow functions do not need', p.name), format('DROP POLICY %I ON %s', p.polname, p.name)
FROM policies p, resolver r WHERE p.polroles @> ARRAY[r.oid] AND NOT p.relname = ANY ($1::text[])
UNION ALL
SELECT format('the resolver role has privileges on %s, which the narrow functions do not need', t.name),
  format('REVOKE ALL ON %s FROM %I', t.name, r.rolname)
FROM ours t, resolver r WHERE NOT t.relname = ANY ($1::text[]) AND t.relowner <> r.oid
  AND (has_any_column_privilege(r.oid, t.oid, 'SELECT, INSERT, UPDATE, REFERENCES') OR has_table_privilege(r.oid, t.oid, 'DELETE, TRUNCATE, TRIGGER'))
UNION ALL
SELECT format('the resolver role %I %s', r.rolname, a.fault), format('ALTER ROLE %I %s', r.rolname, a.mend)
FROM resolver v JOIN pg_roles r ON r.oid = v.oid, LATERAL (VALUES
  (r.rolsuper, 'is a superuser', 'NOSUPERUSER'), (r.rolbypassrls, 'bypasses row-level security', 'NOBYPASSRLS'),
  (r.rolcanlogin, 'may log in', 'NOLOGIN')) a (is_so, fault, mend)
WHERE a.is_so
UNION ALL
SELECT format('the resolver role %I is a member of %I', r.rolname, g.rolname), format('REVOKE %I FROM %I', g.rolname, r.rolname)
FROM resolver r JOIN pg_auth_members m ON m.member = r.oid JOIN pg_roles g ON g.oid = m.roleid`

const tablePrivileges = ours + `
SELECT format('the program''s role may %s on %s', lower(c.command), t.name), format('REVOKE %s ON %s FROM %I, PUBLIC', c.command, t.name, me.rolname)
FROM ours t, me, (VALUES ('TRUNCATE'), ('TRIGGER')) c (command)
WHERE t.relowner <> me.oid AND t.relkind IN ('r', 'p') AND has_table_privilege(me.oid, t.oid, c.command)
UNION ALL
SELECT format('the program''s role may refer to %s from tables of its own', t.name), format('REVOKE REFERENCES ON %s FROM %I, PUBLIC', t.name, me.rolname)
FROM ours t, me WHERE t.relowner <> me.oid AND t.relkind IN ('r', 'p') AND has_any_column_privilege(me.oid, t.oid, 'REFERENCES')
UNION ALL
SELECT 'the program''s role may change what the audit log says', format('REVOKE UPDATE, DELETE ON %s FROM %I, PUBLIC', t.name, me.rolname)
FROM ours t, me WHERE t.relname = 'audit_log' AND t.relowner <> me.oid
  AND (has_any_column_privilege(me.oid, t.oid, 'UPDATE') OR has_table_privilege(me.oid, t.oid, 'DELETE'))`

const publicPrivileges = ours + `
SELECT DISTINCT format('everybody has privileges on %s', t.name), format('REVOKE ALL ON %s FROM PUBLIC', t.name)
FROM ours t, aclexplode(t.relacl) a WHERE a.grantee = 0`

// tablesOfNobody allows the migrations' own list, for reading.
const tablesOfNobody = ours + `
SELECT format('%s belongs to no organization and the program''s role may use it', t.name),
  format('give it org_id and a policy, or REVOKE ALL ON %s FROM %I', t.name, me.rolname)
FROM ours t, me
WHERE t.org IS NULL AND t.relkind IN ('r', 'p', 'f') AND t.relowner <> me.oid
  AND (has_any_column_privilege(me.oid, t.oid, 'INSERT, UPDATE') OR has_table_privilege(me.oid, t.oid, 'DELETE')
    OR t.relname <> 'goose_db_version' AND has_any_column_privilege(me.oid, t.oid, 'SELECT'))`

const viewsAsOwner = ours + `
SELECT format('the view %s reads as its owner', name), format('ALTER VIEW %s SET (security_invoker = true)', name)
FROM ours WHERE relkind = 'v' AND NOT coalesce(reloptions && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)
UNION ALL
SELECT format('the materialized view %s keeps rows of every organization', t.name), format('REVOKE ALL ON %s FROM %I', t.name, me.rolname)
FROM ours t, me WHERE t.relkind = 'm' AND has_any_column_privilege(me.oid, t.oid, 'SELECT')`

const foreignKeys = ours + `
SELECT format('the foreign key %I of %s can reach another organization''s rows', k.conname, t.name),
  format('ALTER TABLE %s DROP CONSTRAINT %I, and add it with org_id on both sides', t.name, k.conname)
FROM pg_constraint k JOIN ours t ON t.oid = k.conrelid JOIN ours target ON target.oid = k.confrelid
WHERE k.contype = 'f' AND (t.org IS NOT NULL OR target.org IS NOT NULL)
  AND NOT EXISTS (SELECT FROM unnest(k.conkey, k.confkey) pair (here, there) WHERE pair.here = t.org AND pair.there = target.org)
UNION ALL
SELECT format('the foreign key %I of %s was never checked against the rows there are', k.conname, t.name),
  format('ALTER TABLE %s VALIDATE CONSTRAINT %I, as a role that sees every row', t.name, k.conname)
FROM pg_constraint k JOIN ours t ON t.oid = k.conrelid WHERE k.contype = 'f' AND NOT k.convalidated`

const uniqueIndexes = ours + `
SELECT format('the unique index %s of %s spans organizations', i.indexrelid::regclass, t.name),
  format('DROP INDEX %s (or its constraint), and make it anew with org_id', i.indexrelid::regclass)
FROM pg_index i JOIN tenant t ON t.oid = i.indrelid
WHERE (i.indisunique OR i.indisexclusion) AND NOT t.org = ANY ((i.indkey::smallint[])[0:i.indnkeyatts - 1])`
