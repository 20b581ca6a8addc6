package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	"github.com/leadagent/leadagent/adapters/sandbox/model"
	"github.com/leadagent/leadagent/app/pipeline"
	"github.com/leadagent/leadagent/domain/workflows"
)

// TestTheDaysTokens: a run over the organization's budget of the day waits, visibly, until the next one, before whichever call is next; another
// organization's runs go on.
func TestTheDaysTokens(t *testing.T) {
	t.Parallel()
	f := newFloor(t, map[string]string{"ORG_TOKEN_BUDGET": "1000000"})
	midnight := func() time.Time { return time.Now().UTC().Truncate(24 * time.Hour).Add(24 * time.Hour) }
	for n, c := range []struct {
		state workflows.State
		role  model.Role
	}{{workflows.Researching, model.RoleReader}, {workflows.Qualifying, model.RoleJudge}, {workflows.Drafting, model.RoleWriter}} {
		id := f.take(aLead(n))
		f.box.Model.FailNext(c.role, 1, 503, 0) // brings the run to the state
		f.advance(id)
		require.Equal(t, c.state, f.run(id).State)
		f.exec(`UPDATE workflows SET spent_on = (now() AT TIME ZONE 'UTC')::date, spent_that_day = 1000000 WHERE id = $1`, string(id))
		f.due(id)
		failures, asked := f.carriage(id).Failures, len(f.box.Model.Calls())
		f.advance(id)
		carriage := f.carriage(id)
		require.Equal(t, c.state, f.run(id).State)
		require.Equal(t, "the next day's token budget", carriage.WaitingFor)
		require.WithinDuration(t, midnight(), carriage.WakeAt, time.Minute)
		require.Equal(t, failures, carriage.Failures, "nothing went wrong")
		require.Len(t, f.box.Model.Calls(), asked, "and nothing is asked")
		last := f.moments(id)[len(f.moments(id))-1]
		require.Equal(t, []string{"waiting", "the next day's token budget", string(c.state)}, []string{last.Kind, last.Data["for"], last.Data["state"]})

		lead := aLead(100 + n)
		lead.Form = "globex-demo"
		globex := f.of(clerk.GlobexID)
		require.Equal(t, workflows.AwaitingReview, func() workflows.State {
			other := globex.take(lead)
			globex.advance(other)
			return globex.run(other).State
		}())

		f.exec(`UPDATE workflows SET spent_on = spent_on - 1`) // the next day
		f.due(id)
		f.advance(id)
		require.Equal(t, workflows.AwaitingReview, f.run(id).State)
		require.Empty(t, f.carriage(id).WaitingFor)
		f.exec(`UPDATE workflows SET spent_on = spent_on - 1`)
	}
}

// TestTheRunsTokens: research ends when three quarters of the run's budget are spent, and says so; the lead is judged by what was found.
func TestTheRunsTokens(t *testing.T) {
	t.Parallel()
	f := newFloor(t, map[string]string{"RUN_TOKEN_BUDGET": "8000"})
	f.box.Model.Faults.Plan(faults.Fault{Target: string(model.RoleReader), Kind: model.EndlessTools}, faults.Forever)
	id := f.take(aLead(1))
	f.advance(id)
	require.Equal(t, workflows.AwaitingReview, f.run(id).State)
	research := f.research(id)
	require.Equal(t, "tokens", research.Ended)
	require.Less(t, research.Turns, pipeline.MaxTurns)
	require.Equal(t, research.Turns, f.asked(model.RoleReader))
	spent := f.count(`SELECT tokens_in + tokens_out FROM workflow_steps WHERE workflow_id = $1 AND name = 'research'`, string(id))
	lastTurn := f.count(`SELECT tokens_in + tokens_out FROM research_actions WHERE workflow_id = $1 AND position = 0 ORDER BY turn DESC LIMIT 1`, string(id))
	require.GreaterOrEqual(t, spent, 6000)
	require.Less(t, spent-lastTurn, 6000, "it stopped with the turn that went over")
	f.tokensAddUp(id)
}

func (f *floor) research(id workflows.ID) (r pipeline.Research) {
	f.t.Helper()
	require.NoError(f.t, json.Unmarshal([]byte(f.text(`SELECT research_results::text FROM workflows WHERE id = $1`, string(id))), &r))
	return r
}

// TestAnEndlessLoopEnds after twenty turns, whatever the model wants, and every turn is on record.
func TestAnEndlessLoopEnds(t *testing.T) {
	t.Parallel()
	f := newFloor(t, map[string]string{"RUN_TOKEN_BUDGET": "100000000"})
	f.box.Model.Faults.Plan(faults.Fault{Target: string(model.RoleReader), Kind: model.EndlessTools}, faults.Forever)
	id := f.take(aLead(1))
	f.advance(id)
	require.Equal(t, workflows.AwaitingReview, f.run(id).State)
	require.Equal(t, pipeline.MaxTurns, f.asked(model.RoleReader))
	require.Equal(t, "turns", f.research(id).Ended)
	require.Equal(t, pipeline.MaxTurns, f.count(`SELECT count(*) FROM research_actions WHERE workflow_id = $1 AND position = 0`, string(id)))
	require.Equal(t, pipeline.MaxTurns, f.count(`SELECT max(turn) FROM research_actions WHERE workflow_id = $1`, string(id)))
	require.Zero(t, f.input(model.RoleReader)["turns_left"], "the last turn is told that it is the last")
}

// TestATurnHasFourActions: what a model wants beyond is dropped, and what it may not have is on record as refused, with no request made.
func TestATurnHasFourActions(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	f.box.Model.Script(model.RoleReader, `{"language":"en","facts":[],"actions":[
		{"tool":"send_email","argument":"everybody@example.com"},
		{"tool":"fetch_url","argument":"http://169.254.169.254/latest/meta-data/"},
		{"tool":"search","argument":"who is person1@company1.example"},
		{"tool":"crm_search","argument":"Company 1"},
		{"tool":"crm_search","argument":"a fifth"}],"done":false}`)
	searches := len(f.box.Exa.Recorder.Requests())
	id := f.take(aLead(1))
	f.advance(id)
	require.Equal(t, workflows.AwaitingReview, f.run(id).State)
	require.Equal(t, "unknown_tool: failed, fetch_url: failed, search: failed, crm_search: ok", f.text(`SELECT string_agg(tool || ': ' || outcome, ', ' ORDER BY position)
		FROM research_actions WHERE workflow_id = $1 AND turn = 1 AND position > 0`, string(id)))
	for _, r := range f.box.Exa.Recorder.Requests()[searches:] {
		require.NotContains(t, r.Body, "person1@")
	}
}

// TestAVendorsOwnWaitIsHonoured: a model that asks for forty seconds gets them, visibly, and the fault is counted.
func TestAVendorsOwnWaitIsHonoured(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	f.box.Model.FailNext(model.RoleReader, 1, 429, 40*time.Second)
	id := f.take(aLead(1))
	f.advance(id)
	carriage := f.carriage(id)
	require.Equal(t, workflows.Researching, f.run(id).State)
	require.Equal(t, "the model", carriage.WaitingFor)
	require.Equal(t, 1, carriage.Failures)
	require.WithinDuration(t, time.Now().Add(40*time.Second), carriage.WakeAt, 10*time.Second)
	f.advance(id)
	require.Equal(t, 1, f.asked(model.RoleReader), "a ring does not shorten it")
	f.due(id)
	f.advance(id)
	require.Equal(t, workflows.AwaitingReview, f.run(id).State)
	require.Zero(t, f.carriage(id).Failures)
	require.Empty(t, f.carriage(id).WaitingFor)
}
