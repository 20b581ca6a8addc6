package websearch_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/leadagent/leadagent/adapters/websearch"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/ports"
)

// theKey and theQuery are what no error may show.
const (
	theKey   = "exa-canary-0123456789"
	theQuery = "Northwind canary query"
)

func searcher(t *testing.T, answer http.HandlerFunc, change ...func(*websearch.Options)) *websearch.Searcher {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	o := websearch.Options{APIKey: theKey, URL: server.URL}
	for _, f := range change {
		f(&o)
	}
	s, err := websearch.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func says(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestTheRequest(t *testing.T) {
	t.Parallel()
	var got map[string]any
	var path, key, contentType string
	s := searcher(t, func(w http.ResponseWriter, r *http.Request) {
		path, key, contentType = r.Method+" "+r.URL.String(), r.Header.Get("X-Api-Key"), r.Header.Get("Content-Type")
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Errorf("decoding: %v", err)
		}
		_, _ = io.WriteString(w, `{"results":[]}`)
	})
	found, err := s.Search(t.Context(), "  North\u200bwind\n GmbH\t"+strings.Repeat("x", 900))
	if err != nil || found == nil || len(found) != 0 {
		t.Errorf("got %v, %v", found, err)
	}
	if path != "POST /search" || key != theKey || contentType != "application/json" {
		t.Errorf("%s, key %q, %s", path, key, contentType)
	}
	want := `{"contents":{"text":{"maxCharacters":2000}},"numResults":5,"query":"Northwind GmbH ` + strings.Repeat("x", 385) + `","type":"auto"}`
	if doc, err := json.Marshal(got); err != nil || string(doc) != want {
		t.Errorf("sent %s", doc)
	}
}

func TestResultsAreTidied(t *testing.T) {
	t.Parallel()
	s := searcher(t, says(200, `{"requestId":"x","results":[
		{"id":"1","title":"Ab\u200bout\n us","url":"https://northwind.example/about#team","text":"A team\u202e of\r\n80\u0000 \udb40\udc41people.","score":0.9},
		{"title":"again","url":"https://northwind.example/about","text":"again"},
		{"title":"script","url":"javascript:alert(1)","text":"x"},
		{"title":"file","url":"file:///etc/passwd","text":"x"},
		{"title":"ftp","url":"ftp://northwind.example/","text":"x"},
		{"title":"relative","url":"/about","text":"x"},
		{"title":"no host","url":"https:///about","text":"x"},
		{"title":"credentials","url":"https://user:secret@northwind.example/","text":"x"},
		{"title":"break","url":"https://northwind.example/\u202eabout","text":"x"},
		{"title":"long","url":"https://northwind.example/`+strings.Repeat("a", 3000)+`","text":"x"},
		{"title":null,"url":"https://empty.example/","text":null},
		{"title":null,"url":"http://Untitled.example","text":"`+strings.Repeat("ä", 5000)+`"}]}`))
	got, err := s.Search(t.Context(), theQuery)
	if err != nil {
		t.Fatal(err)
	}
	want := []ports.SourceText{
		{Kind: "search", URL: "https://northwind.example/about", Title: "About us", Text: "A team of\n80 people."},
		{Kind: "search", URL: "http://Untitled.example", Text: strings.Repeat("ä", 2000)},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %+v", got)
	}
}

func TestAtMostFive(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 50 {
		fmt.Fprintf(&b, `{"title":"t%d","url":"https://n%d.example/","text":"x"},`, i, i)
	}
	s := searcher(t, says(200, `{"results":[`+strings.TrimSuffix(b.String(), ",")+`]}`))
	if got, err := s.Search(t.Context(), theQuery); err != nil || len(got) != 5 || got[4].Title != "t4" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	tagged := func(tag string) string {
		return fmt.Sprintf(`{"requestId":"r","error":"echo %s %s","tag":%q}`, theKey, theQuery, tag)
	}
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		kind   fault.Kind
		wait   time.Duration
		word   string
	}{
		{"429", says(429, tagged("RATE_LIMITED")), fault.Busy, 0, "busy"},
		{"429 with wait", says(429, "", "Retry-After", "3"), fault.Busy, 3 * time.Second, "busy"},
		{"429 forever", says(429, "", "Retry-After", "1e300"), fault.Busy, time.Hour, "busy"},
		{"429 until the end of time", says(429, "", "Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"), fault.Busy, time.Hour, "busy"},
		{"429 backwards", says(429, "", "Retry-After", "-1"), fault.Busy, 0, "busy"},
		{"500", says(500, tagged("INTERNAL_ERROR")), fault.Unavailable, 0, "not available"},
		{"503", says(503, "<html>", "Retry-After", "9"), fault.Unavailable, 9 * time.Second, "not available"},
		{"408", says(408, ""), fault.Unavailable, 0, "not available"},
		{"401", says(401, tagged("INVALID_API_KEY")), fault.Refused, 0, "EXA_API_KEY"},
		{"402", says(402, tagged("NO_MORE_CREDITS")), fault.Refused, 0, "credits"},
		{"403", says(403, tagged("CONTENT_FILTER_ERROR")), fault.Refused, 0, "EXA_API_KEY"},
		{"404", says(404, ""), fault.Refused, 0, "EXA_API_URL"},
		{"400", says(400, tagged("INVALID_REQUEST_BODY")), fault.Refused, 0, "query"},
		{"422", says(422, tagged(theKey)), fault.Refused, 0, "query"},
		{"302", says(302, "", "Location", "https://elsewhere.example/"), fault.Refused, 0, "EXA_API_URL"},
		{"204", says(204, ""), fault.Unusable, 0, "could not be read"},
		{"empty", says(200, ""), fault.Unusable, 0, "could not be read"},
		{"no results field", says(200, "{}"), fault.Unusable, 0, "could not be read"},
		{"null results", says(200, `{"results":null}`), fault.Unusable, 0, "could not be read"},
		{"page", says(200, "<html>"+theKey), fault.Unusable, 0, "could not be read"},
		{"truncated", says(200, `{"results":[{"title":"`+theQuery), fault.Unusable, 0, "could not be read"},
		{"wrong type", says(200, `{"results":[{"title":1}]}`), fault.Unusable, 0, "could not be read"},
		{"ten megabytes", says(200, `{"results":[{"title":"`+strings.Repeat("x", 10<<20)+`"}]}`), fault.Unusable, 0, "too long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := searcher(t, c.answer).Search(t.Context(), theQuery)
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != c.kind || f.RetryAfter != c.wait || !strings.Contains(f.Message, c.word) {
				t.Fatalf("got %v (wait %v)", err, fault.RetryAfter(err))
			}
			if strings.Contains(err.Error(), theKey) || strings.Contains(err.Error(), theQuery) {
				t.Errorf("the error tells too much: %v", err)
			}
		})
	}
}

func TestTroubleOnTheWay(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"silence": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		},
		"cut at once": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"cut within": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5000")
			_, _ = io.WriteString(w, `{"results":[`)
			panic(http.ErrAbortHandler)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := searcher(t, answer, func(o *websearch.Options) { o.Timeout = 200 * time.Millisecond })
			_, err := s.Search(t.Context(), theQuery)
			if !fault.Is(err, fault.Unavailable) || strings.Contains(err.Error(), theKey) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestARedirectDoesNotCarryTheKey(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the key went elsewhere: %v", r.Header)
	}))
	t.Cleanup(elsewhere.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := searcher(t, says(status, "", "Location", elsewhere.URL))
		if _, err := s.Search(t.Context(), theQuery); !fault.Is(err, fault.Refused) {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestNothingToSearchFor(t *testing.T) {
	t.Parallel()
	s := searcher(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	for _, query := range []string{"", " \n", "\u200b\u202e"} {
		if _, err := s.Search(t.Context(), query); !fault.Is(err, fault.Refused) {
			t.Errorf("%q: %v", query, err)
		}
	}
}

func TestNewNamesTheMistake(t *testing.T) {
	t.Parallel()
	for word, o := range map[string]websearch.Options{
		"EXA_API_KEY": {APIKey: theKey + "\n"}, "EXA_API_URL": {APIKey: theKey, URL: "https://a:b@api.exa.ai"},
	} {
		if _, err := websearch.New(o); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), word) || strings.Contains(err.Error(), theKey) {
			t.Errorf("%s: %v", word, err)
		}
	}
}
