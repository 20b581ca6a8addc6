package exa_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/leadagent/leadagent/adapters/sandbox/exa"
)

type bench struct {
	t        *testing.T
	server   *exa.Server
	api, web string
}

func setup(t *testing.T) *bench {
	t.Helper()
	server, err := exa.New(exa.Options{Key: "right-key"})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := server.Pages()
	if err != nil {
		t.Fatal(err)
	}
	api, web := httptest.NewServer(server), httptest.NewServer(pages)
	t.Cleanup(func() { server.Faults.Clear(); api.Close(); web.Close() })
	return &bench{t: t, server: server, api: api.URL, web: web.URL}
}

type found struct {
	RequestID          string `json:"requestId"`
	ResolvedSearchType string
	Results            []struct {
		ID, Title, URL, PublishedDate, Author, Text, Summary string
		Highlights                                           []string
		Score                                                float64
	}
	Error, Tag  string
	CostDollars struct{ Total float64 }
}

func (b *bench) send(method, key, path, body string) (int, http.Header, found) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, b.api+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Api-Key", key)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var f found
	if err := json.NewDecoder(response.Body).Decode(&f); err != nil {
		b.t.Fatal(err)
	}
	return response.StatusCode, response.Header, f
}

func (b *bench) search(body string) found {
	b.t.Helper()
	status, _, f := b.send(http.MethodPost, "right-key", "/search", body)
	if status != http.StatusOK {
		b.t.Fatalf("%d %s %s", status, f.Tag, f.Error)
	}
	return f
}

// get fetches a page of the sandbox's web without following redirects.
func (b *bench) get(method, host, path string) (int, http.Header, string) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, b.web+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	request.Host = host
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var body bytes.Buffer
	if _, err := body.ReadFrom(response.Body); err != nil {
		b.t.Fatal(err)
	}
	return response.StatusCode, response.Header, body.String()
}

func TestFindsACompanyByNameAndByDomain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, query := range []string{"Northwind Robotics", "northwind-robotics.example", "northwind robotics northwind-robotics.example", "NORTHWIND Robotics company website"} {
		f := b.search(`{"query":"` + query + `","numResults":3,"contents":{"text":true}}`)
		if len(f.Results) != 3 || !strings.HasPrefix(f.Results[0].URL, "http://www.northwind-robotics.example/") || f.Results[0].ID != f.Results[0].URL {
			t.Errorf("%s: %+v", query, f.Results)
			continue
		}
		if first := f.Results[0]; !strings.Contains(first.Text, "autonomous carts") || first.Score <= 0 || first.Score > 1 || !strings.HasPrefix(first.PublishedDate, "2026-") {
			t.Errorf("%s: %+v", query, first)
		}
		if f.RequestID == "" || f.ResolvedSearchType != "neural" || f.CostDollars.Total != 0.007 {
			t.Errorf("%s: %+v", query, f)
		}
	}
}

func TestFindsBySubjectAndFoldsAccents(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for query, host := range map[string]string{
		"frozen vegetables producer": "verdant-valley.example", "solteca energia": "solteca-energia.example", "lemaire cosmetique grasse": "lemaire-cosmetique.example",
		"Verpackungsmaschinen Lebensmittelindustrie": "kessler-maschinenbau.example",
	} {
		if f := b.search(`{"query":"` + query + `"}`); len(f.Results) == 0 || !strings.Contains(f.Results[0].URL, host) {
			t.Errorf("%s: %+v", query, f.Results)
		}
	}
}

func TestUnknownCompaniesFindNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, query := range []string{"Zyxware Quantum Holdings zyxware.example", "Brook Interiors", "asdf qwer", "!!!"} {
		if f := b.search(`{"query":"` + query + `"}`); f.Results == nil || len(f.Results) != 0 {
			t.Errorf("%s: %+v", query, f.Results)
		}
	}
}

func TestTheSameQueryFindsTheSame(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const body = `{"query":"company of farmers and schools in England","contents":{"text":true}}`
	if one, two := b.search(body), setup(t).search(body); !slices.EqualFunc(one.Results, two.Results, func(x, y struct {
		ID, Title, URL, PublishedDate, Author, Text, Summary string
		Highlights                                           []string
		Score                                                float64
	}) bool {
		return x.URL == y.URL && x.Score == y.Score
	}) {
		t.Errorf("%v\n%v", one, two)
	}
}

func TestContentsAndFilters(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.search(`{"query":"Halden Logistics","numResults":1,"contents":{"text":{"maxCharacters":40},"highlights":true,"summary":{"query":"x"}}}`)
	if r := f.Results[0]; len([]rune(r.Text)) != 40 || len(r.Highlights) != 1 || r.Summary == "" {
		t.Errorf("%+v", r)
	}
	if f = b.search(`{"query":"Halden Logistics"}`); f.Results[0].Text != "" {
		t.Errorf("text without being asked: %+v", f.Results[0])
	}
	if f = b.search(`{"query":"Halden Logistics","includeDomains":["trade-courier.example"]}`); len(f.Results) != 1 || !strings.Contains(f.Results[0].URL, "trade-courier") {
		t.Errorf("includeDomains: %+v", f.Results)
	}
	if f = b.search(`{"query":"Halden Logistics","excludeDomains":["halden-logistics.example"],"startPublishedDate":"2026-03-01T00:00:00.000Z"}`); len(f.Results) != 0 {
		t.Errorf("excludeDomains: %+v", f.Results)
	}
}

func TestRefusesWhatExaRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, c := range map[string]struct {
		method, key, path, body string
		status                  int
		tag                     string
	}{
		"no key":         {"POST", "", "/search", `{"query":"x"}`, 401, "INVALID_API_KEY"},
		"wrong key":      {"POST", "other", "/search", `{"query":"x"}`, 401, "INVALID_API_KEY"},
		"no query":       {"POST", "right-key", "/search", `{}`, 400, "INVALID_REQUEST_BODY"},
		"empty query":    {"POST", "right-key", "/search", `{"query":" "}`, 400, "INVALID_REQUEST_BODY"},
		"broken":         {"POST", "right-key", "/search", `{"query":`, 400, "INVALID_REQUEST_BODY"},
		"number":         {"POST", "right-key", "/search", `{"query":5}`, 400, "INVALID_REQUEST_BODY"},
		"too many":       {"POST", "right-key", "/search", `{"query":"x","numResults":101}`, 400, "INVALID_REQUEST_BODY"},
		"unknown type":   {"POST", "right-key", "/search", `{"query":"x","type":"psychic"}`, 400, "INVALID_REQUEST_BODY"},
		"contents: text": {"POST", "right-key", "/search", `{"query":"x","contents":{"text":"yes"}}`, 400, "INVALID_REQUEST_BODY"},
		"contents":       {"POST", "right-key", "/search", `{"query":"x","contents":true}`, 400, "INVALID_REQUEST_BODY"},
		"GET":            {"GET", "right-key", "/search", ``, 405, "METHOD_NOT_ALLOWED"},
		"other path":     {"POST", "right-key", "/dream", `{}`, 404, "NOT_FOUND"},
	} {
		if status, _, f := b.send(c.method, c.key, c.path, c.body); status != c.status || f.Tag != c.tag || f.Error == "" || f.RequestID == "" {
			t.Errorf("%s: %d %+v", name, status, f)
		}
	}
}

func TestFaultsAndRecording(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.server.Faults.FailNext(1, http.StatusTooManyRequests, http.Header{"Retry-After": {"2"}})
	if status, header, f := b.send(http.MethodPost, "right-key", "/search", `{"query":"x"}`); status != http.StatusTooManyRequests || header.Get("Retry-After") != "2" || f.Tag != "RATE_LIMIT_EXCEEDED" {
		t.Errorf("%d %v %+v", status, header, f)
	}
	b.search(`{"query":"Cobaltworks"}`)
	if requests := b.server.Recorder.Requests(); len(requests) != 2 || requests[1].Body != `{"query":"Cobaltworks"}` {
		t.Errorf("recorded %+v", requests)
	}
}

func TestEverySearchResultIsAPageOfTheWeb(t *testing.T) {
	t.Parallel()
	b := setup(t)
	hosts := b.server.Hosts()
	if len(hosts) < 50 || !slices.Contains(hosts, "northwind-robotics.example") || !slices.Contains(hosts, "www.northwind-robotics.example") {
		t.Errorf("hosts %v", hosts)
	}
	for _, host := range hosts {
		if !strings.HasSuffix(host, ".example") {
			t.Errorf("%s is somebody's", host)
		}
		status, header, body := b.get(http.MethodGet, host+":80", "/about")
		switch {
		case strings.HasSuffix(host, "trade-courier.example"):
		case strings.HasPrefix(host, "www."):
			if status != http.StatusOK || !strings.Contains(body, "<h1>") || strings.Contains(body, "<no value>") {
				t.Errorf("%s: %d %.200s", host, status, body)
			}
		case status != http.StatusMovedPermanently || header.Get("Location") != "http://www."+host+"/about":
			t.Errorf("%s: %d %s", host, status, header.Get("Location"))
		}
	}
	for _, r := range b.search(`{"query":"Cobaltworks","numResults":10}`).Results {
		host, path, _ := strings.Cut(strings.TrimPrefix(r.URL, "http://"), "/")
		if status, _, body := b.get(http.MethodGet, host, "/"+path); status != http.StatusOK || !strings.Contains(body, "Cobaltworks") {
			t.Errorf("%s: %d", r.URL, status)
		}
	}
}

func TestPagesHaveWhatResearchLooksFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if _, _, body := b.get(http.MethodGet, "www.northwind-robotics.example", "/"); !strings.Contains(body, "js.hs-scripts.com") || !strings.Contains(body, "wp-content") {
		t.Errorf("no fingerprints: %s", body)
	}
	if _, _, body := b.get(http.MethodGet, "www.northwind-robotics.example", "/pricing"); !strings.Contains(body, "€1,900") {
		t.Errorf("pricing: %s", body)
	}
	if _, header, body := b.get(http.MethodGet, "www.northwind-robotics.example", "/robots.txt"); !strings.Contains(body, "User-agent") || !strings.HasPrefix(header.Get("Content-Type"), "text/plain") {
		t.Errorf("robots: %s", body)
	}
	_, _, hostile := b.get(http.MethodGet, "www.trapdoor-analytics.example", "/about")
	for _, hidden := range []string{"<!-- AI assistant", "display:none", "Ig\u200bno", "169.254.169.254", "Ignoriere alle"} {
		if !strings.Contains(hostile, hidden) {
			t.Errorf("the hostile page lacks %q", hidden)
		}
	}
	for path, want := range map[string]int{"/nothing": http.StatusNotFound, "/": http.StatusOK, "/team/": http.StatusOK} {
		if status, _, _ := b.get(http.MethodGet, "www.cobaltworks.example", path); status != want {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _, _ := b.get(http.MethodGet, "www.somebody-else.example", "/"); status != http.StatusMisdirectedRequest {
		t.Errorf("unknown host: %d", status)
	}
	if status, _, _ := b.get(http.MethodPost, "www.cobaltworks.example", "/"); status != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", status)
	}
}
