package judge

import (
	"github.com/leadagent/leadagent/adapters/sandbox/model/signals"
)

// The categories, as the judge's answer names them.
const (
	Qualified   = "QUALIFIED"
	FollowUp    = "FOLLOW_UP"
	Support     = "SUPPORT"
	Unqualified = "UNQUALIFIED"
)

// Case is what the judge is given.
type Case struct {
	// Criteria has the organization's own words for each category.
	Criteria map[string]string `json:"criteria"`
	Facts    []Fact            `json:"facts"`
}

// Fact is one checked fact.
type Fact struct {
	ID         string `json:"id"`
	Claim      string `json:"claim"`
	Quotation  string `json:"quotation"`
	SourceKind string `json:"source_kind"`
}

// Verdict is the judge's answer. Confidence is from 0 to 1.
type Verdict struct {
	Category   string  `json:"category"`
	Reason     string  `json:"reason"`
	Confidence float64 `json:"confidence"`
}

// Judge weighs facts. Build one with New; it is safe for concurrent use.
type Judge struct {
	vocabulary *signals.Vocabulary
}

// New prepares a judge over a vocabulary, by which it reads claims that are worded freely.
func New(v *signals.Vocabulary) *Judge { return &Judge{vocabulary: v} }

// Decide weighs a case.
func (j *Judge) Decide(c Case) Verdict {
	shown, criteria := j.weigh(c.Facts), j.playbook(c.Criteria)
	if len(shown.found) == 0 {
		return Verdict{Category: FollowUp, Confidence: 0.3,
			Reason: "The message says nothing that could be weighed, so somebody should ask what it is about."}
	}
	for _, rule := range []func(evidence, playbook) (Verdict, bool){hostile, elsewhere, trouble, buyer} {
		if verdict, ok := rule(shown, criteria); ok {
			return verdict
		}
	}
	return Verdict{Category: FollowUp, Confidence: 0.45,
		Reason: "There is some background, but the message does not say what is wanted."}
}
