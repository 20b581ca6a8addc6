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

func (s *stage) steps(id workflows.ID) (list []ports.StepRow) {
	s.t.Helper()
	s.do(func(ctx context.Context, st *ports.Store) (err error) {
		list, err = st.Views.Steps(ctx, id)
		return err
	})
	return list
}

func (s *stage) begin(l ports.Lease, name string) (output []byte, finished bool) {
	s.t.Helper()
	s.do(func(ctx context.Context, st *ports.Store) (err error) {
		output, finished, err = st.Steps.Begin(ctx, l, name)
		return err
	})
	return output, finished
}

func (s *stage) output(run workflows.ID, name string) (output []byte) {
	s.t.Helper()
	s.do(func(ctx context.Context, st *ports.Store) (err error) {
		output, err = st.Steps.Output(ctx, run, name)
		return err
	})
	return output
}

func TestAStepFinishesOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	first := s.claim(run.ID)
	s.commits()
	output, finished := s.begin(first, "research")
	require.False(t, finished)
	require.Nil(t, output)
	s.noted(run.ID, false)
	began := s.steps(run.ID)[0].StartedAt
	s.do(func(ctx context.Context, st *ports.Store) error {
		return st.Steps.Fail(ctx, first, "research", "The model is away.")
	})
	s.noted(run.ID, false)
	failed := s.steps(run.ID)[0]
	require.Equal(t, "failed", failed.Status)
	require.Equal(t, "The model is away.", failed.Error)
	require.Nil(t, s.output(run.ID, "research"))

	second := s.lose(first)
	_, finished = s.begin(second, "research")
	require.False(t, finished)
	again := s.steps(run.ID)[0]
	require.Equal(t, ports.StepRow{Name: "research", Status: "started", Attempt: 2, StartedAt: began}, again)

	s.commits()
	s.do(func(ctx context.Context, st *ports.Store) error {
		return st.Steps.Finish(ctx, second, "research", []byte(`{"n": 1}`), ports.Spent{TokensIn: 1, TokensOut: 2, CostMicros: 3})
	})
	s.noted(run.ID, false)
	done := s.steps(run.ID)[0]
	require.False(t, done.FinishedAt.Before(began))
	require.Equal(t, ports.StepRow{
		Name: "research", Status: "finished", Attempt: 2, StartedAt: began, FinishedAt: done.FinishedAt,
		Spent: ports.Spent{TokensIn: 1, TokensOut: 2, CostMicros: 3},
	}, done)
	require.JSONEq(t, `{"n": 1}`, string(s.output(run.ID, "research")))

	third := s.lose(second)
	before := s.everything()
	output, finished = s.begin(third, "research")
	require.True(t, finished)
	require.JSONEq(t, `{"n": 1}`, string(output))
	for _, l := range []ports.Lease{second, third} {
		s.fails(fault.Stale, func(ctx context.Context, st *ports.Store) error {
			return st.Steps.Finish(ctx, l, "research", []byte(`{"n": 2}`), ports.Spent{})
		})
		s.fails(fault.Stale, func(ctx context.Context, st *ports.Store) error { return st.Steps.Fail(ctx, l, "research", "late") })
	}
	require.Equal(t, before, s.everything(), "a finished step stays as it is")
}

func TestStepsAreShownInTheOrderInWhichTheyBegan(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	lease := s.claim(run.ID)
	s.do(func(ctx context.Context, st *ports.Store) error {
		return st.Steps.Record(ctx, run.ID, "create_run", nil)
	})
	for _, name := range []string{"research", "qualify", "draft", "draft-2"} {
		s.begin(lease, name)
	}
	s.do(func(ctx context.Context, st *ports.Store) error {
		return st.Steps.Finish(ctx, lease, "never-begun", nil, ports.Spent{})
	})
	s.begin(lease, "research")
	var names []string
	for _, step := range s.steps(run.ID) {
		names = append(names, step.Name)
	}
	require.Equal(t, []string{"create_run", "research", "qualify", "draft", "draft-2", "never-begun"}, names)
	_, finished := s.begin(lease, "never-begun")
	require.True(t, finished)
}

// A decision that is undone is taken again: the last one is the step's record.
func TestARecordedStepMayBeRecordedAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	for _, output := range []string{`{"by": "a"}`, `{"by": "b"}`} {
		s.do(func(ctx context.Context, st *ports.Store) error {
			return st.Steps.Record(ctx, run.ID, "decision", []byte(output))
		})
		s.noted(run.ID, false)
		require.JSONEq(t, output, string(s.output(run.ID, "decision")))
		step := s.steps(run.ID)[0]
		require.Equal(t, "finished", step.Status)
		require.False(t, step.FinishedAt.Before(step.StartedAt))
	}
	require.Len(t, s.steps(run.ID), 1)
	require.Nil(t, s.output(run.ID, "other"))
	s.fails(fault.NotFound, func(ctx context.Context, st *ports.Store) error {
		return st.Steps.Record(ctx, workflows.ID(newID()), "decision", nil)
	})
}

func TestActions(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	run := s.run()
	lease := s.claim(run.ID)
	s.commits()
	at := time.Now().UTC().Truncate(time.Microsecond)
	actions := []ports.Action{
		{Turn: 1, Position: 0, Tool: "reader", OK: true, Answer: []byte(`{"done":false}`), Sources: []ports.SourceText{}, At: at,
			Spent: ports.Spent{TokensIn: 5, TokensOut: 6, CostMicros: 7, Took: 1234567 * time.Microsecond}},
		{Turn: 1, Position: 1, Tool: "fetch", Argument: "https://acme.test", Note: "404", Sources: []ports.SourceText{}, At: at},
		{Turn: 2, Position: 0, Tool: "reader", OK: true, Answer: []byte(`{"done":true}`), At: at,
			Sources: []ports.SourceText{{ID: "s1", Kind: "page", URL: "https://acme.test", Title: "Acme", Text: "“We make\nanvils”"}}},
	}
	for _, i := range []int{2, 0, 1} {
		s.do(func(ctx context.Context, st *ports.Store) error { return st.Actions.Add(ctx, lease, actions[i]) })
		s.noted(run.ID, false)
	}
	list := func() (list []ports.Action) {
		s.do(func(ctx context.Context, st *ports.Store) (err error) {
			list, err = st.Actions.List(ctx, run.ID)
			return err
		})
		return list
	}
	got := list()
	require.Len(t, got, 3)
	for i := range got {
		if actions[i].Answer != nil {
			require.JSONEq(t, string(actions[i].Answer), string(got[i].Answer))
			actions[i].Answer, got[i].Answer = nil, nil
		}
	}
	require.Equal(t, actions, got)
	s.fails(fault.Stale, func(ctx context.Context, st *ports.Store) error {
		return st.Actions.Add(ctx, lease, ports.Action{Turn: 1, Position: 1, Tool: "search"})
	})
	require.Equal(t, "fetch", list()[1].Tool)
}
