package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

func (s *stage) want(run workflows.ID) {
	s.t.Helper()
	s.do(func(ctx context.Context, st *ports.Store) error { return st.Cards.Want(ctx, run) })
}

func (s *stage) card(run workflows.ID) (c ports.CardState) {
	s.t.Helper()
	s.do(func(ctx context.Context, st *ports.Store) (err error) {
		c, err = st.Cards.Get(ctx, run)
		return err
	})
	return c
}

func (s *stage) claimCard(run workflows.ID) (lease ports.Lease, card ports.CardState, ok bool) {
	s.t.Helper()
	s.do(func(ctx context.Context, st *ports.Store) (err error) {
		lease, card, ok, err = st.Cards.Claim(ctx, run, time.Minute)
		return err
	})
	return lease, card, ok
}

func TestCardIsWantedAndShown(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	s.forget()
	s.fails(fault.NotFound, func(ctx context.Context, st *ports.Store) error { _, err := st.Cards.Get(ctx, run.ID); return err })
	_, _, ok := s.claimCard(run.ID)
	require.False(t, ok)
	s.want(run.ID)
	require.True(t, s.commits()[0].Due)
	ring := s.ring(run.ID)
	require.Equal(t, []string{"card", "approvals"}, []string{ring.Kind, ring.Queue})
	s.want(run.ID)
	require.Equal(t, 2, s.card(run.ID).Wanted)
	require.Len(t, s.outbox(run.ID), 1)
	s.forget()

	lease, state, ok := s.claimCard(run.ID)
	require.True(t, ok)
	require.Equal(t, []int{2, 0, 1}, []int{state.Wanted, state.Shown, lease.Attempt})
	_, _, ok = s.claimCard(run.ID)
	require.False(t, ok, "it is held")

	s.do(func(ctx context.Context, st *ports.Store) error { return st.Cards.Posting(ctx, lease, "C1") })
	posting := s.card(run.ID)
	require.True(t, posting.Posting)
	require.Equal(t, "C1", posting.ChannelID)
	s.want(run.ID) // meanwhile
	s.forget()
	s.commits()
	s.do(func(ctx context.Context, st *ports.Store) error {
		return st.Cards.Shown(ctx, lease, "C2", "1.5", state.Wanted)
	})
	s.noted(run.ID, true)
	shown := s.card(run.ID)
	require.Equal(t, ports.CardState{Run: run.ID, ChannelID: "C2", MessageTS: "1.5", Wanted: 3, Shown: 2, UpdatedAt: shown.UpdatedAt}, shown)
	require.Equal(t, "card", s.ring(run.ID).Kind, "more was wanted meanwhile")

	lease, state, ok = s.claimCard(run.ID)
	require.True(t, ok)
	s.forget()
	s.do(func(ctx context.Context, st *ports.Store) error {
		return st.Cards.Shown(ctx, lease, "C2", "1.5", state.Wanted)
	})
	require.Empty(t, s.outbox(run.ID))
	_, _, ok = s.claimCard(run.ID)
	require.False(t, ok, "it is not behind")
	s.fails(fault.NotFound, func(ctx context.Context, st *ports.Store) error { return st.Cards.Want(ctx, workflows.ID(newID())) })
}

func TestCardIsPutOff(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	s.want(run.ID)
	trouble := func() (problem string, since time.Time, found bool) {
		s.do(func(ctx context.Context, st *ports.Store) (err error) {
			problem, since, found, err = st.Views.CardTrouble(ctx)
			return err
		})
		return problem, since, found
	}
	_, _, found := trouble()
	require.False(t, found)
	lease, _, _ := s.claimCard(run.ID)
	s.forget()
	s.commits()
	putOff := func(l ports.Lease, wait time.Duration, problem string) {
		s.do(func(ctx context.Context, st *ports.Store) error { return st.Cards.PutOff(ctx, l, wait, problem) })
	}
	putOff(lease, time.Hour, "Slack is away.")
	s.noted(run.ID, true)
	in(t, time.Hour, s.ring(run.ID).In)
	problem, since, found := trouble()
	require.True(t, found)
	require.Equal(t, "Slack is away.", problem)
	_, _, ok := s.claimCard(run.ID)
	require.False(t, ok, "it is not due")

	s.want(run.ID)
	in(t, 0, s.ring(run.ID).In)
	lease, state, ok := s.claimCard(run.ID)
	require.True(t, ok)
	require.Equal(t, 1, state.Failures)
	require.Equal(t, "Slack is away.", state.Problem, "the problem stands until the card is shown")
	putOff(lease, time.Minute, "Still away.")
	problem, again, _ := trouble()
	require.Equal(t, "Still away.", problem)
	require.Equal(t, since, again, "trouble began when it began")

	s.want(run.ID)
	lease, _, ok = s.claimCard(run.ID)
	require.True(t, ok)
	s.forget()
	putOff(lease, -1, "The token was revoked.")
	require.Empty(t, s.outbox(run.ID), "nobody tries again by himself")
	require.Equal(t, 3, s.card(run.ID).Failures)
	_, _, ok = s.claimCard(run.ID)
	require.False(t, ok)
	exec(t, s.super, "UPDATE workflows SET wake_at = NULL")
	require.Zero(t, one[int](t, connect(t, s.pg.AppURL), "SELECT app.sweep('0', true)"), "nor the sweeper")
	s.want(run.ID)
	lease, state, ok = s.claimCard(run.ID)
	require.True(t, ok, "until it is wanted anew")
	require.Zero(t, state.Failures)
	s.do(func(ctx context.Context, st *ports.Store) error {
		return st.Cards.Shown(ctx, lease, "C1", "1.5", state.Wanted)
	})
	_, _, found = trouble()
	require.False(t, found)
	require.Empty(t, s.card(run.ID).Problem)
}

// The channel is searched from when the first post began, so that moment must not move while the post is in doubt.
func TestCardKeepsWhenItsPostBegan(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	s.want(run.ID)
	lease, _, _ := s.claimCard(run.ID)
	s.do(func(ctx context.Context, st *ports.Store) error { return st.Cards.Posting(ctx, lease, "C1") })
	began := s.card(run.ID).UpdatedAt
	s.do(func(ctx context.Context, st *ports.Store) error {
		return st.Cards.PutOff(ctx, lease, time.Hour, "No answer came.")
	})
	s.want(run.ID)
	lease, state, ok := s.claimCard(run.ID)
	require.True(t, ok)
	require.True(t, state.Posting)
	s.do(func(ctx context.Context, st *ports.Store) error { return st.Cards.Posting(ctx, lease, "C1") })
	require.Equal(t, began, s.card(run.ID).UpdatedAt)
}

func TestALostCardWritesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	s.want(run.ID)
	for name, write := range map[string]func(ctx context.Context, st *ports.Store, l ports.Lease) error{
		"Posting": func(ctx context.Context, st *ports.Store, l ports.Lease) error { return st.Cards.Posting(ctx, l, "C9") },
		"Shown": func(ctx context.Context, st *ports.Store, l ports.Lease) error {
			return st.Cards.Shown(ctx, l, "C9", "9", 9)
		},
		"PutOff": func(ctx context.Context, st *ports.Store, l ports.Lease) error {
			return st.Cards.PutOff(ctx, l, 0, "no")
		},
	} {
		t.Run(name, func(t *testing.T) {
			exec(t, s.super, "UPDATE slack_cards SET lease_until = NULL, wake_at = now(), shown = 0")
			lost, _, ok := s.claimCard(run.ID)
			require.True(t, ok)
			exec(t, s.super, "UPDATE slack_cards SET lease_until = now() - interval '1 second'")
			_, _, ok = s.claimCard(run.ID)
			require.True(t, ok, "a hold that ran out is another's to take")
			before := s.everything()
			s.commits()
			s.fails(fault.Stale, func(ctx context.Context, st *ports.Store) error { return write(ctx, st, lost) })
			require.Equal(t, before, s.everything())
			require.Empty(t, s.commits())
			exec(t, s.super, "UPDATE slack_cards SET lease_until = NULL")
			lost.Attempt++
			s.fails(fault.Stale, func(ctx context.Context, st *ports.Store) error { return write(ctx, st, lost) })
		})
	}
}
