package writer

import (
	"regexp"
	"slices"
	"strings"

	"github.com/leadagent/leadagent/adapters/sandbox/model/signals"
	"github.com/leadagent/leadagent/adapters/sandbox/model/text"
)

// wishes is what a reviewer's feedback asks for.
type wishes struct {
	short, formal, casual bool
	mention               []string
	dropped               []signals.Kind
	ask                   string
	language              string
}

func (w wishes) drops(k signals.Kind) bool { return slices.Contains(w.dropped, k) }

var (
	dropPattern    = regexp.MustCompile(`(?i)\b(?:(?:don'?t|do not|no need to|never)\s+(?:mention|talk about|repeat|include|quote|name)|remove|drop|delete|leave out|without|omit|take out|nicht erwähnen|weglassen|ohne|sans|enlève|supprime|sin|quita)\s+([^.;\n]+)`)
	mentionPattern = regexp.MustCompile(`(?i)\b(?:mention|add|include|say|point out|tell (?:them|her|him)|erwähne?n?|ergänzen?|mentionnez?|ajoutez?|precisez|menciona|menciónales|añade|incluye)\s+(?:bitte\s+|please\s+)?([^.;\n]+)`)
	askPattern     = regexp.MustCompile(`(?i)\bask\s+(?:them\s+|her\s+|him\s+)?(?:about|for)\s+([^.;\n]+)`)
)

// readWishes understands the feedback as far as the rules go; the rest is left alone.
func readWishes(feedback string) wishes {
	folded := text.Fold(feedback)
	w := wishes{
		short:    containsAny(folded, "short", "brief", "concise", "too long", "trim", "kurz", "court", "corto", "breve", "plus bref"),
		language: wantedLanguage(folded),
	}
	w.casual = containsAny(folded, "informal", "less formal", "too formal", "casual", "friendlier", "warmer", "lockerer", "moins formel", "menos formal")
	w.formal = !w.casual && containsAny(folded, "formal", "formell", "formlich", "formel")
	rest := feedback
	for _, match := range dropPattern.FindAllStringSubmatch(feedback, -1) {
		w.dropped = append(w.dropped, kindsNamed(match[1])...)
		rest = strings.Replace(rest, match[0], "", 1)
	}
	if match := askPattern.FindStringSubmatch(rest); match != nil {
		w.ask = turnAround(repeatable(match[1]))
		rest = strings.Replace(rest, match[0], "", 1)
	}
	for _, match := range mentionPattern.FindAllStringSubmatch(rest, 3) {
		if what := repeatable(match[1]); what != "" {
			w.mention = append(w.mention, what)
		}
	}
	return w
}

func containsAny(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(s, part) })
}

func wantedLanguage(folded string) string {
	for language, names := range map[string][]string{
		"en": {"in english", "auf englisch", "en anglais", "en ingles"}, "de": {"in german", "auf deutsch", "en allemand", "en aleman"},
		"fr": {"in french", "auf franzosisch", "en francais", "en frances"}, "es": {"in spanish", "auf spanisch", "en espagnol", "en espanol"},
	} {
		if containsAny(folded, names...) {
			return language
		}
	}
	return ""
}

// kindsNamed says which facts a reviewer means by "the budget" and its like.
func kindsNamed(what string) []signals.Kind {
	folded := text.Fold(what)
	var kinds []signals.Kind
	for kind, names := range map[signals.Kind][]string{
		signals.Pricing: {"price", "pricing", "quote", "cost", "preis", "angebot", "prix", "devis", "precio"}, signals.Budget: {"budget", "presupuesto"},
		signals.Size: {"size", "number of", "users", "seats", "headcount", "nutzer", "mitarbeiter", "effectif", "usuarios"}, signals.Timeline: {"time", "date", "deadline", "zeit", "termin", "delai", "plazo"},
		signals.CurrentTool: {"tool", "competitor", "system", "werkzeug", "outil", "herramienta"}, signals.Activity: {"company", "website", "what they do", "firma", "entreprise", "empresa"},
		signals.Meeting: {"call", "meeting", "gesprach", "appel", "llamada"}, signals.Demo: {"demo"},
	} {
		if containsAny(folded, names...) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// repeatable cuts a wish down to what may stand in the letter.
func repeatable(what string) string {
	for _, end := range []string{" and make ", " and keep ", " but ", " and ask ", ", and shorten", " and use "} {
		what, _, _ = strings.Cut(what, end)
	}
	return strings.TrimRight(safe(what), " ,;:!.")
}

// turnAround speaks to the prospect instead of about them.
func turnAround(what string) string {
	words := strings.Fields(what)
	for i, w := range words {
		switch w {
		case "their", "his", "her":
			words[i] = "your"
		case "they", "them":
			words[i] = "you"
		}
	}
	return strings.Join(words, " ")
}
