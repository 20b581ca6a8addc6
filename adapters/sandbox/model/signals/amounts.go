package signals

import (
	"strings"

	"github.com/leadagent/leadagent/adapters/sandbox/model/text"
)

// size finds a number of people, places or things: "200 sales reps", "team of 40", "1.200 Mitarbeiter". Of several, people come first.
func size(words []text.Word) (start, end int, found bool) {
	for i := range words {
		if _, ok := text.Number(words[i].Folded); !ok || currencyBeside(words, i) {
			continue
		}
		from, to, ok := sizeAt(words, i)
		if !ok || found && !People(words[to-1].Folded) && to > i+1 {
			continue
		}
		start, end, found = from, to, true
		if People(words[to-1].Folded) || to == i+1 {
			break
		}
	}
	return start, end, found
}

// sizeAt reads the number at i together with what it counts.
func sizeAt(words []text.Word, i int) (start, end int, found bool) {
	if to, ok := unitAfter(words, i); ok {
		return i, to, true
	}
	if i+2 < len(words) && words[i+1].Folded == "of" && words[i+2].Folded == "us" {
		return i, i + 3, true
	}
	if from, ok := teamBefore(words, i); ok && !timeUnit(words, i+1) {
		return from, i + 1, true
	}
	return 0, 0, false
}

// People tells whether a folded word counts people rather than places, things or messages.
func People(word string) bool {
	for _, stem := range []string{
		"user", "seat", "licen", "employee", "people", "person", "staff", "agent", "reps", "member", "colleague", "salespe", "seller", "fte", "developer", "engineer",
		"consultant", "technician", "advisor", "headcount", "worker", "driver", "mitarbeit", "nutzer", "benutzer", "anwender", "lizenz", "arbeitsplatz", "kolleg", "leute",
		"beschaftigt", "mann", "collaborat", "employe", "salarie", "utilisateur", "poste", "commercia", "emplead", "usuari", "trabajador", "puesto", "comercial", "plazas",
	} {
		if strings.HasPrefix(word, stem) {
			return true
		}
	}
	return word == "us" || strings.HasSuffix(word, "nutzer") || strings.HasSuffix(word, "mitarbeiter") || strings.HasSuffix(word, "mitarbeitern")
}

// unitAfter looks for a countable word within three words of the number at i.
func unitAfter(words []text.Word, i int) (int, bool) {
	for j := i + 1; j < len(words) && j <= i+3; j++ {
		if words[j].Break || joins(words[j].Folded) {
			return 0, false
		}
		if countable(words[j].Folded) {
			return j + 1, true
		}
		if timeUnit(words, j) {
			return 0, false
		}
	}
	return 0, false
}

func countable(word string) bool {
	for _, stem := range []string{
		"store", "branch", "location", "office", "site", "lead", "enquir", "inquir", "request", "ticket", "order", "contact", "submission", "message", "email", "student", "patient",
		"room", "vehicle", "truck", "machine", "customer", "client", "subscriber", "visitor", "strong", "workplace", "practice", "clinic", "hotel", "restaurant", "volunteer",
		"anfrage", "standort", "filiale", "vertrieb", "kunden", "demande", "agence", "magasin", "prospects", "sede", "tienda", "solicitud", "consulta", "oficina", "clientes",
	} {
		if strings.HasPrefix(word, stem) {
			return true
		}
	}
	return People(word) && word != "us"
}

// teamBefore looks for "team of" and its like before the number at i.
func teamBefore(words []text.Word, i int) (int, bool) {
	if i >= 2 && selfCount(words[i-2].Folded+" "+words[i-1].Folded) && !words[i].Break || i >= 1 && words[i-1].Folded == "somos" {
		return i, i+1 >= len(words) || words[i+1].Break || joins(words[i+1].Folded)
	}
	for j := max(0, i-3); j < i; j++ {
		switch words[j].Folded {
		case "team", "staff", "equipe", "equipo", "headcount", "workforce", "belegschaft", "plantilla", "organization", "organisation":
			return j, true
		}
	}
	return 0, false
}

// selfCount recognises "we are 25".
func selfCount(before string) bool {
	switch before {
	case "we are", "we re", "wir sind", "nous sommes", "are currently", "sind derzeit":
		return true
	}
	return false
}

func timeUnit(words []text.Word, i int) bool {
	if i >= len(words) {
		return false
	}
	for _, stem := range []string{
		"minute", "hour", "day", "week", "month", "quarter", "year", "stunde", "tag", "woche", "monat", "jahr", "heure", "jour", "semaine", "mois", "an", "hora", "dia", "semana",
		"mes", "ano", "percent", "prozent", "pm", "uhr",
	} {
		word := words[i].Folded
		if word == stem || len(stem) > 2 && strings.HasPrefix(word, stem) && len(word) <= len(stem)+2 {
			return true
		}
	}
	return false
}

// budget finds an amount of money.
func budget(words []text.Word) (start, end int, found bool) {
	for i := range words {
		if _, ok := text.Number(words[i].Folded); !ok {
			continue
		}
		from, to := i, i+1
		if i > 0 && currency(words[i-1].Folded) {
			return extend(words, from-1, to)
		}
		if to < len(words) && magnitude(words[to].Folded) {
			to++
		}
		if to < len(words) && currency(words[to].Folded) && !words[to].Break {
			return from, to + 1, true
		}
		if budgetBefore(words, i) && !timeUnit(words, to) {
			return from, to, true
		}
	}
	return 0, 0, false
}

func extend(words []text.Word, start, end int) (from, to int, found bool) {
	if end < len(words) && magnitude(words[end].Folded) {
		end++
	}
	return start, end, true
}

func magnitude(word string) bool {
	switch word {
	case "k", "m", "thousand", "million", "millions", "tsd", "tausend", "mio", "millionen", "mille", "mil", "millon", "millones":
		return true
	}
	return false
}

func currency(word string) bool {
	switch word {
	case "$", "€", "£", "usd", "eur", "gbp", "chf", "euro", "euros", "dollar", "dollars", "pounds", "franken", "francs", "dolares", "pesos", "keur":
		return true
	}
	return false
}

func currencyBeside(words []text.Word, i int) bool {
	return i > 0 && currency(words[i-1].Folded) || i+1 < len(words) && currency(words[i+1].Folded)
}

func budgetBefore(words []text.Word, i int) bool {
	for j := max(0, i-4); j < i; j++ {
		switch words[j].Folded {
		case "budget", "budgets", "presupuesto":
			return true
		}
	}
	return false
}

// Count returns the largest number in a size's detail, or 0.
func Count(detail string) int {
	largest := 0.0
	for _, w := range text.Words(detail) {
		if n, ok := text.Number(w.Folded); ok {
			largest = max(largest, n)
		}
	}
	return int(min(largest, 1e9))
}
