package postgres

// narrowFunctions are the only ones that run as somebody other than their caller: they are what the program may ask before an
// organization is known.
func narrowFunctions() []string {
	return []string{
		"app.resolve_form(text)",
		"app.resolve_slack_run(text,uuid)",
		"app.take_rings(integer,integer,interval)",
		"app.rang(bigint[])",
		"app.sweep(interval,boolean)",
	}
}

// functionChecks are the questions about functions that run as somebody else.
func functionChecks() []check {
	return []check{
		{about: "the list of definer functions", sql: definersUnlisted, arg: narrowFunctions()},
		{about: "search paths of definer functions", sql: definersUnpinned},
		{about: "owners of definer functions", sql: definersOwned},
		{about: "who may execute", sql: functionsForAll},
	}
}

const ourFunctions = `
WITH ours AS (
  SELECT p.oid, p.oid::regprocedure AS name, p.prosecdef, p.proconfig, p.proowner, p.proacl, n.nspname
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))
`

const definersUnlisted = ourFunctions + `
SELECT format('the function %s runs as its owner and is not on the list', name), format('ALTER FUNCTION %s SECURITY INVOKER', name)
FROM ours WHERE prosecdef AND NOT name::text = ANY ($1::text[])`

const definersUnpinned = ourFunctions + `
SELECT format('the function %s runs as its owner with a search path that callers choose', name),
  format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp', name)
FROM ours WHERE prosecdef AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (proconfig), false)`

// definersOwned wants one role that cannot log in, is above nothing and owns no table.
const definersOwned = ourFunctions + `
SELECT format('the function %s runs as %I, which is no resolver role', o.name, r.rolname), format('ALTER FUNCTION %s OWNER TO the resolver role', o.name)
FROM ours o JOIN pg_roles r ON r.oid = o.proowner
WHERE o.prosecdef AND (r.rolcanlogin OR r.rolsuper OR r.rolbypassrls OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid)
  OR o.proowner <> (SELECT min(proowner::text)::oid FROM ours WHERE name::text = 'app.resolve_form(text)'))`

const functionsForAll = ourFunctions + `
SELECT DISTINCT format('everybody may execute %s', o.name), format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', o.name)
FROM ours o, aclexplode(coalesce(o.proacl, acldefault('f', o.proowner))) a
WHERE a.grantee = 0 AND (o.prosecdef OR o.nspname IN ('app', 'migration'))`
