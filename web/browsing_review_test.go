package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/web"
)

// reviews is a small review queue behind the pages.
type reviews struct {
	mu      sync.Mutex
	waiting []string
	posts   []*http.Request
	refuse  int // status to answer an action with; 0 accepts it
	stale   int // requests by htmx to answer with 401
	server  string
}

func (q *reviews) install(s *site) {
	q.server = s.URL
	s.HandleFunc("GET /review", q.page)
	s.HandleFunc("GET /review/{run}", q.page)
	s.HandleFunc("POST /review/{run}/{action}", q.act)
	s.HandleFunc("POST /v1/client/sessions/{session}/tokens", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, `{"object":"token","jwt":"fresh"}`)
	})
}

func (q *reviews) view(run string) web.ReviewPage {
	view := web.ReviewPage{Shell: memberShell(), Listing: run == ""}
	view.Shell.Section, view.Shell.AwaitingReview = web.SectionReview, len(q.waiting)
	view.Shell.Identity = web.Identity{FrontendAPI: q.server, SessionID: "sess"}
	for _, waiting := range q.waiting {
		view.Items = append(view.Items, web.ReviewItem{RunID: waiting, Name: "Lead " + waiting, Subject: "About " + waiting, DueAt: noon()})
		if waiting == run || (run == "" && view.Selected == nil) {
			review := someReview()
			review.RunID, review.Name, review.Draft.Body = waiting, "Lead "+waiting, "Dear "+waiting
			view.Selected = &review
		}
	}
	if len(q.posts) > 0 {
		view.Shell.Toasts = []web.Toast{{Tone: web.ToneSuccess, Text: "Approved", UndoRunID: "a"}}
	}
	return view
}

func (q *reviews) page(w http.ResponseWriter, r *http.Request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.unauthorized(w, r) {
		return
	}
	show(w, r, http.StatusOK, web.ReviewQueue(q.view(r.PathValue("run"))))
}

func (q *reviews) unauthorized(w http.ResponseWriter, r *http.Request) bool {
	if r.Header.Get("HX-Request") == "" || q.stale == 0 {
		return false
	}
	q.stale--
	w.WriteHeader(http.StatusUnauthorized)
	return true
}

func (q *reviews) act(w http.ResponseWriter, r *http.Request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.unauthorized(w, r) {
		return
	}
	_ = r.ParseForm()
	q.posts = append(q.posts, r)
	if q.refuse == http.StatusConflict {
		view := q.view(r.PathValue("run"))
		view.Shell.Toasts = nil
		view.Selected.Draft.Body = r.PostForm.Get(web.FieldBody)
		view.Selected.Draft.Version = 4
		view.Selected.Conflict = &web.Conflict{Kind: web.ConflictNewer, By: "Ada", At: noon(), Newer: &web.DraftVersion{Version: 4, Body: "Their words"}}
		show(w, r, http.StatusConflict, web.ReviewQueue(view))
		return
	}
	if q.refuse != 0 {
		w.WriteHeader(q.refuse)
		return
	}
	var left []string
	for _, run := range q.waiting {
		if run != r.PathValue("run") {
			left = append(left, run)
		}
	}
	q.waiting = left
	http.Redirect(w, r, web.PathReview, http.StatusSeeOther)
}

func (q *reviews) got() []*http.Request {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]*http.Request(nil), q.posts...)
}

func approveByKeys(t *testing.T, b *tab, s *site) {
	q := &reviews{waiting: []string{"a", "b", "c"}}
	q.install(s)
	b.do(t, chromedp.Navigate(s.URL+"/review"))
	b.key(t, "j")
	b.until(t, `location.pathname === "/review/b" && document.querySelector("[data-draft-body]").value === "Dear b"`)
	assert.Equal(t, "Lead b", strings.TrimSpace(b.eval(t, `document.querySelector("[data-review-item][aria-current=true]").textContent`)))
	assert.Contains(t, b.eval(t, "document.activeElement.textContent"), "Lead b", "the focus stays on the list")

	b.key(t, "?")
	b.until(t, `document.querySelector("#shortcuts").open`)
	b.key(t, "a")
	assert.Empty(t, q.got(), "keys mean nothing behind the overlay")
	b.eval(t, `document.querySelector("#shortcuts").close()`)

	b.key(t, "a")
	b.until(t, `document.querySelector("#arm-hint").textContent.includes("again")`)
	assert.Empty(t, q.got(), "one press sends nothing")
	b.key(t, "a")
	b.until(t, `location.pathname === "/review" && document.querySelectorAll("[data-review-item]").length === 2 && document.querySelector("[data-timed]")`)
	require.Len(t, q.got(), 1)
	post := q.got()[0]
	assert.Equal(t, "/review/b/approve", post.URL.Path)
	assert.Equal(t, "token", post.Header.Get(web.CSRFHeader))
	assert.Equal(t, "true", post.Header.Get("HX-Request"))
	assert.Equal(t, url.Values{
		web.CSRFField: {"token"}, web.FieldDraftVersion: {"3"}, web.FieldFrom: {web.FromReview}, web.FieldSubject: {"Hi"}, web.FieldBody: {"Dear b"},
	}, post.PostForm)
	b.until(t, `document.querySelector("#toasts").textContent.includes("Approved")`)
	assert.Equal(t, "2 awaiting review", strings.Join(strings.Fields(b.eval(t, `document.querySelector("#nav .count").textContent`)), " "))

	b.key(t, "r")
	b.until(t, `document.activeElement.name === "reason" && document.activeElement.offsetParent !== null`)
	b.eval(t, `document.querySelector("#field-reason").value = "tone"`)
	b.click(t, "#reject button[type=submit]")
	b.until(t, `document.querySelectorAll("[data-review-item]").length === 1`)
	assert.Equal(t, "/review/a/reject", q.got()[1].URL.Path)
	assert.Equal(t, "tone", q.got()[1].PostForm.Get(web.FieldReason))
	assert.Empty(t, b.heard())
}

func conflictInBrowser(t *testing.T, b *tab, s *site) {
	q := &reviews{waiting: []string{"a"}, refuse: http.StatusConflict}
	q.install(s)
	b.do(t, chromedp.Navigate(s.URL+"/review/a"))
	b.key(t, "e")
	b.until(t, `document.activeElement.name === "email_draft"`)
	b.replace(t, "[data-draft-body]", "My words")
	b.click(t, "[data-save]")
	b.until(t, `document.activeElement.id === "problem"`)
	assert.Contains(t, b.eval(t, `document.querySelector("#problem").textContent`), "Their words")
	assert.Equal(t, "My words", b.eval(t, `document.querySelector("[data-draft-body]").value`))
	assert.Equal(t, "/review/a", b.eval(t, "location.pathname"), "the address stays one that can be reloaded")

	q.mu.Lock()
	q.refuse = http.StatusInternalServerError
	q.mu.Unlock()
	b.click(t, "[data-save]")
	b.until(t, `document.querySelector("#toasts").textContent.includes("could not do this")`)
	assert.Equal(t, "My words", b.eval(t, `document.querySelector("[data-draft-body]").value`))
	assert.Equal(t, "4", q.got()[1].PostForm.Get(web.FieldDraftVersion))
	assert.Empty(t, b.heard())
}

func reviewWithoutScripts(t *testing.T, b *tab, s *site) {
	q := &reviews{waiting: []string{"a", "b"}}
	q.install(s)
	send(t, b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.do(t, chromedp.Navigate(s.URL+"/review/a"))
	b.until(t, `document.querySelector("#reject").offsetParent !== null`)
	b.click(t, "[data-approve]")
	b.until(t, `location.pathname === "/review" && document.querySelector(".toast-item")`)
	require.Len(t, q.got(), 1)
	assert.Equal(t, "/review/a/approve", q.got()[0].URL.Path)
	assert.Equal(t, "token", q.got()[0].PostForm.Get(web.CSRFField))
}

func renewAndRepeat(t *testing.T, b *tab, s *site) {
	q := &reviews{waiting: []string{"a", "b"}, stale: 1}
	q.install(s)
	b.do(t, chromedp.Navigate(s.URL+"/review/a"))
	b.replace(t, "[data-draft-body]", "My words")
	b.click(t, "[data-approve]")
	b.until(t, `location.pathname === "/review" && document.querySelector("[data-timed]")`)
	require.Len(t, q.got(), 1)
	post := q.got()[0]
	assert.Equal(t, "/review/a/approve", post.URL.Path)
	assert.Equal(t, "My words", post.PostForm.Get(web.FieldBody))
	cookie, err := post.Cookie("__session")
	require.NoError(t, err)
	assert.Equal(t, "fresh", cookie.Value)

	q.mu.Lock()
	q.stale = 2
	q.mu.Unlock()
	b.click(t, "[data-approve]")
	b.until(t, `document.querySelector("#toasts").textContent.includes("session has ended")`)
	assert.Len(t, q.got(), 1, "a request is repeated once")
	assert.Empty(t, b.heard())
}

func refreshPage(t *testing.T, b *tab, s *site) {
	tokens, loads := 0, 0
	s.HandleFunc("POST /v1/client/sessions/sess/tokens", func(w http.ResponseWriter, _ *http.Request) {
		tokens++
		_, _ = fmt.Fprintf(w, `{"jwt":"t%d"}`, tokens)
	})
	s.HandleFunc("GET /dashboard", func(w http.ResponseWriter, r *http.Request) {
		loads++
		identity := web.Identity{FrontendAPI: s.URL, SessionID: "sess"}
		show(w, r, http.StatusUnauthorized, web.Refresh(web.RefreshPage{Identity: identity, SignInURL: "/sign-in"}))
	})
	b.do(t, chromedp.Navigate(s.URL+"/dashboard"))
	b.until(t, `document.querySelector("[data-refresh-failed]").offsetParent !== null`)
	assert.Equal(t, "__session=t1", b.eval(t, "document.cookie"))
	assert.Equal(t, 2, loads, "it reloads once and then gives up")
	assert.Equal(t, "/sign-in", b.eval(t, `document.querySelector("[data-refresh-failed] a").getAttribute("href")`))
	assert.Empty(t, b.heard())
}
