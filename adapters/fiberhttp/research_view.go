package fiberhttp

import (
	"encoding/json"
	"strconv"

	"github.com/leadagent/leadagent/app/console"
	"github.com/leadagent/leadagent/app/pipeline"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/web"
)

// researchOf reads what the run's research came to; nothing before it ended.
func researchOf(d console.Dossier) (pipeline.Research, error) {
	var research pipeline.Research
	if d.Run == nil || len(d.Run.Research) == 0 {
		return research, nil
	}
	if err := json.Unmarshal(d.Run.Research, &research); err != nil {
		return research, fault.Wrap(fault.Internal, err, "The research record cannot be read.")
	}
	return research, nil
}

// factsOf shows the facts, with those marked that the draft stands on.
func factsOf(r pipeline.Research, draft workflows.Draft) []web.Fact {
	used := map[string]bool{}
	for _, id := range draft.FactsUsed {
		used[id] = true
	}
	titles := map[string]string{}
	for _, source := range r.Sources {
		titles[source.ID] = source.Title
	}
	facts := make([]web.Fact, len(r.Facts))
	for i, f := range r.Facts {
		facts[i] = web.Fact{
			ID: f.ID, Claim: f.Claim, Quotation: f.Quotation, Kind: web.SourceKind(f.SourceKind), Title: titles[f.Source], URL: f.URL, Used: used[f.ID],
		}
	}
	return facts
}

// sourcesOf shows what was read, and the pages that could not be.
func sourcesOf(r pipeline.Research, d console.Dossier) []web.Source {
	count := map[string]int{}
	for _, f := range r.Facts {
		count[f.Source]++
	}
	var sources []web.Source
	for _, source := range r.Sources {
		if source.Kind == string(web.SourceMessage) {
			continue
		}
		shown := web.Source{Kind: web.SourceKind(source.Kind), Title: source.Title, URL: source.URL}
		switch n := count[source.ID]; n {
		case 0:
		case 1:
			shown.Note = "1 fact"
		default:
			shown.Note = strconv.Itoa(n) + " facts"
		}
		sources = append(sources, shown)
	}
	for _, m := range d.Moments {
		if m.Kind == momentFetch && m.Data["outcome"] == outcomeFailed {
			sources = append(sources, web.Source{
				Kind: web.SourcePage, Title: m.Data["argument"], URL: m.Data["argument"], Failed: true, Note: m.Data["note"],
			})
		}
	}
	return sources
}

// draftOf gives one version, or false.
func draftOf(d console.Dossier, version int) (workflows.Draft, bool) {
	for _, draft := range d.Drafts {
		if draft.Version == version {
			return draft, true
		}
	}
	return workflows.Draft{}, false
}
