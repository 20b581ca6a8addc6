package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/web"
)

// policy is the content policy that the pages are built for.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// browser starts one headless browser for a test and its subtests.
func browser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(browserPath(t)), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WindowSize(1280, 900))
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancelAllocator)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits until the browser has let go of its directory
		cancel()
	})
	require.NoError(t, chromedp.Do(ctx))
	return ctx
}

func browserPath(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no browser: install Chromium, for example with apt-get install chromium")
	}
	t.Skip("no browser: install Chromium, for example with apt-get install chromium")
	return ""
}

// tab is a page in the browser that remembers what went wrong in it.
type tab struct {
	ctx context.Context
	mu  sync.Mutex
	// complaints are blocked loads, exceptions, dialogs and requests to other servers.
	complaints []string
}

func newTab(parent context.Context, t *testing.T, server string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent)
	t.Cleanup(cancel)
	b := &tab{ctx: ctx}
	require.NoError(t, chromedp.Listen(ctx, func(event any) { b.listen(event, server) }))
	send(t, b, network.Enable, network.EnableParams{})
	send(t, b, cdplog.Enable, cdp.Empty{})
	send(t, b, page.Enable, page.EnableParams{})
	return b
}

// send sends a command of the DevTools protocol that answers nothing of interest.
func send[P, R any](t *testing.T, b *tab, command cdp.Command[P, R], params P) {
	t.Helper()
	_, err := chromedp.Call(b.ctx, command, params)
	require.NoError(t, err)
}

func (b *tab) listen(event any, server string) {
	switch event := event.(type) {
	case *cdplog.EventEntryAdded:
		if event.Entry.Source == cdplog.EntrySourceSecurity {
			b.complain("blocked: " + event.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		b.complain("exception: " + event.ExceptionDetails.Text)
	case *page.EventJavascriptDialogOpening:
		b.complain("dialog: " + event.Message)
		go func() {
			_, _ = chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	case *network.EventRequestWillBeSent:
		if url := event.Request.URL; !strings.HasPrefix(url, server) && !strings.HasPrefix(url, "data:") && url != "about:blank" {
			b.complain("request: " + url)
		}
	}
}

func (b *tab) complain(words string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, words)
}

func (b *tab) heard() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.complaints...)
}

func (b *tab) do(t *testing.T, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	require.NoError(t, chromedp.Do(ctx, actions...))
}

// eval is the value of a JavaScript expression, as a string.
func (b *tab) eval(t *testing.T, expression string) string {
	t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("String("+expression+")"))
	require.NoError(t, err, expression)
	return value
}

// until waits for a JavaScript expression to become true, also across pages.
func (b *tab) until(t *testing.T, expression string) {
	t.Helper()
	b.poll(t, expression, func(ctx context.Context) (bool, error) {
		return chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
	})
}

func (b *tab) poll(t *testing.T, what string, met func(context.Context) (bool, error)) {
	t.Helper()
	deadline := time.After(15 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ctx, cancel := context.WithTimeout(b.ctx, time.Second)
		ok, err := met(ctx)
		cancel()
		if err == nil && ok {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waiting for %s (%v); at %s: %s; complaints %q", what, err, b.eval(t, "location.href"), b.eval(t, "document.body.innerText.slice(0, 2000)"), b.heard())
		}
	}
}

// key presses a key as it would reach the page.
func (b *tab) key(t *testing.T, key string) {
	t.Helper()
	b.do(t, chromedp.KeyEvent(key))
}

// click waits until an element can be hit at its middle, and clicks there.
func (b *tab) click(t *testing.T, selector string) {
	t.Helper()
	b.until(t, fmt.Sprintf(`(() => {
		const element = document.querySelector(%q);
		element?.scrollIntoView({ block: "center" });
		const box = element?.getBoundingClientRect();
		return box && element.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
	})()`, selector))
	middle := strings.Split(b.eval(t, fmt.Sprintf(`(() => {
		const box = document.querySelector(%q).getBoundingClientRect();
		return [box.x + box.width / 2, box.y + box.height / 2];
	})()`, selector)), ",")
	require.Len(t, middle, 2)
	x, errX := strconv.ParseFloat(middle[0], 64)
	y, errY := strconv.ParseFloat(middle[1], 64)
	require.NoError(t, errors.Join(errX, errY))
	b.do(t, chromedp.MouseClickXY(x, y))
}

// write puts the cursor into a field and types.
func (b *tab) write(t *testing.T, selector, text string) {
	t.Helper()
	b.until(t, fmt.Sprintf("document.querySelector(%q)", selector))
	b.eval(t, fmt.Sprintf("document.querySelector(%q).focus()", selector))
	send(t, b, input.InsertText, input.InsertTextParams{Text: text})
}

// replace is write over what the field contains.
func (b *tab) replace(t *testing.T, selector, text string) {
	t.Helper()
	b.eval(t, fmt.Sprintf("document.querySelector(%q).select()", selector))
	b.write(t, selector, text)
}

// site is a server that serves the static files, and pages under the content policy.
type site struct {
	*http.ServeMux
	*httptest.Server
}

func newSite(t *testing.T) *site {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+web.StaticPrefix, func(w http.ResponseWriter, r *http.Request) {
		file, ok := web.Lookup(r.URL.Path)
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", file.ContentType)
		_, _ = w.Write(file.Body)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return &site{mux, server}
}

func show(w http.ResponseWriter, r *http.Request, status int, component templ.Component) {
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := component.Render(r.Context(), w); err != nil {
		_, _ = fmt.Fprint(w, err)
	}
}
