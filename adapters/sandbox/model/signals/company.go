package signals

import (
	"slices"

	"github.com/leadagent/leadagent/adapters/sandbox/model/text"
)

// companyWords holds the phrases of company pages, built once per Company.
type companyWords struct {
	does, located, founded []text.Phrase
}

// Company finds what a page says of the company it is about. Build one with NewCompany; it is safe for concurrent use.
type Company struct {
	vocabulary *Vocabulary
	words      companyWords
}

// NewCompany prepares the phrases. The vocabulary recognises texts that speak to the machine.
func NewCompany(v *Vocabulary) *Company {
	return &Company{vocabulary: v, words: companyWords{
		does: phrases(`
we build|make|design|develop|manufacture|produce|operate|run|provide|offer|sell|deliver|help|supply|distribute
wir bauen|entwickeln|fertigen|produzieren|betreiben|bieten|liefern|beraten
nous concevons|fabriquons|developpons|proposons|accompagnons
disenamos|fabricamos|desarrollamos|ofrecemos|ayudamos
`),
		located: phrases(`
headquartered|based|located in
headquarters|head office|offices in
mit sitz|hauptsitz|zentrale in
sitz in
basee|base|installee|situee|siege a|social
con sede en
sede|central en
`),
		founded: phrases(`
founded|established|since|started in
founded|since *
gegrundet
seit
fondee|creee|depuis en
fundada|creada|desde en
`),
	}}
}

// Sentence finds what one sentence of a page says of the company whose name has the folded words; of a hostile sentence only
// that it is one.
func (c *Company) Sentence(of string, name []string) []Finding {
	s := sentence{text: of, words: text.Words(of)}
	if injected, ok := c.vocabulary.injection(s); ok {
		return []Finding{injected}
	}
	var found []Finding
	if start, ok := c.activity(s, name); ok {
		to := clauseOfPage(s.words, start)
		found = append(found, Finding{Kind: Activity, Detail: s.raw(start, to), Quotation: s.quote(start, to)})
	}
	if start, end, ok := size(s.words); ok && peopleOf(s.words[end-1].Folded) {
		found = append(found, Finding{Kind: CompanySize, Detail: s.raw(start, end), Quotation: s.quote(start, end)})
	}
	return append(found, c.facts(s)...)
}

// activity finds where a sentence begins to say what the company does: after its name at the sentence's start, or at a verb of
// a sentence that says "we".
func (c *Company) activity(s sentence, name []string) (int, bool) {
	if len(s.words) < 5 {
		return 0, false
	}
	if slices.Contains(name, s.words[0].Folded) {
		start := 1
		for start < len(s.words) && (proper(s.raw(start, start+1)) || slices.Contains(name, s.words[start].Folded)) {
			start++
		}
		if start < len(s.words)-2 && !s.words[start].Break && !states(s.words[start].Folded) {
			return start, true
		}
		return 0, false
	}
	start, _, ok := c.vocabulary.first(c.words.does, s.words)
	return start, ok && start < 2 && speaksOfItself(s.words)
}

// states tells whether a verb begins a fact about the company rather than what it does.
func states(verb string) bool {
	switch verb {
	case "has", "had", "was", "were", "hat", "hatte", "heute", "compte", "cuenta", "tiene", "fue", "employs", "beschaftigt", "emploie", "and", "und", "et", "y":
		return true
	}
	return false
}

func speaksOfItself(words []text.Word) bool {
	switch words[0].Folded {
	case "we", "wir", "nous", "disenamos", "fabricamos", "desarrollamos", "ofrecemos", "ayudamos":
		return true
	}
	return false
}

// facts finds place and year.
func (c *Company) facts(s sentence) []Finding {
	var found []Finding
	if _, end, ok := c.vocabulary.first(c.words.located, s.words); ok {
		if to := names(s, end); to > end {
			found = append(found, Finding{Kind: Location, Detail: s.raw(end, to), Quotation: s.quote(end, to)})
		}
	}
	if _, end, ok := c.vocabulary.first(c.words.founded, s.words); ok {
		for i := end - 1; i < len(s.words) && i <= end+2; i++ {
			if year(s.words[i].Folded) {
				found = append(found, Finding{Kind: Founded, Detail: s.raw(i, i+1), Quotation: s.quote(i, i+1)})
				break
			}
		}
	}
	return found
}

// names returns the index after the proper names that begin at from: "Porto, Portugal" whole.
func names(s sentence, from int) int {
	to := from
	for to < len(s.words) && to-from < 4 && proper(s.raw(to, to+1)) {
		to++
	}
	return to
}

// maxClause bounds how many words an activity has.
const maxClause = 20

// clauseOfPage returns the index after what a sentence goes on with from from: its end, or where that is far, the last comma before.
func clauseOfPage(words []text.Word, from int) int {
	to := min(len(words), from+maxClause)
	if to == len(words) {
		return to
	}
	for cut := to; cut > from+2; cut-- {
		if words[cut].Break {
			return cut
		}
	}
	for to > from && trailing(words[to-1].Folded) {
		to--
	}
	return to
}

func peopleOf(word string) bool {
	switch word {
	case "employees", "people", "staff", "mitarbeiter", "mitarbeitern", "mitarbeiterinnen", "menschen", "beschaftigte", "beschaftigten", "collaborateurs", "employes", "salaries", "personnes",
		"empleados", "personas", "trabajadores", "colleagues", "specialists", "engineers", "consultants":
		return true
	}
	return false
}

func year(word string) bool {
	return len(word) == 4 && (word[:2] == "19" || word[:2] == "20" || word[:2] == "18") && word[2] >= '0' && word[2] <= '9'
}
