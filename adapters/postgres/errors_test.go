package postgres_test

import (
	"context"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded/pgtest"
	"github.com/leadagent/leadagent/adapters/postgres"
	"github.com/leadagent/leadagent/domain/fault"
)

func TestWhatTheServerSaysBecomesAFault(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t, migrated)
	f := fill(t, pg, orgA)
	db := open(t, pg, nil)
	for sql, wanted := range map[string]fault.Kind{
		"INSERT INTO members (org_id, user_id, role) VALUES ('org_a', 'user_1', 'org:admin')": fault.Conflict,
		"UPDATE leads SET assigned_to = 'user_9'":                                             fault.Invalid,
		"UPDATE leads SET user_id = 'user_9'":                                                 fault.Invalid,
		"UPDATE leads SET form_id = '" + f.run + "'":                                          fault.NotFound,
		"UPDATE members SET name = E'\\xff'":                                                  fault.Invalid,
		"UPDATE usage_periods SET used = 99999999999":                                         fault.Invalid,
		"UPDATE members SET role = 'boss'":                                                    fault.Internal,
		"SELECT nothing FROM nowhere":                                                         fault.Internal,
		"UPDATE members SET org_id = 'org_b'":                                                 fault.Internal,
		"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '53200'; END $$":                     fault.Overloaded,
		"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '57P01'; END $$":                     fault.Overloaded,
		"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '25006'; END $$":                     fault.Overloaded,
		"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$":                     fault.Overloaded,
		"SELECT pg_terminate_backend(pg_backend_pid())":                                       fault.Overloaded,
	} {
		err := db.InUnit(t.Context(), scopeOf(orgA), func(ctx context.Context, u postgres.UnitOf) error {
			_, err := u.Tx.Exec(ctx, sql)
			return err
		})
		require.Error(t, err, sql)
		require.Equal(t, wanted, fault.KindOf(err), "%s: %v", sql, err)
		if wanted == fault.Overloaded {
			require.Positive(t, fault.RetryAfter(err), sql)
		}
	}
	err := db.InUnit(t.Context(), scopeOf(orgA), func(ctx context.Context, u postgres.UnitOf) error {
		var name string
		return u.Tx.QueryRow(ctx, "SELECT name FROM members WHERE user_id = 'nobody'").Scan(&name)
	})
	require.True(t, fault.Is(err, fault.NotFound), "%v", err)
	require.ErrorIs(t, err, pgx.ErrNoRows, "the cause stays")

	own := fault.New(fault.Stale, "mine")
	require.Same(t, own, db.InUnit(t.Context(), scopeOf(orgA), func(context.Context, postgres.UnitOf) error { return own }))
}

func TestTooManyConnectionsIsOverload(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t, migrated)
	fill(t, pg, orgA)
	exec(t, connect(t, pg.SuperuserURL), "ALTER DATABASE "+pg.Name+" CONNECTION LIMIT 0")
	requireOverloaded(t, open(t, pg, nil), "no connection is allowed")
}

// The organization is set in two places, the unit of work and the intake that commits several organizations together, and only until the
// transaction ends.
func TestOnlyTheUnitOfWorkSetsTheOrganization(t *testing.T) {
	t.Parallel()
	root := os.DirFS("../..")
	var places []string
	require.NoError(t, fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != "." {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		code, err := fs.ReadFile(root, path)
		for line := range strings.Lines(string(code)) {
			if strings.Contains(line, "app.org_id") && !strings.HasPrefix(path, "adapters/postgres/doctor") {
				places = append(places, path)
				require.Contains(t, line, "set_config('app.org_id', $1, true)", path)
			}
		}
		return err
	}))
	require.Equal(t, []string{"adapters/postgres/intake_look.go", "adapters/postgres/unit.go"}, places)
}
