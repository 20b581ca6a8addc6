package judge

import (
	"strings"

	"github.com/leadagent/leadagent/adapters/sandbox/model/signals"
	"github.com/leadagent/leadagent/adapters/sandbox/model/text"
)

// evidence is what the facts of a case show, by kind. Of several facts of a kind the first stands.
type evidence struct {
	found map[signals.Kind]string
}

// weigh reads the facts. What people want counts only from their own message; what a page says counts as research.
func (j *Judge) weigh(facts []Fact) evidence {
	e := evidence{found: map[signals.Kind]string{}}
	for _, f := range facts {
		kind, detail := signals.ParseClaim(f.Claim)
		if kind != signals.Unknown {
			e.add(kind, detail)
			continue
		}
		if f.SourceKind == "message" || f.SourceKind == "" {
			for _, found := range j.free(f) {
				e.add(found.Kind, found.Detail)
			}
		}
	}
	return e
}

// free reads a claim in other words than the vocabulary's, by its quotation first.
func (j *Judge) free(f Fact) []signals.Finding {
	var found []signals.Finding
	for _, of := range []string{f.Quotation, f.Claim} {
		for _, sentence := range text.Sentences(of) {
			found = append(found, j.vocabulary.Message(sentence)...)
		}
	}
	return found
}

func (e evidence) add(kind signals.Kind, detail string) {
	if _, ok := e.found[kind]; !ok {
		e.found[kind] = detail
	}
}

func (e evidence) has(kinds ...signals.Kind) bool {
	for _, k := range kinds {
		if _, ok := e.found[k]; ok {
			return true
		}
	}
	return false
}

func (e evidence) count(kinds ...signals.Kind) int {
	n := 0
	for _, k := range kinds {
		if e.has(k) {
			n++
		}
	}
	return n
}

// people is the size that the sender names, or else the one that research found; 0 where there is none.
func (e evidence) people() int {
	if n := signals.Count(e.found[signals.Size]); n > 0 {
		return n
	}
	return signals.Count(e.found[signals.CompanySize])
}

// intent sums up what a buyer asks for.
func (e evidence) intent() int {
	score := 0
	for kind, worth := range map[signals.Kind]int{
		signals.Purchase: 3, signals.Upgrade: 3, signals.Tender: 3, signals.Demo: 2, signals.Trial: 2, signals.Pricing: 2,
		signals.Evaluation: 2, signals.Need: 2, signals.Wish: 2, signals.Meeting: 1, signals.Question: 1,
	} {
		if e.has(kind) {
			score += worth
		}
	}
	return min(score, 5)
}

// fit sums up a buyer's circumstances.
func (e evidence) fit() int {
	score := 0
	switch n := e.people(); {
	case n >= 20:
		score += 2
	case n >= 5:
		score++
	}
	if e.has(signals.Budget) {
		score += 2
	}
	score += e.count(signals.Timeline, signals.Role, signals.CurrentTool, signals.Pain, signals.KnownContact)
	if e.has(signals.SelfDescription, signals.Activity) {
		score++
	}
	return score
}

// named lists the words for the kinds that the evidence has, in the given order, at most limit of them.
func (e evidence) named(limit int, kinds ...signals.Kind) string {
	var list []string
	for _, k := range kinds {
		if detail, ok := e.found[k]; ok && len(list) < limit {
			list = append(list, inWords(k, detail))
		}
	}
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0]
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
