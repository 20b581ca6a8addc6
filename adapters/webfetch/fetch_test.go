package webfetch_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leadagent/leadagent/adapters/webfetch"
	"github.com/leadagent/leadagent/domain/fault"
)

func TestAPage(t *testing.T) {
	t.Parallel()
	var header http.Header
	var asked string
	f := serving(t, func(w http.ResponseWriter, r *http.Request) {
		header, asked = r.Header.Clone(), r.Host+" "+r.URL.String()
		page("text/html; charset=utf-8", "<title> Über\nuns </title><h1>Northwind</h1><p>A team of 80.</p>")(w, r)
	})
	got, err := f.Fetch(t.Context(), "HTTPS://Corpus.EXAMPLE.:443/about?x=1#team")
	if err != nil {
		t.Fatal(err)
	}
	if got.Kind != "page" || got.ID != "" || got.URL != "https://corpus.example:443/about?x=1" || got.Title != "Über uns" || got.Text != "## Northwind\n\nA team of 80." {
		t.Errorf("got %+v", got)
	}
	if asked != "corpus.example:443 /about?x=1" || !strings.HasPrefix(header.Get("User-Agent"), "LeadAgent/") {
		t.Errorf("asked %s as %v", asked, header)
	}
	for _, name := range []string{"Cookie", "Referer", "Authorization", "X-Forwarded-For", "From"} {
		if header.Get(name) != "" {
			t.Errorf("%s: %s", name, header.Get(name))
		}
	}
}

// chain redirects n times and then shows a page.
func chain(n int, seen *atomic.Int64) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		step := int(seen.Add(1))
		if r.Header.Get("Referer") != "" || r.Header.Get("Cookie") != "" {
			step = -1
			http.Error(w, "told too much", http.StatusTeapot)
		}
		if step >= 0 && step <= n {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "x", Path: "/"})
			http.Redirect(w, r, fmt.Sprintf("https://h%d.corpus.example/%d", step, step), http.StatusFound)
			return
		}
		page("text/plain", "the end")(w, r)
	}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	var seen atomic.Int64
	got, err := serving(t, chain(3, &seen)).Fetch(t.Context(), "http://corpus.example/secret-path")
	if err != nil || got.Text != "the end" || got.URL != "https://h3.corpus.example/3" {
		t.Errorf("three: %+v, %v", got, err)
	}
	seen.Store(0)
	if _, err := serving(t, chain(4, &seen)).Fetch(t.Context(), "http://corpus.example/"); !fault.Is(err, fault.Refused) || seen.Load() != 4 {
		t.Errorf("four: %v after %d requests", err, seen.Load())
	}
	loop := serving(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) })
	if _, err := loop.Fetch(t.Context(), "http://corpus.example/"); !fault.Is(err, fault.Refused) {
		t.Errorf("loop: %v", err)
	}
}

func TestWhatIsNoPage(t *testing.T) {
	t.Parallel()
	const big = 2<<20 + 1
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		kind   fault.Kind
	}{
		{"pdf", page("application/pdf", "%PDF"), fault.Refused},
		{"json", page("application/json", "{}"), fault.Refused},
		{"image", page("image/svg+xml", "<svg/>"), fault.Refused},
		{"xml", page("text/xml", "<a/>"), fault.Refused},
		{"javascript", page("text/javascript", "1"), fault.Refused},
		{"broken type", page("text/html; ; charset", "x"), fault.Refused},
		{"no type", func(w http.ResponseWriter, _ *http.Request) { w.Header()["Content-Type"] = nil }, fault.Refused},
		{"401", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, fault.Unavailable},
		{"404", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, fault.Unavailable},
		{"429", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }, fault.Unavailable},
		{"503", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, fault.Unavailable},
		{"206", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(206) }, fault.Unavailable},
		{"redirect to nowhere", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(302) }, fault.Unavailable},
		{"too large", page("text/plain", strings.Repeat("x", big)), fault.Refused},
		{"said to be too large", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.Header().Set("Content-Length", fmt.Sprint(big))
		}, fault.Refused},
		{"gzip bomb", packed("gzip", zipped(t, strings.Repeat("x", 64<<20))), fault.Refused},
		{"bomb of empty members", packed("gzip", bytes.Repeat(zipped(t, ""), 200_000)), fault.Refused},
		{"gzip that is none", packed("gzip", []byte("hello")), fault.Refused},
		{"gzip cut short", packed("gzip", zipped(t, strings.Repeat("hello", 1000))[:30]), fault.Refused},
		{"gzip twice", packed("gzip, gzip", zipped(t, string(zipped(t, "hello")))), fault.Refused},
		{"deflate", packed("deflate", deflated(t, "hello")), fault.Refused},
		{"brotli", packed("br", []byte("hello")), fault.Refused},
		{"endless header", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Long", strings.Repeat("x", 200<<10)) }, fault.Unavailable},
		{"cut", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, fault.Unavailable},
		{"cut within", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "hello")
			panic(http.ErrAbortHandler)
		}, fault.Unavailable},
		{"nested too deeply", page("text/html", strings.Repeat("<div>", 5000)+"x"), fault.Refused},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := serving(t, c.answer).Fetch(t.Context(), "http://corpus.example/?mail=ana@northwind.example")
			if fault.KindOf(err) != c.kind || got.Text != "" {
				t.Errorf("got %q, %v", got.Text, err)
			}
			if err != nil && strings.Contains(err.Error(), "ana@") {
				t.Errorf("the error repeats the address: %v", err)
			}
		})
	}
}

func zipped(t *testing.T, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, s)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func deflated(t *testing.T, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(w, s)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func packed(encoding string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Content-Encoding", encoding)
		_, _ = w.Write(body)
	}
}

func TestGzip(t *testing.T) {
	t.Parallel()
	got, err := serving(t, packed("gzip", zipped(t, "hello"))).Fetch(t.Context(), "http://corpus.example/")
	if err != nil || got.Text != "hello" {
		t.Errorf("got %q, %v", got.Text, err)
	}
}

// TestAnEndlessPageIsNotReadToItsEnd counts what the site could get rid of.
func TestAnEndlessPageIsNotReadToItsEnd(t *testing.T) {
	t.Parallel()
	const most = 256
	written := make(chan int, 1)
	chunk := strings.Repeat("x", 1<<20)
	f := serving(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		n := 0
		for ; n < most; n++ {
			if _, err := io.WriteString(w, chunk); err != nil {
				break
			}
		}
		written <- n
	})
	if _, err := f.Fetch(t.Context(), "http://corpus.example/"); !fault.Is(err, fault.Refused) {
		t.Errorf("got %v", err)
	}
	select {
	case n := <-written:
		if n > most/4 {
			t.Errorf("%d MiB were taken", n)
		}
	case <-time.After(10 * time.Second):
		t.Error("nobody asked for the page, or it is still being read")
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"silence": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"trickle": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			tick := time.NewTicker(10 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-r.Context().Done():
					return
				case <-tick.C:
					_, _ = io.WriteString(w, "x")
					w.(http.Flusher).Flush()
				}
			}
		},
		"slow redirects": func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-time.After(120 * time.Millisecond):
				http.Redirect(w, r, "/", http.StatusFound)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := fetcher(t, webfetch.Options{Dial: corpus(t, answer), Timeout: 300 * time.Millisecond})
			started := time.Now()
			_, err := f.Fetch(t.Context(), "http://corpus.example/")
			if !fault.Is(err, fault.Unavailable) || !errors.Is(err, context.DeadlineExceeded) || time.Since(started) > 5*time.Second {
				t.Errorf("got %v after %v", err, time.Since(started))
			}
		})
	}
}

func TestNoProxyFromTheEnvironment(t *testing.T) {
	proxy := newTrap(t)
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"} {
		t.Setenv(name, "http://"+proxy.address)
	}
	got, err := serving(t, page("text/plain", "direct")).Fetch(t.Context(), "http://corpus.example/")
	if err != nil || got.Text != "direct" || proxy.hits.Load() != 0 {
		t.Errorf("got %q, %v, proxy asked %d times", got.Text, err, proxy.hits.Load())
	}
}

// TestOwnHosts is the contract of Dial: what it takes goes to it alone, an error of it is final, everything else is guarded.
func TestOwnHosts(t *testing.T) {
	t.Parallel()
	var asked []string
	f := fetcher(t, webfetch.Options{Dial: func(_ context.Context, _, address string) (net.Conn, bool, error) {
		asked = append(asked, address)
		return nil, strings.HasPrefix(address, "own."), errors.New("no such page")
	}})
	if _, err := f.Fetch(t.Context(), "https://own.example/"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("own: %v", err)
	}
	if _, err := f.Fetch(t.Context(), "http://loopback.attacker.com/"); !fault.Is(err, fault.Refused) {
		t.Errorf("other: %v", err)
	}
	if fmt.Sprint(asked) != "[own.example:443 loopback.attacker.com:80]" {
		t.Errorf("asked for %v", asked)
	}
}

func TestCharacterSets(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ contentType, body, want string }{
		"utf-8":                  {"text/plain; charset=utf-8", "Grüße", "Grüße"},
		"latin 1":                {"text/plain; charset=iso-8859-1", "Gr\xfc\xdfe", "Grüße"},
		"windows 1252 by quotes": {`text/plain; charset="windows-1252"`, "\x93x\x94 \x80", "“x” €"},
		"meta":                   {"text/html", `<meta charset="iso-8859-15"><p>\xa4</p>`, "€"},
		"utf-16 with mark":       {"text/plain", "\xff\xfeG\x00r\x00\xfc\x00", "Grü"},
		"shift-jis":              {"text/html; charset=Shift_JIS", "<p>\x93\xfa\x96\x7b</p>", "日本"},
		"broken utf-8":           {"text/plain; charset=utf-8", "a\xffb\xc0\xafc", "a\ufffdb\ufffd\ufffdc"},
		"unknown":                {"text/plain; charset=klingon", "plain", "plain"},
		"empty":                  {"text/html", "", ""},
		"nul":                    {"text/plain; charset=utf-8", "a\x00b\x08c", "abc"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := strings.ReplaceAll(c.body, `\xa4`, "\xa4")
			got, err := serving(t, page(c.contentType, body)).Fetch(t.Context(), "http://corpus.example/")
			if err != nil || got.Text != c.want {
				t.Errorf("got %q, %v", got.Text, err)
			}
		})
	}
}
