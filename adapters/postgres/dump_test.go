package postgres_test

import (
	"bytes"
	"io/fs"
	"os"
	command "os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded/pgtest"
	"github.com/leadagent/leadagent/adapters/postgres"
	"github.com/leadagent/leadagent/migrations"
)

func rollbackTo(t *testing.T, pg *pgtest.DB, version int64) error {
	t.Helper()
	return postgres.Rollback(t.Context(), pg.OwnerURL, pg.AppURL, version, postgres.MigrateOptions{})
}

// tool finds one of Postgres' own programs.
func tool(t *testing.T, name string) string {
	t.Helper()
	if path, err := command.LookPath(name); err == nil {
		return path
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	require.NoError(t, err)
	require.NotEmpty(t, found, "%s is missing: apt-get install postgresql-client, or brew install libpq", name)
	return found[len(found)-1]
}

// requireDumpTool skips where the only pg_dump is older than the server, which it then refuses to read. CI has the right one.
func requireDumpTool(t *testing.T, pg *pgtest.DB) {
	t.Helper()
	out, err := runTool(t, nil, "pg_dump", "--version")
	require.NoError(t, err)
	version := regexp.MustCompile(`\d+`).FindString(string(out))
	server := one[string](t, connect(t, pg.SuperuserURL), "SELECT (current_setting('server_version_num')::integer / 10000)::text")
	if len(version) <= len(server) && version < server && os.Getenv("CI") == "" {
		t.Skipf("pg_dump %s cannot read Postgres %s: install postgresql-client-%s", version, server, server)
	}
}

func runTool(t *testing.T, stdin []byte, name string, args ...string) ([]byte, error) {
	t.Helper()
	program := command.CommandContext(t.Context(), tool(t, name), args...)
	program.Stdin = bytes.NewReader(stdin)
	var out, problems bytes.Buffer
	program.Stdout, program.Stderr = &out, &problems
	err := program.Run()
	if err != nil {
		t.Logf("%s: %s", name, problems.String())
	}
	return out.Bytes(), err
}

// content is every row of every table, and everything that keeps organizations apart.
func content(t *testing.T, super *pgx.Conn) map[string][]string {
	t.Helper()
	c := map[string][]string{
		"policies":   all[string](t, super, "SELECT format('%s %s %s', tablename, policyname, p) FROM pg_policies p ORDER BY 1"),
		"functions":  all[string](t, super, "SELECT format('%s %s %s %s', oid::regprocedure, pg_get_userbyid(proowner), proacl, proconfig) FROM pg_proc WHERE pronamespace = 'app'::regnamespace ORDER BY 1"),
		"tables":     all[string](t, super, "SELECT format('%s %s %s %s', relname, relrowsecurity, relforcerowsecurity, relacl) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"),
		"references": all[string](t, super, "SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' ORDER BY 1"),
	}
	for _, table := range tenantTables(t, super) {
		c["rows of "+table] = all[string](t, super, "SELECT to_jsonb(r)::text FROM "+table+" r ORDER BY 1")
		require.Len(t, c["rows of "+table], 2, table)
	}
	return c
}

func TestDumpAndRestoreKeepEveryRowAndTheWall(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t, migrated)
	fill(t, pg, orgA)
	fill(t, pg, orgB)
	requireDumpTool(t, pg)
	dump, err := runTool(t, nil, "pg_dump", "--dbname", pg.SuperuserURL)
	require.NoError(t, err)

	target := pgtest.New(t, nil)
	_, err = runTool(t, dump, "psql", "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--dbname", target.SuperuserURL)
	require.NoError(t, err)
	require.Equal(t, content(t, connect(t, pg.SuperuserURL)), content(t, connect(t, target.SuperuserURL)))
	restored := open(t, target, nil)
	found, err := postgres.Inspect(t.Context(), restored)
	require.NoError(t, err)
	require.Empty(t, found)
	requireIsolated(t, restored)
}

// The owner sees no rows, and its dump says so instead of being empty.
func TestTheOwnersDumpFailsRatherThanBeingEmpty(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t, migrated)
	fill(t, pg, orgA)
	_, err := runTool(t, nil, "pg_dump", "--dbname", pg.OwnerURL)
	require.Error(t, err)
}

func TestALaterForeignKeyRefusesOrphans(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t, migrated)
	fill(t, pg, orgA)
	fill(t, pg, orgB)
	super, owner := connect(t, pg.SuperuserURL), connect(t, pg.OwnerURL)
	// One decision is of somebody whom only the other organization has.
	exec(t, super, "INSERT INTO members (org_id, user_id, role) VALUES ($1, 'user_2', 'org:admin')", orgB)
	exec(t, super, "UPDATE decisions SET decided_by = 'user_2' WHERE org_id = $1", orgA)
	add := "SELECT migration.foreign_key('decisions', 'org_id, decided_by', 'members', 'org_id, user_id')"
	_, err := owner.Exec(t.Context(), add)
	require.ErrorContains(t, err, "decisions_org_id_decided_by_fkey")

	exec(t, super, "UPDATE decisions SET decided_by = 'user_1'")
	exec(t, owner, add)
	require.Zero(t, one[int](t, super, "SELECT count(*) FROM pg_class WHERE relname IN ('decisions', 'members') AND NOT relforcerowsecurity"))
	found, err := postgres.Inspect(t.Context(), open(t, pg, nil))
	require.NoError(t, err)
	require.Empty(t, found)
}

// A plain ADD FOREIGN KEY finds no orphans, since the owner sees no rows: this is why migrations have the function above, and use it.
func TestMigrationsAddForeignKeysByTheFunction(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t, migrated)
	fill(t, pg, orgA)
	exec(t, connect(t, pg.SuperuserURL), "UPDATE decisions SET decided_by = 'nobody'")
	exec(t, connect(t, pg.OwnerURL), "ALTER TABLE decisions ADD FOREIGN KEY (org_id, decided_by) REFERENCES members (org_id, user_id)")

	plain := regexp.MustCompile(`(?i)ADD\s+(CONSTRAINT\s+\S+\s+)?FOREIGN\s+KEY|ADD\s+(COLUMN\s+)?\w+\s[^;]*\bREFERENCES\b`)
	files, err := fs.Glob(migrations.Files, "*.sql")
	require.NoError(t, err)
	for _, name := range files {
		sql, err := fs.ReadFile(migrations.Files, name)
		require.NoError(t, err)
		for _, found := range plain.FindAllString(string(sql), -1) {
			require.True(t, name == "00001_tenancy.sql" && strings.HasPrefix(found, "ADD FOREIGN KEY"), "%s: %s", name, found)
		}
	}
}

func TestAnOrganizationGoesWithAllItsRows(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t, migrated)
	fill(t, pg, orgA)
	fill(t, pg, orgB)
	super := connect(t, pg.SuperuserURL)
	inScope(t, connect(t, pg.AppURL), orgA, func(tx pgx.Tx) {
		_, err := tx.Exec(t.Context(), "DELETE FROM organizations")
		require.NoError(t, err)
	})
	for _, table := range tenantTables(t, super) {
		require.Equal(t, []string{orgB}, all[string](t, super, "SELECT DISTINCT org_id FROM "+table), table)
	}
}
