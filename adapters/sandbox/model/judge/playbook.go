package judge

import (
	"strings"

	"github.com/leadagent/leadagent/adapters/sandbox/model/signals"
	"github.com/leadagent/leadagent/adapters/sandbox/model/text"
)

// playbook is what the rules take from an organization's criteria.
type playbook struct {
	// moved holds the category of each kind of sender that the criteria of exactly one category mention.
	moved map[signals.Kind]string
	// leastPeople is the least size of a qualified lead, 0 for none.
	leastPeople int
}

func (p playbook) category(kind signals.Kind, otherwise string) string {
	if category, ok := p.moved[kind]; ok {
		return category
	}
	return otherwise
}

// mentions returns the words by which criteria speak of a kind of sender.
func mentions() map[signals.Kind][]string {
	return map[signals.Kind][]string{
		signals.Student:    {"student", "students", "thesis", "homework", "academic", "studenten", "etudiants", "estudiantes"},
		signals.Applicant:  {"job application", "job applications", "applicants", "candidates", "applicant", "recruiting", "bewerbungen", "candidatures"},
		signals.Press:      {"press", "journalist", "journalists", "media", "presse", "prensa"},
		signals.Partner:    {"partner", "partners", "reseller", "resellers", "partnership", "partnerships", "affiliates"},
		signals.Investor:   {"investor", "investors"},
		signals.Competitor: {"competitor", "competitors", "wettbewerber", "concurrents", "competidores"},
		signals.Seller:     {"spam", "seo", "sales pitch", "sales pitches", "vendors", "sellers", "solicitation", "advertising", "werbung"},
		signals.Personal:   {"private persons", "hobby", "personal use", "individuals", "consumers"},
	}
}

func (j *Judge) playbook(criteria map[string]string) playbook {
	p := playbook{moved: map[signals.Kind]string{}}
	for kind, words := range mentions() {
		matches := 0
		for _, category := range []string{Qualified, FollowUp, Support, Unqualified} {
			if mentionsAny(criteria[category], words) {
				p.moved[kind] = category
				matches++
			}
		}
		if matches != 1 {
			delete(p.moved, kind)
		}
	}
	p.leastPeople = leastPeople(criteria[Qualified])
	return p
}

func mentionsAny(criterion string, words []string) bool {
	found := text.Words(criterion)
	for _, w := range words {
		start, _, ok := text.ParsePhrase(w).Find(found)
		if ok && !taken(found, start) {
			return true
		}
	}
	return false
}

// taken tells whether the criterion speaks of a kind only to exclude it: "no students".
func taken(words []text.Word, start int) bool {
	for i := max(0, start-3); i < start; i++ {
		switch words[i].Folded {
		case "no", "not", "never", "except", "excluding", "without", "keine", "pas", "sin":
			return true
		}
	}
	return false
}

// leastPeople reads "at least 20 users", "20+ seats" and "more than 20 employees" out of a criterion.
func leastPeople(criterion string) int {
	words := text.Words(criterion)
	for i, w := range words {
		n, ok := text.Number(w.Folded)
		if !ok || n < 2 || n > 1e6 {
			continue
		}
		if strings.HasPrefix(criterion[w.End:], "+") && countsPeople(words, i) || afterLeast(words, i) && countsPeople(words, i) {
			return int(n)
		}
	}
	return 0
}

func afterLeast(words []text.Word, i int) bool {
	for j := max(0, i-2); j < i; j++ {
		switch words[j].Folded {
		case "least", "over", "than", "minimum", "mindestens", "moins", "minimo", "menos", "uber":
			return true
		}
	}
	return false
}

func countsPeople(words []text.Word, i int) bool {
	for j := i + 1; j < len(words) && j <= i+2; j++ {
		for _, stem := range []string{"user", "seat", "employee", "people", "person", "mitarbeit", "nutzer", "utilisateur", "employe", "emplead", "usuario", "salari", "rep", "agent", "licen"} {
			if strings.HasPrefix(words[j].Folded, stem) {
				return true
			}
		}
	}
	return false
}
