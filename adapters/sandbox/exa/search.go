package exa

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
)

// searchRequest is the body of POST /search. API reference: "Search".
type searchRequest struct {
	Query              *string         `json:"query"`
	Type               string          `json:"type"`
	Category           string          `json:"category"`
	UserLocation       string          `json:"userLocation"`
	NumResults         *int            `json:"numResults"`
	IncludeDomains     []string        `json:"includeDomains"`
	ExcludeDomains     []string        `json:"excludeDomains"`
	StartPublishedDate string          `json:"startPublishedDate"`
	EndPublishedDate   string          `json:"endPublishedDate"`
	Contents           json.RawMessage `json:"contents"`
}

// The bounds and default of numResults. API reference: "Search".
const (
	defaultResults = 10
	maxResults     = 100
)

type result struct {
	ID            string    `json:"id"`
	Title         string    `json:"title"`
	URL           string    `json:"url"`
	PublishedDate string    `json:"publishedDate"`
	Author        string    `json:"author"`
	Score         float64   `json:"score"`
	Text          string    `json:"text,omitempty"`
	Highlights    []string  `json:"highlights,omitempty"`
	Scores        []float64 `json:"highlightScores,omitempty"`
	Summary       string    `json:"summary,omitempty"`
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case !s.authenticated(r):
		refuse(w, http.StatusUnauthorized, "INVALID_API_KEY", "Invalid API key")
	case r.URL.Path != "/search":
		refuse(w, http.StatusNotFound, "NOT_FOUND", "Cannot "+r.Method+" "+r.URL.Path)
	case r.Method != http.MethodPost:
		refuse(w, http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "Cannot "+r.Method+" /search")
	default:
		s.search(w, r)
	}
}

// authenticated takes the key from x-api-key or as a bearer token.
func (s *Server) authenticated(r *http.Request) bool {
	key := r.Header.Get("X-Api-Key")
	if key == "" {
		key, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	return key != "" && (s.key == "" || s.key == key)
}

func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		refuse(w, http.StatusBadRequest, "INVALID_REQUEST_BODY", "Request body could not be read")
		return
	}
	var q searchRequest
	if err := json.Unmarshal(body, &q); err != nil {
		refuse(w, http.StatusBadRequest, "INVALID_REQUEST_BODY", "Invalid request body: "+err.Error())
		return
	}
	wanted, problem := q.check()
	if problem != "" {
		refuse(w, http.StatusBadRequest, "INVALID_REQUEST_BODY", problem)
		return
	}
	hits := s.index.find(*q.Query, q.admits)
	results := []result{}
	for _, h := range hits[:min(len(hits), q.limit())] {
		results = append(results, wanted.fill(h, *q.Query))
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"requestId": requestID(body), "resolvedSearchType": q.resolved(), "results": results, "searchTime": 12.5, "costDollars": cost(len(results)),
	})
}

func (q searchRequest) limit() int {
	if q.NumResults == nil {
		return defaultResults
	}
	return *q.NumResults
}

func (q searchRequest) resolved() string {
	if q.Type == "" || q.Type == "auto" {
		return "neural"
	}
	return q.Type
}

// check returns what contents are wanted, or what is wrong with the request.
func (q searchRequest) check() (contents, string) {
	switch {
	case q.Query == nil || strings.TrimSpace(*q.Query) == "":
		return contents{}, "Invalid request body | Validation error: Required at \"query\""
	case q.NumResults != nil && (*q.NumResults < 1 || *q.NumResults > maxResults):
		return contents{}, fmt.Sprintf("Invalid request body | Validation error: numResults must be between 1 and %d", maxResults)
	case q.Type != "" && !slices.Contains([]string{"auto", "neural", "keyword", "fast", "instant", "deep", "deep-lite", "deep-reasoning"}, q.Type):
		return contents{}, "Invalid request body | Validation error: Invalid enum value at \"type\""
	case len(q.IncludeDomains) > 0 && len(q.ExcludeDomains) > 0 && q.Category == "company":
		return contents{}, "Invalid request body | excludeDomains cannot be used with this category"
	}
	return parseContents(q.Contents)
}

func (q searchRequest) admits(p page) bool {
	in := func(domains []string) bool {
		return slices.ContainsFunc(domains, func(d string) bool {
			d = strings.TrimPrefix(strings.ToLower(d), "www.")
			return p.host == d || strings.HasSuffix(p.host, "."+d)
		})
	}
	switch {
	case len(q.IncludeDomains) > 0 && !in(q.IncludeDomains), in(q.ExcludeDomains):
		return false
	case q.StartPublishedDate != "" && p.published < day(q.StartPublishedDate), q.EndPublishedDate != "" && p.published > day(q.EndPublishedDate):
		return false
	}
	return true
}

// day is the date of an ISO 8601 time.
func day(at string) string { return at[:min(len(at), len("2006-01-02"))] }

// contents says what of each page goes along. API reference: "Contents retrieval".
type contents struct {
	text       bool
	textLimit  int
	highlights bool
	summary    bool
}

func parseContents(raw json.RawMessage) (contents, string) {
	c := contents{textLimit: math.MaxInt}
	if len(raw) == 0 || string(raw) == "null" {
		return c, ""
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return c, "Invalid request body | Validation error: Expected object at \"contents\""
	}
	var problem string
	c.text, problem = wantedPart(fields["text"], "contents.text")
	if problem == "" {
		c.highlights, problem = wantedPart(fields["highlights"], "contents.highlights")
	}
	if problem == "" {
		c.summary, problem = wantedPart(fields["summary"], "contents.summary")
	}
	var limits struct {
		MaxCharacters int `json:"maxCharacters"`
	}
	if json.Unmarshal(fields["text"], &limits) == nil && limits.MaxCharacters > 0 {
		c.textLimit = limits.MaxCharacters
	}
	return c, problem
}

// wantedPart reads a part that is either a boolean or an object of options.
func wantedPart(raw json.RawMessage, at string) (bool, string) {
	var flag bool
	var options map[string]any
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return false, ""
	case json.Unmarshal(raw, &flag) == nil:
		return flag, ""
	case json.Unmarshal(raw, &options) == nil:
		return true, ""
	}
	return false, fmt.Sprintf("Invalid request body | Validation error: Expected boolean or object at %q", at)
}

func (c contents) fill(h hit, query string) result {
	p := h.page
	r := result{ID: p.url(), Title: p.title, URL: p.url(), PublishedDate: p.published + "T00:00:00.000Z", Author: p.author, Score: h.score}
	if c.text {
		r.Text = cut(p.text(), c.textLimit)
	}
	if c.highlights {
		r.Highlights, r.Scores = []string{bestParagraph(p, query)}, []float64{h.score}
	}
	if c.summary {
		r.Summary = p.paragraphs[0]
	}
	return r
}

func cut(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit])
}

// cost follows the page "Pricing": seven dollars for a thousand searches with contents of up to ten results.
func cost(results int) map[string]any {
	const search, more = 0.007, 0.001
	total := search + more*float64(max(0, results-defaultResults))
	return map[string]any{"total": math.Round(total*1e6) / 1e6, "search": map[string]any{"neural": total}}
}

func plannedError(f faults.Fault) (contentType string, body []byte) {
	tag := "INTERNAL_ERROR"
	if f.Status == http.StatusTooManyRequests {
		tag = "RATE_LIMIT_EXCEEDED"
	}
	body, err := json.Marshal(map[string]string{"requestId": requestID(nil), "error": http.StatusText(f.Status), "tag": tag})
	if err != nil {
		body = []byte("{}")
	}
	return "application/json; charset=utf-8", body
}
