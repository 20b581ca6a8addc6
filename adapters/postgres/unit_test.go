package postgres_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded/pgtest"
	"github.com/leadagent/leadagent/adapters/postgres"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

func scopeOf(org string) tenancy.Scope {
	return tenancy.ForSystem(tenancy.OrgID(org), tenancy.Pipeline)
}

// countLeads gives what the transaction sees of all leads.
func countLeads(ctx context.Context, tx pgx.Tx) (own, foreign int, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*) FILTER (WHERE org_id = current_setting('app.org_id')),
		count(*) FILTER (WHERE org_id <> current_setting('app.org_id')) FROM leads`).Scan(&own, &foreign)
	return own, foreign, err
}

// requireIsolated uses the pool once for each organization.
func requireIsolated(t *testing.T, db *postgres.DB) {
	t.Helper()
	for _, org := range []string{orgA, orgB} {
		require.NoError(t, db.InUnit(t.Context(), scopeOf(org), func(ctx context.Context, u postgres.UnitOf) error {
			own, foreign, err := countLeads(ctx, u.Tx)
			require.Equal(t, 1, own)
			require.Zero(t, foreign)
			return err
		}))
	}
}

func TestOneConnectionServesOrganizationsByTurns(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		t.Run("mode "+mode, func(t *testing.T) {
			t.Parallel()
			pg := pgtest.New(t, migrated)
			fill(t, pg, orgA)
			fill(t, pg, orgB)
			db := open(t, pg, func(o *postgres.Options) { o.MaxConns, o.ExecMode = 1, mode })
			for range 20 {
				requireIsolated(t, db)
			}
			kept, err := db.AskOutside(t.Context(), "SELECT coalesce(current_setting('app.org_id', true), '')")
			require.NoError(t, err)
			require.Empty(t, kept, "the session names nobody between transactions")
			require.EqualValues(t, 1, db.Stat().NewConnsCount(), "one connection did it all")
		})
	}
}

func TestAUnitThatEndsBadlyLeavesNothing(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	insert := "INSERT INTO members (org_id, user_id, role) VALUES ('" + orgA + "', 'user_left_behind', 'org:member')"
	for name, end := range map[string]func(ctx context.Context, cancel context.CancelFunc, tx pgx.Tx) error{
		"an error": func(context.Context, context.CancelFunc, pgx.Tx) error { return boom },
		"a panic":  func(context.Context, context.CancelFunc, pgx.Tx) error { panic(boom) },
		"a cancelled context": func(ctx context.Context, cancel context.CancelFunc, _ pgx.Tx) error {
			cancel()
			return ctx.Err()
		},
		"a context cancelled within a statement": func(ctx context.Context, cancel context.CancelFunc, tx pgx.Tx) error {
			time.AfterFunc(50*time.Millisecond, cancel)
			_, err := tx.Exec(ctx, "SELECT pg_sleep(20)")
			return err
		},
		"a context cancelled before the commit": func(_ context.Context, cancel context.CancelFunc, _ pgx.Tx) error {
			cancel()
			return nil
		},
		"a failed statement that was passed over": func(ctx context.Context, _ context.CancelFunc, tx pgx.Tx) error {
			_, err := tx.Exec(ctx, "SELECT 1/0")
			require.Error(t, err)
			return nil
		},
		"rows left open": func(ctx context.Context, _ context.CancelFunc, tx pgx.Tx) error {
			_, err := tx.Query(ctx, "SELECT generate_series(1, 100000)") //nolint:sqlclosecheck // left open on purpose
			require.NoError(t, err)
			return boom
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pg := pgtest.New(t, migrated)
			fill(t, pg, orgA)
			fill(t, pg, orgB)
			var told atomic.Int32
			db := open(t, pg, func(o *postgres.Options) {
				o.MaxConns, o.OnCommit = 1, func(ports.Commit) { told.Add(1) }
			})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			err := failing(func() error {
				return db.InUnit(ctx, scopeOf(orgA), func(ctx context.Context, u postgres.UnitOf) error {
					_, err := u.Tx.Exec(ctx, insert)
					require.NoError(t, err)
					u.Due()
					return end(ctx, cancel, u.Tx)
				})
			})
			require.Error(t, err)
			require.Zero(t, told.Load(), "nobody is told of a commit that was none")
			requireIsolated(t, db)
			if name == "an error" || name == "a panic" || name == "a cancelled context" {
				require.EqualValues(t, 1, db.Stat().NewConnsCount(), "the connection was of use again")
			}
			left := one[int](t, connect(t, pg.SuperuserURL), "SELECT count(*) FROM members WHERE user_id = 'user_left_behind'")
			require.Zero(t, left)
		})
	}
}

// failing makes an error of a panic.
func failing(do func() error) (err error) {
	defer func() {
		if p, ok := recover().(error); ok {
			err = p
		}
	}()
	return do()
}

func TestCommitsAreTold(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t, migrated)
	fill(t, pg, orgA)
	var told []ports.Commit
	db := open(t, pg, func(o *postgres.Options) { o.OnCommit = func(c ports.Commit) { told = append(told, c) } })
	run := func(do func(postgres.UnitOf)) {
		require.NoError(t, db.InUnit(t.Context(), scopeOf(orgA), func(_ context.Context, u postgres.UnitOf) error {
			do(u)
			return nil
		}))
	}
	run(func(postgres.UnitOf) {})
	require.Empty(t, told, "a unit that left nothing")
	run(func(u postgres.UnitOf) { u.Due() })
	run(func(u postgres.UnitOf) {
		u.Changed("r1")
		u.Changed("r2")
		u.Changed("r1")
	})
	require.Equal(t, []ports.Commit{{Org: orgA, Due: true}, {Org: orgA, Changed: []workflows.ID{"r1", "r2"}}}, told)
}

func TestAUnitWithoutAnOrganizationIsNotRun(t *testing.T) {
	t.Parallel()
	db := open(t, pgtest.New(t, migrated), nil)
	for _, scope := range []tenancy.Scope{{}, tenancy.ForSystem("", tenancy.Pipeline)} {
		err := db.Within(t.Context(), scope, func(context.Context, *ports.Store) error {
			require.Fail(t, "it ran")
			return nil
		})
		require.True(t, fault.Is(err, fault.Internal), "%v", err)
	}
}

// Two units that lock two rows in opposite order: one of them loses, runs again, and both succeed.
func TestADeadlockIsRunAgain(t *testing.T) {
	t.Parallel()
	pg := pgtest.New(t, migrated)
	fill(t, pg, orgA)
	exec(t, connect(t, pg.SuperuserURL), "INSERT INTO members (org_id, user_id, role) VALUES ($1, 'user_2', 'org:member')", orgA)
	var told atomic.Int32
	db := open(t, pg, func(o *postgres.Options) { o.OnCommit = func(ports.Commit) { told.Add(1) } })
	var runs atomic.Int32
	var met sync.WaitGroup
	met.Add(2)
	var both sync.WaitGroup
	for _, order := range [][]string{{"user_1", "user_2"}, {"user_2", "user_1"}} {
		first := true
		both.Go(func() {
			err := db.InUnit(t.Context(), scopeOf(orgA), func(ctx context.Context, u postgres.UnitOf) error {
				runs.Add(1)
				u.Due()
				for i, id := range order {
					if _, err := u.Tx.Exec(ctx, "UPDATE members SET name = name || '+' WHERE user_id = $1", id); err != nil {
						return err
					}
					if i == 0 && first {
						first = false
						met.Done()
						met.Wait()
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	require.GreaterOrEqual(t, runs.Load(), int32(3), "one of them lost")
	require.EqualValues(t, 2, told.Load(), "only commits are told")
	names := all[string](t, connect(t, pg.SuperuserURL), "SELECT right(name, 2) FROM members WHERE org_id = $1", orgA)
	require.Equal(t, []string{"++", "++"}, names)
}

func TestTimeoutsOfTheServer(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"cache_statement", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			pg := pgtest.New(t, migrated)
			fill(t, pg, orgA)
			db := open(t, pg, func(o *postgres.Options) {
				o.ExecMode, o.StatementTimeout, o.LockTimeout = mode, 300*time.Millisecond, 100*time.Millisecond
			})
			err := db.InUnit(t.Context(), scopeOf(orgA), func(ctx context.Context, u postgres.UnitOf) error {
				_, err := u.Tx.Exec(ctx, "SELECT pg_sleep(20)")
				return err
			})
			require.True(t, fault.Is(err, fault.Overloaded), "a slow statement: %v", err)
			require.Positive(t, fault.RetryAfter(err))

			holder := connect(t, pg.SuperuserURL)
			exec(t, holder, "BEGIN")
			exec(t, holder, "SELECT FROM organizations FOR UPDATE")
			err = db.InUnit(t.Context(), scopeOf(orgA), func(ctx context.Context, u postgres.UnitOf) error {
				_, err := u.Tx.Exec(ctx, "UPDATE organizations SET name = 'x'")
				return err
			})
			require.ErrorContains(t, err, "lock timeout")
			require.True(t, fault.Is(err, fault.Overloaded), "%v", err)
		})
	}
}
