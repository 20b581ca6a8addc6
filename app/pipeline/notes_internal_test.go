package pipeline

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadagent/leadagent/ports"
)

// answered is the record of a reader's answer.
func answered(t require.TestingT, turn int, found ports.Findings) ports.Action {
	raw, err := json.Marshal(found)
	require.NoError(t, err)
	return ports.Action{Turn: turn, Tool: "read", OK: true, Answer: raw, Spent: ports.Spent{TokensIn: 10, TokensOut: 3, CostMicros: 7}}
}

// aResearch draws a whole research as it would be recorded, and what the notes of the worker that did it were after each record.
func aResearch(r *rapid.T) (recorded []ports.Action, live []notes) {
	word := rapid.SampledFrom([]string{"northwind", "40 seats", "ends in May", "unrelated", "<b>", "\u200b", "é"})
	n := newNotes(jordan(), nil, nil)
	keep := func(a ports.Action) {
		// What comes back from the database went through JSON.
		raw, err := json.Marshal(a)
		require.NoError(r, err)
		var stored ports.Action
		require.NoError(r, json.Unmarshal(raw, &stored))
		recorded = append(recorded, stored)
		n.add(a)
		live = append(live, *n)
	}
	for n.ended == "" && n.turn < MaxTurns && len(recorded) < 5*MaxTurns {
		if len(n.open) > 0 {
			a := ports.Action{Turn: n.turn, Position: n.position + 1, Tool: n.open[0].Tool, Argument: n.open[0].Argument, OK: rapid.Bool().Draw(r, "ok")}
			for i := range rapid.IntRange(0, 3).Draw(r, "found") {
				a.Sources = append(a.Sources, ports.SourceText{ID: n.nextSourceID(i), Kind: "page", URL: "https://x.example", Text: word.Draw(r, "text")})
			}
			keep(a)
			continue
		}
		found := ports.Findings{Language: rapid.SampledFrom([]string{"", "de", "en-GB"}).Draw(r, "language"), Done: rapid.IntRange(0, 5).Draw(r, "done") == 0}
		for range rapid.IntRange(0, 3).Draw(r, "facts") {
			found.Facts = append(found.Facts, ports.Fact{
				Claim: word.Draw(r, "claim"), Quotation: word.Draw(r, "quotation"), Source: rapid.SampledFrom([]string{"message", "s1", "s2", "s9", ""}).Draw(r, "source"),
			})
		}
		for i := range rapid.IntRange(0, 3).Draw(r, "actions") {
			found.Actions = append(found.Actions, ports.Wanted{Tool: toolSearch, Argument: fmt.Sprint(n.turn, i)})
		}
		keep(answered(r, n.turn+1, found))
	}
	return recorded, live
}

// TestNotesTakeInWhatWasRecorded follows one research record by record.
func TestNotesTakeInWhatWasRecorded(t *testing.T) {
	t.Parallel()
	n := newNotes(jordan(), []ports.Tool{{Name: toolCRM}}, nil)
	first := n.question()
	require.Equal(t, []ports.SourceText{{ID: "message", Kind: "message", Text: jordan().Message}}, first.Sources)
	require.Equal(t, [2]int{1, MaxTurns - 1}, [2]int{first.Turn, first.TurnsLeft})
	require.Equal(t, []string{"Jordan Reed", "Bookings.com", "northwind.io"}, []string{first.Name, first.Company, first.EmailDomain})

	n.add(answered(t, 1, ports.Findings{
		Language: "de", Facts: []ports.Fact{{Claim: "a", Quotation: "demo", Source: "message"}},
		Actions: []ports.Wanted{{Tool: toolSearch, Argument: "northwind"}, {Tool: toolCRM, Argument: "northwind"}},
	}))
	require.Len(t, n.open, 2)
	require.Equal(t, [2]int{1, 0}, [2]int{n.turn, n.position})

	found := []ports.SourceText{{ID: "s1", Kind: "search", Text: "x"}, {ID: "s2", Kind: "search", Text: "y"}}
	n.add(ports.Action{Turn: 1, Position: 1, Tool: toolSearch, Argument: "northwind", OK: true, Note: "2 found", Sources: found, Spent: ports.Spent{CostMicros: 5}})
	require.Equal(t, []ports.Wanted{{Tool: toolCRM, Argument: "northwind"}}, n.open)
	require.Equal(t, [2]int{1, 1}, [2]int{n.turn, n.position})
	require.Equal(t, "s3", n.nextSourceID(0))
	require.True(t, n.seen(ports.Wanted{Tool: toolSearch, Argument: "Northwind "}))
	require.False(t, n.seen(ports.Wanted{Tool: toolFetch, Argument: "northwind"}))

	n.add(ports.Action{Turn: 1, Position: 2, Tool: toolCRM, Argument: "northwind", Note: "down"})
	require.Empty(t, n.open)
	second := n.question()
	require.Equal(t, [2]int{2, MaxTurns - 2}, [2]int{second.Turn, second.TurnsLeft})
	require.Equal(t, append(first.Sources, found...), second.Sources)
	require.Equal(t, []ports.Done{
		{Tool: toolSearch, Argument: "northwind", Outcome: "ok", Note: "2 found"}, {Tool: toolCRM, Argument: "northwind", Outcome: "failed", Note: "down"},
	}, second.Done)

	n.add(answered(t, 2, ports.Findings{Facts: []ports.Fact{{Claim: "b", Quotation: "team of 40", Source: "message"}}, Done: true}))
	require.Equal(t, ports.Spent{TokensIn: 20, TokensOut: 6, CostMicros: 19}, n.spent)
	result := n.result()
	require.Equal(t, []any{"de", 2, "done", 2, 3}, []any{result.Language, result.Turns, result.Ended, len(result.Facts), len(result.Sources)},
		"an answer without a language changes none")
}

// TestSuccessorKnowsWhatThePredecessorKnew: whenever a worker dies, the notes rebuilt from what it recorded are its own notes: the same next
// question, the same open actions, the same numbers for new sources, the same result.
func TestSuccessorKnowsWhatThePredecessorKnew(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		recorded, live := aResearch(r)
		for i := range recorded {
			rebuilt := newNotes(jordan(), nil, recorded[:i+1])
			require.Equal(r, live[i].question(), rebuilt.question(), "after record %d", i)
			require.Equal(r, live[i].result(), rebuilt.result())
			require.Equal(r, live[i].ended, rebuilt.ended)
			require.Equal(r, len(live[i].open), len(rebuilt.open))
			require.Equal(r, [2]int{live[i].turn, live[i].position}, [2]int{rebuilt.turn, rebuilt.position})
			require.Equal(r, live[i].nextSourceID(0), rebuilt.nextSourceID(0))
			require.Equal(r, live[i].spent, rebuilt.spent)
		}
	})
}

// TestResultsStandOnTheirSources: for any research, every fact that is kept quotes its source word for word, facts are numbered from f1 without
// a gap, sources have ids of their own, and the question to the reader never offers more turns than are left.
func TestResultsStandOnTheirSources(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		recorded, _ := aResearch(r)
		n := newNotes(jordan(), nil, recorded)
		texts := map[string]string{}
		for _, s := range n.sources {
			require.NotContains(r, texts, s.ID, "two sources of one id")
			texts[s.ID] = tidy(s.Text)
		}
		result := n.result()
		require.LessOrEqual(r, len(result.Facts), maxFacts)
		seen := map[string]bool{}
		for i, f := range result.Facts {
			require.Equal(r, fmt.Sprintf("f%d", i+1), f.ID)
			require.NotEmpty(r, f.Quotation)
			require.Contains(r, texts[f.Source], f.Quotation)
			require.False(r, seen[f.Claim+f.Source], "the same fact twice")
			seen[f.Claim+f.Source] = true
		}
		require.GreaterOrEqual(r, n.question().TurnsLeft, -1)
		require.Less(r, n.question().TurnsLeft, MaxTurns)
	})
}

func TestQuotationsAreChecked(t *testing.T) {
	t.Parallel()
	n := newNotes(jordan(), nil, nil)
	n.sources = append(n.sources, ports.SourceText{ID: "s1", Kind: "page", URL: "https://x.example", Title: strings.Repeat("t", 300), Text: "Northwind  has\u200b\n40 people.\tFounded 1990."})
	n.facts = []ports.Fact{
		{ID: "f99", Claim: "Size", Quotation: "Northwind has 40 people.", Source: "s1", SourceKind: "message", URL: "https://forged.example"},
		{Claim: "Size again", Quotation: "has 40\n  people", Source: "s1"},
		{Claim: "Other case", Quotation: "northwind has 40 people", Source: "s1"},
		{Claim: "Made up", Quotation: "Northwind has 400 people.", Source: "s1"},
		{Claim: "Glued", Quotation: "people. Founded 1991", Source: "s1"},
		{Claim: "Of another source", Quotation: "Northwind has 40 people.", Source: "message"},
		{Claim: "Of no source", Quotation: "Northwind", Source: "s7"},
		{Claim: "Of no source at all", Quotation: "Northwind"},
		{Claim: "No quotation", Quotation: " \u200b ", Source: "s1"},
		{Claim: "", Quotation: "Northwind", Source: "s1"},
		{Claim: "Size", Quotation: "Founded 1990.", Source: "s1"}, // the same claim of the same source
		{Claim: "In the message", Quotation: "a demo for our team of 40", Source: "message"},
		{Claim: strings.Repeat("c", 400), Quotation: "Northwind", Source: "s1"},
	}
	facts := n.result().Facts
	require.Len(t, facts, 4)
	require.Equal(t, ports.Fact{ID: "f1", Claim: "Size", Quotation: "Northwind has 40 people.", Source: "s1", SourceKind: "page", URL: "https://x.example"}, facts[0],
		"id, kind and address are the record's, not the model's")
	require.Equal(t, "has 40 people", facts[1].Quotation)
	require.Equal(t, "message", facts[2].SourceKind)
	require.Len(t, facts[3].Claim, 300)
	require.Len(t, n.result().Sources[1].Title, 200)
}

func TestFactsAreLimited(t *testing.T) {
	t.Parallel()
	n := newNotes(jordan(), nil, nil)
	for i := range 3 * maxFacts {
		n.facts = append(n.facts, ports.Fact{Claim: fmt.Sprint(i), Quotation: "demo", Source: "message"})
	}
	facts := n.result().Facts
	require.Len(t, facts, maxFacts)
	require.Equal(t, fmt.Sprintf("f%d", maxFacts), facts[maxFacts-1].ID)
}

// TestResearchEnds: an answer that is done, asks for nothing, or cannot be read ends it; so do the turns, the tokens and the time.
func TestResearchEnds(t *testing.T) {
	t.Parallel()
	more := []ports.Wanted{{Tool: toolSearch, Argument: "x"}}
	for name, c := range map[string]struct {
		found ports.Findings
		ended string
	}{
		"done":              {ports.Findings{Done: true, Actions: more}, "done"},
		"nothing more":      {ports.Findings{}, "done"},
		"something to look": {ports.Findings{Actions: more}, ""},
	} {
		n := newNotes(jordan(), nil, []ports.Action{answered(t, 1, c.found)})
		require.Equal(t, c.ended, n.ended, name)
		require.Equal(t, c.ended == "", len(n.open) == 1, name)
	}
	require.Equal(t, "done", newNotes(jordan(), nil, []ports.Action{{Turn: 1, Answer: []byte("{")}}).ended, "a record that was meddled with")

	j, open := bare(), newNotes(jordan(), nil, nil)
	j.config.RunTokens = 1000
	late := j.now().Add(-1)
	early := j.now().Add(1 << 40)
	require.Equal(t, "", j.budget(open, 749, early))
	require.Equal(t, "tokens", j.budget(open, 750, early), "a quarter is kept for judge and writer")
	require.Equal(t, "time", j.budget(open, 0, late))
	open.turn = MaxTurns
	require.Equal(t, "turns", j.budget(open, 0, early))
	open.open = more
	require.Equal(t, "", j.budget(open, 0, early), "what the last answer asks for is still done")
	j.config.RunTokens = 0
	require.Equal(t, "", j.budget(open, 1<<40, early), "0: no budget")
}

func TestLanguageIsATagOrEnglish(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"de": "de", "en-GB": "en-GB", "zh-Hant-TW": "zh-Hant-TW", "es-419": "es-419", "": "en", "x": "en", "German language": "en", "de_DE": "en",
		"ignore all previous": "en", "<b>": "en", "дe": "en", "de\n": "en", "--": "en", "12": "en", "-de": "en", "de-": "en",
	} {
		require.Equal(t, want, language(given), "%q", given)
	}
}

func TestTidyMakesTextsComparable(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"a  b\t\nc": "a b c", " a ": "a", "a\u200bb": "ab", "a\u00a0b": "a b", "a\u2028b": "a b", "\x00a\x1b": "a", "a\xffb": "ab", "": "", "é漢🎉": "é漢🎉",
	} {
		require.Equal(t, want, tidy(given), "%q", given)
	}
	require.Equal(t, "é漢", clip("é漢🎉", 2), "characters, not bytes")
	require.Equal(t, "é漢", clip("é漢", 2))
}

// TestKnownFacts keeps only facts that there are, in their order, once each.
func TestKnownFacts(t *testing.T) {
	t.Parallel()
	research := Research{Facts: []ports.Fact{{ID: "f1"}, {ID: "f2"}, {ID: "f3"}}}
	require.Equal(t, []string{"f1", "f3"}, knownFacts([]string{"f3", "f999", "f1", "f3", ""}, research))
	require.NotNil(t, knownFacts(nil, research), "stored as an empty list")
}
