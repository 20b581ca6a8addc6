package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/model"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
)

// TestRetryGoesOnWhereItStood: a refusing model stops the run in one step; after Retry that step is done, and those before it are not done again.
func TestRetryGoesOnWhereItStood(t *testing.T) {
	t.Parallel()
	for role, stood := range map[model.Role]workflows.State{
		model.RoleReader: workflows.Researching, model.RoleJudge: workflows.Qualifying, model.RoleWriter: workflows.Drafting,
	} {
		t.Run(string(role), func(t *testing.T) {
			t.Parallel()
			f := newFloor(t, nil)
			f.box.Model.Break(role, model.Safety, 1)
			id := f.take(aLead(1))
			f.advance(id)
			run := f.run(id)
			require.Equal(t, [2]workflows.State{workflows.NeedsAttention, stood}, [2]workflows.State{run.State, run.Resume})
			require.Contains(t, run.Problem, "safety filter")
			f.due(id)
			f.advance(id)
			require.Equal(t, workflows.NeedsAttention, f.run(id).State, "only a person goes on")
			before := f.finished(id)
			calls := map[model.Role]int{}
			for _, r := range []model.Role{model.RoleReader, model.RoleJudge, model.RoleWriter} {
				calls[r] = f.asked(r)
			}

			run, err := f.desk.Retry(t.Context(), f.person(clerk.AcmeManagerID, tenancy.API), id)
			require.NoError(t, err)
			require.Equal(t, stood, run.State)
			require.Empty(t, run.Problem)
			_, err = f.desk.Retry(t.Context(), f.admin(), id)
			require.Contains(t, conflict(t, err).Message, "still being prepared")
			f.advance(id)
			require.Equal(t, workflows.AwaitingReview, f.run(id).State)
			for name, output := range before {
				require.Equal(t, output, f.finished(id)[name], "step %s was finished before", name)
			}
			for _, r := range []model.Role{model.RoleReader, model.RoleJudge, model.RoleWriter} {
				if _, done := before[map[model.Role]string{model.RoleReader: "research", model.RoleJudge: "qualify", model.RoleWriter: "draft"}[r]]; done {
					require.Equal(t, calls[r], f.asked(r), "%s is not asked again", r)
				}
			}
			require.Equal(t, 1, f.asked(model.RoleJudge)-map[bool]int{true: 1}[role == model.RoleJudge])
		})
	}
}

// finished gives the finished steps of a run with when they were finished and with what.
func (f *floor) finished(id workflows.ID) map[string]string {
	f.t.Helper()
	steps := map[string]string{}
	for _, name := range []string{"create_run", "research", "qualify", "save_qualification", "draft", "draft-2", "request_review", "decision", "send", "finalize"} {
		if s := f.text(`SELECT (SELECT finished_at::text || coalesce(output::text, '') FROM workflow_steps WHERE workflow_id = $1 AND name = $2
			AND status = 'finished')`, string(id), name); s != "" {
			steps[name] = s
		}
	}
	return steps
}

// TestUnusableAnswersAreAskedAgainAFewTimes, then a person is; a usable one in between goes unnoticed.
func TestUnusableAnswersAreAskedAgainAFewTimes(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	f.box.Model.Break(model.RoleJudge, model.WrongEnum, 2)
	id := f.take(aLead(1))
	f.advance(id)
	require.Equal(t, workflows.AwaitingReview, f.run(id).State, "the third answer was good")
	require.Equal(t, 3, f.asked(model.RoleJudge))

	f.box.Model.Break(model.RoleWriter, model.TruncatedJSON, 3)
	second := f.take(aLead(2))
	f.advance(second)
	require.Equal(t, workflows.NeedsAttention, f.run(second).State)
	require.Equal(t, 1+3, f.asked(model.RoleWriter))
	require.NotEmpty(t, f.run(second).Problem)
	require.Positive(t, f.carriage(second).TokensOut, "what was spent in vain is counted")
}

// TestRefusedLettersGoBackWithTheReason: the writer learns what was wrong with its letter; the third bad one goes to a person, never out.
func TestRefusedLettersGoBackWithTheReason(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	const bad = `{"subject":"Hello","body":"See https://evil.example/login","facts_used":[]}`
	f.box.Model.Script(model.RoleWriter, bad)
	id := f.take(aLead(1))
	f.advance(id)
	require.Equal(t, workflows.AwaitingReview, f.run(id).State)
	require.Contains(t, f.input(model.RoleWriter)["feedback"], "without links")
	require.NotContains(t, f.drafts(id)[0].Body, "evil")

	f.box.Model.Script(model.RoleWriter, bad, bad, bad)
	second := f.take(aLead(2))
	f.advance(second)
	require.Equal(t, workflows.NeedsAttention, f.run(second).State)
	require.Contains(t, f.run(second).Problem, "linked to a site")
	require.Empty(t, f.drafts(second))
}

// TestDefectsAreTriedThenFail: what is neither the vendor's fault nor a person's is tried three times more, and then fails with a Retry.
func TestDefectsAreTriedThenFail(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.prepared(1)
	_, err := f.desk.Approve(t.Context(), f.admin(), id, 1)
	require.NoError(t, err)
	f.exec(`ALTER TABLE emails RENAME TO emails_gone`)
	for tries := 1; tries <= 3; tries++ {
		f.advance(id)
		require.Equal(t, workflows.Sending, f.run(id).State)
		require.Equal(t, tries, f.carriage(id).Failures)
		f.due(id)
	}
	f.advance(id)
	require.Equal(t, workflows.Failed, f.run(id).State)
	require.Contains(t, f.run(id).Problem, "Press Retry")
	require.NotContains(t, f.run(id).Problem, "emails", "the cause is for the log")
	f.exec(`ALTER TABLE emails_gone RENAME TO emails`)
	_, err = f.desk.Retry(t.Context(), f.admin(), id)
	require.NoError(t, err)
	f.advance(id)
	require.Equal(t, workflows.Completed, f.run(id).State)
	require.Len(t, f.box.Mailbox.Messages(), 1)
}
