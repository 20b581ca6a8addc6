package exa

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// index ranks pages by the words that they share with a query.
type index struct {
	pages []indexed
	// spread counts the companies whose pages have a word.
	spread    map[string]int
	companies int
}

type indexed struct {
	page  page
	name  map[string]bool
	words map[string]bool
}

type hit struct {
	page  page
	score float64
}

// leastScore is the least share of a query's weight that a page must have to be a result.
const leastScore = 0.34

func newIndex(pages []page) index {
	x := index{spread: map[string]int{}}
	seen := map[string]map[*company]bool{}
	all := map[*company]bool{}
	for _, p := range pages {
		entry := indexed{page: p, name: set(terms(p.company.Name + " " + p.company.Host)), words: set(terms(p.text() + " " + p.company.Industry))}
		x.pages = append(x.pages, entry)
		all[p.company] = true
		for _, words := range []map[string]bool{entry.name, entry.words} {
			for w := range words {
				if seen[w] == nil {
					seen[w] = map[*company]bool{}
				}
				seen[w][p.company] = true
			}
		}
	}
	for w, of := range seen {
		x.spread[w] = len(of)
	}
	x.companies = len(all)
	return x
}

// find returns the admitted pages that share enough with the query, best first.
func (x index) find(query string, admits func(page) bool) []hit {
	wanted := terms(query)
	var hits []hit
	for _, entry := range x.pages {
		if !admits(entry.page) {
			continue
		}
		if score := x.score(entry, wanted); score >= leastScore {
			hits = append(hits, hit{page: entry.page, score: math.Round(score*1000) / 1000})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(pageRank(a.page), pageRank(b.page)), cmp.Compare(a.page.url(), b.page.url()))
	})
	return hits
}

// score is the share of the query's weight that the page has, at most 1. A word of the company's name weighs double, a word that the
// corpus does not know weighs like the rarest, so that an unknown name finds nothing by the common words beside it.
func (x index) score(entry indexed, wanted []string) float64 {
	total, found := 0.0, 0.0
	for _, w := range wanted {
		weight := math.Log(float64(1+x.companies) / float64(max(1, x.spread[w])))
		switch {
		case entry.name[w]:
			found += 2 * weight
			total += 2 * weight
		case entry.words[w]:
			found += weight
			total += weight
		default:
			total += weight
		}
	}
	if total == 0 {
		return 0
	}
	return found / total
}

// pageRank puts a site's front page before the others where all else is equal.
func pageRank(p page) int {
	return max(0, slices.Index([]string{"/", "/about", "/pricing", "/team"}, p.path))
}

// terms splits a text into folded words worth ranking.
func terms(text string) []string {
	folded := strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(text))
	fields := strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	fields = slices.DeleteFunc(fields, func(w string) bool { return len(w) < 3 || filler(w) })
	slices.Sort(fields)
	return slices.Compact(fields)
}

// filler words say nothing about what is sought; among them the legal forms and the parts of host names.
func filler(word string) bool {
	switch word {
	case "the", "and", "for", "with", "from", "that", "what", "who", "how", "about", "company", "website", "official", "www", "http", "https", "com", "net", "org", "example",
		"gmbh", "inc", "ltd", "llc", "corp", "plc", "sas", "sarl", "group", "services", "software", "our", "are", "does", "und", "die", "der", "les", "des", "los", "las", "una":
		return true
	}
	return false
}

func set(words []string) map[string]bool {
	of := map[string]bool{}
	for _, w := range words {
		of[w] = true
	}
	return of
}

// bestParagraph is the paragraph that shares most words with the query.
func bestParagraph(p page, query string) string {
	wanted := set(terms(query))
	best, most := p.paragraphs[0], -1
	for _, paragraph := range p.paragraphs {
		shared := 0
		for _, w := range terms(paragraph) {
			if wanted[w] {
				shared++
			}
		}
		if shared > most {
			best, most = paragraph, shared
		}
	}
	return best
}

// requestID looks like the vendor's and is the same for the same body.
func requestID(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}

// refuse answers with the vendor's error document. Page "Error Codes": requestId, error, tag.
func refuse(w http.ResponseWriter, status int, tag, message string) {
	writeJSON(w, status, map[string]string{"requestId": requestID([]byte(message)), "error": message, "tag": tag})
}

func writeJSON(w http.ResponseWriter, status int, document any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	// A write error means that the caller is gone.
	_ = json.NewEncoder(w).Encode(document)
}
