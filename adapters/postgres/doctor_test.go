package postgres_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded/pgtest"
	"github.com/leadagent/leadagent/adapters/postgres"
)

func TestInspectFindsNothingInAMigratedDatabase(t *testing.T) {
	t.Parallel()
	db := open(t, pgtest.New(t, migrated), nil)
	found, err := postgres.Inspect(t.Context(), db)
	require.NoError(t, err)
	require.Empty(t, found)
	require.NoError(t, postgres.CheckStart(t.Context(), db))
}

// Each breaks one thing in a database of its own, and Inspect must name it. {app} is the program's role, {resolver} the resolver, {new} a
// role of the test's own.
func TestInspectFindsWhatIsBroken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sql, finding string }{
		"a table with nothing": {
			"CREATE TABLE notes (org_id text NOT NULL, id uuid, PRIMARY KEY (org_id, id)); GRANT SELECT ON notes TO {app}",
			"public.notes has no row-level security",
		},
		"a table that is not covered": {
			"CREATE TABLE notes (org_id text NOT NULL, id uuid, PRIMARY KEY (org_id, id)); GRANT SELECT ON notes TO {app}",
			"no policy of public.notes covers DELETE",
		},
		"row-level security off":          {"ALTER TABLE leads DISABLE ROW LEVEL SECURITY", "public.leads has no row-level security"},
		"not forced":                      {"ALTER TABLE leads NO FORCE ROW LEVEL SECURITY", "row-level security of public.leads does not hold for its owner"},
		"no policy":                       {"DROP POLICY tenant ON drafts", "no policy of public.drafts covers INSERT"},
		"another condition":               {"ALTER POLICY tenant ON drafts USING (org_id = org_id)", "the policy tenant of public.drafts lets the program's role past"},
		"another check":                   {"ALTER POLICY tenant ON drafts WITH CHECK (org_id <> '')", "the policy tenant of public.drafts lets the program's role past"},
		"a bare call":                     {"ALTER POLICY tenant ON drafts USING (org_id = app.current_org())", "no policy of public.drafts covers SELECT"},
		"only one command":                {"DROP POLICY tenant ON drafts; CREATE POLICY tenant ON drafts FOR SELECT TO {app} USING (org_id = (SELECT app.current_org()))", "no policy of public.drafts covers UPDATE"},
		"a second, wider policy":          {"CREATE POLICY more ON leads FOR SELECT TO {app} USING (status = 'pending')", "the policy more of public.leads lets the program's role past"},
		"a policy for everybody":          {"CREATE POLICY more ON leads TO PUBLIC USING (org_id = (SELECT app.current_org()))", "the policy more of public.leads is for everybody"},
		"an always-true policy":           {"CREATE POLICY more ON leads FOR SELECT TO {new} USING (true)", "the policy more of public.leads lets any row through"},
		"an always-true check":            {"CREATE POLICY more ON leads FOR INSERT TO {app} WITH CHECK (true)", "the policy more of public.leads lets any row through"},
		"the resolver sees more":          {"CREATE POLICY more ON leads FOR SELECT TO {resolver} USING (true)", "the resolver role may see public.leads"},
		"the resolver may more":           {"GRANT SELECT (email) ON leads TO {resolver}", "the resolver role has privileges on public.leads"},
		"truncate":                        {"GRANT TRUNCATE ON leads TO {app}", "may truncate on public.leads"},
		"trigger":                         {"GRANT TRIGGER ON leads TO {app}", "may trigger on public.leads"},
		"references":                      {"GRANT REFERENCES (id) ON leads TO {app}", "may refer to public.leads"},
		"the audit log can be changed":    {"GRANT UPDATE (action) ON audit_log TO {app}", "may change what the audit log says"},
		"create in the schema":            {"GRANT CREATE ON SCHEMA public TO {app}", "may create things in the schema public"},
		"create in the database":          {"GRANT CREATE ON DATABASE {db} TO {app}", "may create schemas in the database"},
		"the migrations' functions":       {"GRANT USAGE ON SCHEMA migration TO {app}", "may use the migrations' functions"},
		"the app owns a table":            {"ALTER TABLE drafts OWNER TO {app}", "owns public.drafts"},
		"the app owns a function":         {"ALTER FUNCTION app.current_org() OWNER TO {app}", "owns the function app.current_org()"},
		"the app owns a schema":           {"ALTER SCHEMA app OWNER TO {app}", "owns the schema app"},
		"privileges for everybody":        {"GRANT SELECT ON leads TO PUBLIC", "everybody has privileges on public.leads"},
		"a table of nobody":               {"CREATE TABLE settings (name text); GRANT SELECT ON settings TO {app}", "public.settings belongs to no organization"},
		"writing the version":             {"GRANT INSERT ON goose_db_version TO {app}", "public.goose_db_version belongs to no organization"},
		"a view":                          {"CREATE VIEW everything AS SELECT * FROM leads", "the view public.everything reads as its owner"},
		"a materialized view":             {"CREATE MATERIALIZED VIEW everything AS SELECT * FROM leads; GRANT SELECT ON everything TO {app}", "the materialized view public.everything keeps rows"},
		"a plain foreign key":             {"CREATE UNIQUE INDEX tmp ON leads (id); ALTER TABLE drafts ADD COLUMN lead_id uuid REFERENCES leads (id)", "the foreign key drafts_lead_id_fkey of public.drafts can reach"},
		"a foreign key with orgs crossed": {"CREATE UNIQUE INDEX tmp ON forms (key, org_id); ALTER TABLE drafts ADD FOREIGN KEY (org_id, author) REFERENCES forms (key, org_id)", "of public.drafts can reach"},
		"an unchecked foreign key":        {"ALTER TABLE drafts ADD FOREIGN KEY (org_id, author) REFERENCES members NOT VALID", "was never checked against the rows"},
		"a unique index":                  {"CREATE UNIQUE INDEX emails_message ON emails (message_id)", "the unique index public.emails_message of public.emails spans organizations"},
		"org_id only included":            {"CREATE UNIQUE INDEX emails_message ON emails (message_id) INCLUDE (org_id)", "the unique index public.emails_message of public.emails spans organizations"},
		"an exclusion constraint":         {"ALTER TABLE emails ADD CONSTRAINT once EXCLUDE (message_id WITH =)", "the unique index public.once of public.emails spans organizations"},
		"a definer function": {
			"CREATE FUNCTION app.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM public.leads'",
			"app.peek() runs as its owner and is not on the list",
		},
		"an overload of a listed one": {
			"CREATE FUNCTION app.resolve_form(text, text) RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT $1'",
			"app.resolve_form(text,text) runs as its owner and is not on the list",
		},
		"no pinned search path":      {"ALTER FUNCTION app.rang(bigint[]) RESET search_path", "app.rang(bigint[]) runs as its owner with a search path"},
		"another search path":        {"ALTER FUNCTION app.rang(bigint[]) SET search_path = public", "app.rang(bigint[]) runs as its owner with a search path"},
		"executable by everybody":    {"GRANT EXECUTE ON FUNCTION app.rang(bigint[]) TO PUBLIC", "everybody may execute app.rang(bigint[])"},
		"owned by the tables' owner": {"ALTER FUNCTION app.rang(bigint[]) OWNER TO {owner}", "app.rang(bigint[]) runs as"},
		"a resolver that logs in": {
			"ALTER ROLE {new} LOGIN; ALTER FUNCTION app.resolve_form(text) OWNER TO {new}", "may log in",
		},
		"a resolver above policies": {
			"ALTER ROLE {new} BYPASSRLS; ALTER FUNCTION app.resolve_form(text) OWNER TO {new}", "bypasses row-level security",
		},
		"a resolver that is a member": {
			"GRANT {owner} TO {new}; ALTER FUNCTION app.resolve_form(text) OWNER TO {new}", "is a member of",
		},
		"an organization by default": {
			"CREATE OR REPLACE FUNCTION app.current_org() RETURNS text LANGUAGE sql STABLE AS $$SELECT coalesce(current_setting('app.org_id', true), 'org_a')$$",
			"app.current_org() gives an organization when there is no setting",
		},
		"an empty organization": {
			"CREATE OR REPLACE FUNCTION app.current_org() RETURNS text LANGUAGE sql STABLE AS $$SELECT current_setting('app.org_id')$$",
			"app.current_org() gives an organization when the setting is empty",
		},
		"an older schema": {"DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)", "and the program needs"},
		"a newer schema":  {"INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)", "the program knows only"},
		"no schema":       {"DROP TABLE goose_db_version", "the schema is at version 0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := pgtest.New(t, migrated)
			super := connect(t, db.SuperuserURL)
			exec(t, super, namesOf(t, db).Replace(c.sql))
			found, err := postgres.Inspect(t.Context(), open(t, db, nil))
			require.NoError(t, err)
			requireFinding(t, found, c.finding)
			for _, f := range found {
				require.NotEmpty(t, f.Mend, f.What)
			}
		})
	}
}

// Each is a role that must not be the program's. The roles of a test's cluster are shared, so it makes one of its own.
func TestInspectAndStartRefuseOtherRoles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sql, finding string }{
		"superuser":             {"ALTER ROLE {new} SUPERUSER", "is a superuser"},
		"bypasses policies":     {"ALTER ROLE {new} BYPASSRLS", "bypasses row-level security"},
		"replicates":            {"ALTER ROLE {new} REPLICATION", "may replicate"},
		"creates roles":         {"ALTER ROLE {new} CREATEROLE", "may create roles"},
		"owns the database":     {"ALTER DATABASE {db} OWNER TO {new}", "owns the database"},
		"member of a superuser": {"CREATE ROLE {new}_2 SUPERUSER; CREATE ROLE {new}_3; GRANT {new}_2 TO {new}_3; GRANT {new}_3 TO {new}", "which is a superuser"},
		"member, not inheriting": {
			"ALTER ROLE {new} NOINHERIT; CREATE ROLE {new}_2 BYPASSRLS; GRANT {new}_2 TO {new}", "which bypasses row-level security",
		},
		"member of the owner":    {"GRANT {owner} TO {new}", "which owns tables or functions here"},
		"member of the resolver": {"GRANT {resolver} TO {new}", "which owns tables or functions here"},
		"reads all data":         {"GRANT pg_read_all_data TO {new}", "which is a role with powers of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pg := pgtest.New(t, migrated)
			names := namesOf(t, pg)
			exec(t, connect(t, pg.SuperuserURL), names.Replace(
				"ALTER ROLE {new} LOGIN PASSWORD 'secret'; GRANT USAGE ON SCHEMA public, app TO {new}; GRANT SELECT ON goose_db_version TO {new};"+
					" GRANT EXECUTE ON FUNCTION app.current_org() TO {new};"+c.sql))
			db := open(t, pg, func(o *postgres.Options) { o.URL = loginAs(t, pg.AppURL, names.Replace("{new}"), "secret") })
			found, err := postgres.Inspect(t.Context(), db)
			require.NoError(t, err)
			requireFinding(t, found, c.finding)
			err = postgres.CheckStart(t.Context(), db)
			require.ErrorContains(t, err, c.finding)
		})
	}
}

func TestCheckStartNamesEveryMistake(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t, nil)
	err := postgres.CheckStart(t.Context(), open(t, pg, func(o *postgres.Options) { o.URL = pg.OwnerURL }))
	require.ErrorContains(t, err, "owns the database")
	require.ErrorContains(t, err, "may create roles")
	require.ErrorContains(t, err, "the schema is at version 0")
}

func requireFinding(t *testing.T, found []postgres.Finding, text string) {
	t.Helper()
	var said []string
	for _, f := range found {
		if strings.Contains(f.What, text) {
			return
		}
		said = append(said, f.String())
	}
	require.Fail(t, "nothing like that was found", "%q is not in:\n%s", text, strings.Join(said, "\n"))
}

// namesOf makes a role of the test's own, which goes with the cluster, and gives the names of all roles for SQL.
func namesOf(t *testing.T, db *pgtest.DB) *strings.Replacer {
	t.Helper()
	super := connect(t, db.SuperuserURL)
	own := "role_of_" + db.Name
	exec(t, super, "CREATE ROLE "+own)
	resolver := one[string](t, super, "SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE proname = 'resolve_form'")
	return strings.NewReplacer("{app}", user(t, db.AppURL), "{owner}", user(t, db.OwnerURL), "{resolver}", resolver, "{new}", own, "{db}", db.Name)
}

func user(t *testing.T, databaseURL string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	require.NoError(t, err)
	return u.User.Username()
}

func loginAs(t *testing.T, databaseURL, role, password string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	require.NoError(t, err)
	u.User = url.UserPassword(role, password)
	return u.String()
}
