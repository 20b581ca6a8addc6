package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/model"
	"github.com/leadagent/leadagent/domain/workflows"
)

// TestInterruptedResearchAsksTheSameQuestions: one organization's lead is researched in one go; of the same lead of another organization every call
// is interrupted once, so that each turn begins from what was recorded. The model is asked the same questions, and the results are the same.
func TestInterruptedResearchAsksTheSameQuestions(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	globex := f.of(clerk.GlobexID)
	lead := submissionBody{
		Form: "acme-demo", Name: "Ada Berg", Email: "ada@northwind-logistics.example", Company: "Northwind Logistics",
		Message: "We have 120 drivers and want to replace our lead tool before October. Could you show us a demo and the pricing?",
	}
	smooth := f.take(lead)
	f.advance(smooth)
	require.Equal(t, workflows.AwaitingReview, f.run(smooth).State)
	want := f.inputs(model.RoleReader)
	require.Greater(t, len(want), 1, "a lead of one turn shows nothing")

	f.box.Model.Recorder.Clear()
	lead.Form = "globex-demo"
	rough := globex.take(lead)
	for range 2 * len(want) {
		f.box.Model.FailNext(model.RoleReader, 1, 503, 0)
		f.box.Model.Break(model.RoleReader, "none", 1) // a call that goes well
	}
	f.box.Model.FailNext(model.RoleJudge, 1, 503, 0)
	f.box.Model.FailNext(model.RoleWriter, 1, 503, 0)
	for tries := 0; globex.run(rough).State != workflows.AwaitingReview; tries++ {
		require.Less(t, tries, 40)
		globex.due(rough)
		globex.advance(rough)
	}
	waits := 0
	for _, m := range globex.moments(rough) {
		if m.Kind == "waiting" {
			waits++
		}
	}
	require.Equal(t, len(want)+2, waits, "it was interrupted in every turn, in its judgement and in its drafting")
	var got []string
	for _, question := range f.inputs(model.RoleReader) {
		if len(got) == 0 || got[len(got)-1] != question { // an interrupted question is asked again, word for word
			got = append(got, question)
		}
	}
	require.Equal(t, want, got)
	require.Equal(t, f.research(smooth), globex.research(rough))
	require.Equal(t, f.text(`SELECT string_agg(concat_ws(' ', turn, position, tool, argument, outcome, note), '; ' ORDER BY turn, position) FROM research_actions WHERE workflow_id = $1`, string(smooth)),
		f.text(`SELECT string_agg(concat_ws(' ', turn, position, tool, argument, outcome, note), '; ' ORDER BY turn, position) FROM research_actions WHERE workflow_id = $1`, string(rough)))
	globex.tokensAddUp(rough)
}

// inputs are what a role was told, in order.
func (f *floor) inputs(role model.Role) []string {
	f.t.Helper()
	var list []string
	for _, c := range f.box.Model.Calls() {
		if c.Role == role {
			raw, err := json.Marshal(c.Input)
			require.NoError(f.t, err)
			list = append(list, string(raw))
		}
	}
	return list
}
