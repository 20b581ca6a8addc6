package signals

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/leadagent/leadagent/adapters/sandbox/model/text"
)

// circumstances finds the kinds whose claims carry a detail.
func (v *Vocabulary) circumstances(s sentence) []Finding {
	var found []Finding
	add := func(k Kind, start, end int, ok bool) {
		if ok {
			found = append(found, Finding{Kind: k, Detail: s.raw(start, end), Quotation: s.quote(start, end)})
		}
	}
	start, end, ok := size(s.words)
	add(Size, start, end, ok)
	start, end, ok = budget(s.words)
	add(Budget, start, end, ok)
	start, end, ok = longest(v.timelines, s.words)
	add(Timeline, start, end, ok)
	start, end, ok = v.role(s)
	add(Role, start, end, ok)
	start, end, ok = v.tool(s)
	add(CurrentTool, start, end, ok)
	start, end, ok = v.self(s)
	add(SelfDescription, start, end, ok)
	return found
}

// longest returns the longest match of any of the phrases.
func longest(of []text.Phrase, words []text.Word) (start, end int, found bool) {
	for _, p := range of {
		from, to, ok := p.Find(words)
		if ok && (!found || to-from > end-start) {
			start, end, found = from, to, true
		}
	}
	return start, end, found
}

func (v *Vocabulary) first(of []text.Phrase, words []text.Word) (start, end int, found bool) {
	for _, p := range of {
		if start, end, found = p.Find(words); found {
			return start, end, true
		}
	}
	return 0, 0, false
}

// withNeed adds what follows "looking for" and its like, up to the end of the clause. "We would like to" counts only in a sentence
// that shows nothing else that is wanted, and nothing counts in one that shows trouble or another errand.
func (v *Vocabulary) withNeed(s sentence, found []Finding) []Finding {
	plain, needs := true, 1
	for _, f := range found {
		if f.Kind.Trouble() || f.Kind.Elsewhere() && f.Kind != Offer {
			return found
		}
		if f.Kind.Wants() {
			plain, needs = false, 4
		}
	}
	// "Interested in pricing" says no more than that prices are asked for; longer details do.
	if need, ok := v.wanted(s, Need, v.needs); ok && len(strings.Fields(need.Detail)) >= needs {
		return append(found, need)
	}
	if wish, ok := v.wanted(s, Wish, v.wishes); ok && plain {
		return append(found, wish)
	}
	return found
}

func (v *Vocabulary) wanted(s sentence, kind Kind, triggers []text.Phrase) (Finding, bool) {
	trigger, from, ok := v.first(triggers, s.words)
	if !ok || negated(s.words, trigger) || ofReader(s, trigger) {
		return Finding{}, false
	}
	to := clause(s.words, from, 12)
	if to <= from || asksToKnow(s.words[from:to]) {
		return Finding{}, false
	}
	return Finding{Kind: kind, Detail: s.raw(from, to), Quotation: s.quote(trigger, to)}, true
}

// ofReader tells whether it is the reader of whom a sentence says, or asks ("Interested?"), that they would like something.
func ofReader(s sentence, trigger int) bool {
	if trigger == 0 && strings.HasSuffix(s.text, "?") && strings.HasPrefix(s.words[0].Folded, "interes") {
		return true
	}
	for i := max(0, trigger-2); i <= trigger && i < len(s.words); i++ {
		switch s.words[i].Folded {
		case "you", "sie", "vous", "usted", "ustedes", "du", "tu", "they":
			return true
		}
	}
	return false
}

// asksToKnow recognises wishes for information, which are questions rather than needs.
func asksToKnow(words []text.Word) bool {
	for _, w := range words[:min(len(words), 3)] {
		switch w.Folded {
		case "information", "info", "infos", "informationen", "informations", "informacion", "details", "detalles", "know", "learn", "hear", "understand", "ask", "find", "see",
			"talk", "speak", "discuss", "chat", "meet", "wissen", "erfahren", "savoir", "saber", "conocer", "hablar", "parler":
			return true
		}
	}
	return false
}

// clause returns the index after the clause that begins at from: before punctuation, a joining word, or after limit words.
func clause(words []text.Word, from, limit int) int {
	to := from
	for to < len(words) && to-from < limit {
		if to > from && (words[to].Break || joins(words[to].Folded)) {
			break
		}
		to++
	}
	for to > from && trailing(words[to-1].Folded) {
		to--
	}
	return to
}

func joins(word string) bool {
	switch word {
	case "and", "but", "because", "so", "since", "which", "und", "aber", "weil", "da", "denn", "et", "mais", "car", "y", "pero", "porque", "ya", "que":
		return true
	}
	return false
}

// trailing words are no good end for a phrase.
func trailing(word string) bool {
	switch word {
	case "a", "an", "the", "for", "to", "of", "in", "on", "at", "with", "by", "from", "our", "your", "is", "are", "we", "i",
		"der", "die", "das", "ein", "eine", "einen", "fur", "mit", "von", "zu", "im", "unser", "unsere", "sich", "wir",
		"le", "la", "les", "un", "une", "des", "de", "du", "pour", "avec", "nos", "notre", "el", "los", "las", "una", "para", "con", "en", "nuestro", "nuestra":
		return true
	}
	return false
}

// self finds "we are a logistics company": what senders say of their own firm.
func (v *Vocabulary) self(s sentence) (start, end int, found bool) {
	_, from, ok := v.first(v.selves, s.words)
	if !ok {
		return 0, 0, false
	}
	to := from
	for to < len(s.words) && to-from < 7 && !(to > from && (s.words[to].Break || joins(s.words[to].Folded) || relates(s.words[to].Folded))) {
		to++
	}
	for i := from; i < to; i++ {
		if organization(s.words[i].Folded) {
			return from, to, true
		}
	}
	return 0, 0, false
}

func relates(word string) bool {
	switch word {
	case "with", "that", "who", "looking", "evaluating", "searching", "seeking", "trying", "interested", "planning", "wanting", "needing", "based", "located", "in", "from", "of", "mit", "aus", "avec", "qui", "basee", "situee", "con", "de", "ubicada":
		return true
	}
	return false
}

// organization recognises the head words of firms and institutions, compounds included.
func organization(word string) bool {
	for _, stem := range []string{
		"company", "firm", "agency", "startup", "manufacturer", "retailer", "wholesaler", "distributor", "consultancy", "practice", "clinic", "hospital",
		"school", "university", "college", "bank", "insurer", "broker", "brokerage", "studio", "shop", "store", "chain", "hotel", "restaurant", "charity", "ngo", "nonprofit",
		"business", "enterprise", "group", "provider", "operator", "producer", "supplier", "developer", "carrier", "municipality", "council", "authority", "cooperative", "scaleup",
		"unternehmen", "firma", "agentur", "betrieb", "hersteller", "handler", "klinik", "praxis", "kanzlei", "schule", "hochschule", "verband", "verein", "dienstleister", "gruppe",
		"buro", "anbieter", "haus", "entreprise", "societe", "pme", "cabinet", "agence", "fabricant", "ecole", "clinique", "association", "groupe", "boutique", "hopital",
		"empresa", "pyme", "agencia", "fabricante", "clinica", "escuela", "universidad", "despacho", "grupo", "cadena", "tienda", "asociacion", "consultora",
	} {
		if strings.HasPrefix(word, stem) || utf8.RuneCountInString(stem) > 4 && strings.HasSuffix(word, stem) {
			return true
		}
	}
	return false
}

// role finds what a sender does: a title, or a title that follows "head of".
func (v *Vocabulary) role(s sentence) (start, end int, found bool) {
	start, end, found = v.first(v.roles, s.words)
	if !found || negated(s.words, start) {
		return 0, 0, false
	}
	if !opensTitle(s.words[end-1].Folded) {
		return start, end, true
	}
	to := end
	for to < len(s.words) && to-end < 3 && !s.words[to].Break && !joins(s.words[to].Folded) && !endsTitle(s.words[to].Folded) {
		to++
	}
	return start, to, to > end
}

func opensTitle(word string) bool {
	switch word {
	case "of", "de", "des", "du", "der", "fur":
		return true
	}
	return false
}

func endsTitle(word string) bool {
	switch word {
	case "at", "for", "here", "with", "in", "from", "bei", "im", "chez", "au", "aux", "en", "my", "i", "we", "wir", "ich", "nous":
		return true
	}
	return false
}

// tool finds what is used today: the names, or the plain words for tables and mailboxes, that follow "we use" and its like.
func (v *Vocabulary) tool(s sentence) (start, end int, found bool) {
	for _, p := range v.tools {
		triggerStart, from, ok := p.Find(s.words)
		if !ok || negated(s.words, triggerStart) {
			continue
		}
		for skip := 0; skip < 3 && from < len(s.words); skip++ {
			if to := named(s, from); to > from {
				return from, to, true
			}
			from++
		}
	}
	return 0, 0, false
}

// named returns the index after a proper name or a plain tool that begins at from, or from itself where there is none.
func named(s sentence, from int) int {
	if plainTool(s.words[from].Folded) {
		return from + 1
	}
	to := from
	for to < len(s.words) && to-from < 3 && !(to > from && s.words[to].Break) && proper(s.raw(to, to+1)) {
		to++
	}
	return to
}

func proper(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r) && word != "I" || len(word) > 1 && word[1] >= 'A' && word[1] <= 'Z'
}

func plainTool(word string) bool {
	switch word {
	case "spreadsheet", "spreadsheets", "excel", "outlook", "gmail", "email", "emails", "paper", "whatsapp", "tabellen", "tableurs", "hojas", "crm", "erp":
		return true
	}
	return false
}
