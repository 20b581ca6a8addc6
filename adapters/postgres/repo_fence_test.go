package postgres_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// fenced are all writes that a lease fences.
func fenced(s *stage) map[string]func(ctx context.Context, st *ports.Store, l ports.Lease) error {
	return map[string]func(ctx context.Context, st *ports.Store, l ports.Lease) error{
		"Runs.LockHeld": func(ctx context.Context, st *ports.Store, l ports.Lease) error {
			_, _, err := st.Runs.LockHeld(ctx, l)
			return err
		},
		"Runs.Extend": func(ctx context.Context, st *ports.Store, l ports.Lease) error {
			return st.Runs.Extend(ctx, l, time.Hour)
		},
		"Runs.SaveHeld": func(ctx context.Context, st *ports.Store, l ports.Lease) error {
			run, _, err := st.Runs.Get(ctx, l.Run)
			require.NoError(s.t, err)
			run.State = workflows.Researching
			return st.Runs.SaveHeld(ctx, l, run)
		},
		"Runs.Release": func(ctx context.Context, st *ports.Store, l ports.Lease) error {
			return st.Runs.Release(ctx, l, time.Hour, "tired", true)
		},
		"Runs.Spend": func(ctx context.Context, st *ports.Store, l ports.Lease) error {
			return st.Runs.Spend(ctx, l, ports.Spent{TokensIn: 1})
		},
		"Steps.Begin": func(ctx context.Context, st *ports.Store, l ports.Lease) error {
			_, _, err := st.Steps.Begin(ctx, l, "research")
			return err
		},
		"Steps.Finish": func(ctx context.Context, st *ports.Store, l ports.Lease) error {
			return st.Steps.Finish(ctx, l, "research", []byte(`{}`), ports.Spent{})
		},
		"Steps.Fail": func(ctx context.Context, st *ports.Store, l ports.Lease) error {
			return st.Steps.Fail(ctx, l, "research", "no")
		},
		"Actions.Add": func(ctx context.Context, st *ports.Store, l ports.Lease) error {
			return st.Actions.Add(ctx, l, ports.Action{Turn: 1, Tool: "x"})
		},
	}
}

// everything is all that the database holds of runs, as text.
func (s *stage) everything() string {
	s.t.Helper()
	text := ""
	for _, table := range tenantTables(s.t, s.super) {
		text += table + "\n" + one[string](s.t, s.super, "SELECT coalesce(string_agg(r::text, E'\n' ORDER BY r::text), '') FROM "+table+" r") + "\n"
	}
	return text
}

// A worker whose lease was taken by another one, by a person, or by the sweeper writes nothing; neither does one of another organization.
func TestALostLeaseWritesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	other := s.organization("org_other")
	for how, lose := range map[string]func(ports.Lease){
		"another worker took over": func(l ports.Lease) { s.lose(l) },
		"a person took the run": func(ports.Lease) {
			run.State = workflows.Queued
			s.save(run)
		},
		"the sweeper found it dead": func(ports.Lease) { exec(t, s.super, "UPDATE workflows SET lease_until = NULL") },
	} {
		for name, write := range fenced(s) {
			t.Run(name+" when "+how, func(t *testing.T) {
				exec(t, s.super, "UPDATE workflows SET lease_until = NULL, wake_at = now()")
				exec(t, s.super, "DELETE FROM workflow_steps; DELETE FROM research_actions")
				lease := s.claim(run.ID)
				lose(lease)
				before := s.everything()
				s.commits()
				s.fails(fault.Stale, func(ctx context.Context, st *ports.Store) error { return write(ctx, st, lease) })
				require.Equal(t, before, s.everything())
				require.Empty(t, s.commits())
			})
		}
	}
	for name, write := range fenced(s) {
		t.Run(name+" by the right one", func(t *testing.T) {
			exec(t, s.super, "UPDATE workflows SET lease_until = NULL, wake_at = now()")
			exec(t, s.super, "DELETE FROM workflow_steps; DELETE FROM research_actions")
			lease := s.claim(run.ID)
			if name != "Runs.SaveHeld" { // reads the run first, which is not found
				before := s.everything()
				err := s.withinOf(other, func(ctx context.Context, st *ports.Store) error { return write(ctx, st, lease) })
				require.True(t, fault.Is(err, fault.Stale), "another organization: %v", err)
				require.Equal(t, before, s.everything())
			}
			s.do(func(ctx context.Context, st *ports.Store) error { return write(ctx, st, lease) })
		})
	}
}

// The lease is taken while the write is on its way: the write waits for the taker's transaction and then writes nothing.
func TestALeaseThatIsLostMeanwhileWritesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	for name, write := range fenced(s) {
		if name == "Steps.Begin" { // does not wait: its mark does no harm
			continue
		}
		t.Run(name, func(t *testing.T) {
			exec(t, s.super, "UPDATE workflows SET lease_until = NULL, wake_at = now()")
			lease := s.claim(run.ID)
			taker, err := connect(t, s.pg.SuperuserURL).Begin(t.Context())
			require.NoError(t, err)
			_, err = taker.Exec(t.Context(), "UPDATE workflows SET attempt = attempt + 1 WHERE id = $1", string(run.ID))
			require.NoError(t, err)
			done := make(chan error, 1)
			go func() {
				done <- s.within(func(ctx context.Context, st *ports.Store) error { return write(ctx, st, lease) })
			}()
			require.Eventually(t, func() bool {
				return one[int](t, s.super, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0
			}, 5*time.Second, 5*time.Millisecond)
			require.NoError(t, taker.Commit(t.Context()))
			err = <-done
			require.True(t, fault.Is(err, fault.Stale), "%v", err)
		})
	}
}

// Lock's time is taken after the wait for the row.
func TestLockHoldsTheRunAndTellsTheTimeAfterTheWait(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	lease := s.claim(run.ID)
	for name, lock := range map[string]func(ctx context.Context, st *ports.Store) (workflows.Run, time.Time, error){
		"Lock": func(ctx context.Context, st *ports.Store) (workflows.Run, time.Time, error) {
			return st.Runs.Lock(ctx, run.ID)
		},
		"LockHeld": func(ctx context.Context, st *ports.Store) (workflows.Run, time.Time, error) {
			return st.Runs.LockHeld(ctx, lease)
		},
	} {
		t.Run(name, func(t *testing.T) {
			holder := connect(t, s.pg.SuperuserURL)
			tx, err := holder.Begin(t.Context())
			require.NoError(t, err)
			_, err = tx.Exec(t.Context(), "UPDATE workflows SET redrafts = redrafts + 1 WHERE id = $1", string(run.ID))
			require.NoError(t, err)
			type locked struct {
				run workflows.Run
				at  time.Time
				err error
			}
			got := make(chan locked, 1)
			release := make(chan struct{})
			ended := make(chan error, 1)
			go func() {
				ended <- s.within(func(ctx context.Context, st *ports.Store) error {
					r, at, err := lock(ctx, st)
					got <- locked{r, at, err}
					<-release
					return err
				})
			}()
			require.Eventually(t, func() bool {
				return one[int](t, s.super, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0
			}, 5*time.Second, 5*time.Millisecond)
			freed := one[time.Time](t, s.super, "SELECT clock_timestamp()")
			require.NoError(t, tx.Commit(t.Context()))
			l := <-got
			require.NoError(t, l.err)
			require.False(t, l.at.Before(freed), "the time is from after the wait: %s, freed at %s", l.at, freed)
			require.Equal(t, one[int](t, s.super, "SELECT redrafts FROM workflows"), l.run.Redrafts, "the row is the one after the wait")
			_, err = s.super.Exec(t.Context(), fmt.Sprintf("SELECT FROM workflows WHERE id = '%s' FOR UPDATE NOWAIT", run.ID))
			require.Error(t, err, "the row is held")
			close(release)
			require.NoError(t, <-ended)
		})
	}
}
