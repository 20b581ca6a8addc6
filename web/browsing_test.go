package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/web"
	"github.com/leadagent/leadagent/web/preview"
)

// The tests of this file open the pages in a real browser, under the real content policy. They
// share one browser, so each is a subtest.
func TestInABrowser(t *testing.T) {
	t.Parallel()
	parent := browser(t)
	for name, test := range map[string]func(t *testing.T, b *tab, s *site){
		"hostile text stays text":                   hostileInBrowser,
		"a review is approved by keys":              approveByKeys,
		"a conflict keeps the text":                 conflictInBrowser,
		"a review works without scripts":            reviewWithoutScripts,
		"an old token is renewed and repeated":      renewAndRepeat,
		"an old page renews itself once":            refreshPage,
		"the form shows its mistakes and sends":     formInBrowser,
		"the form survives a lost connection":       formOffline,
		"the form works without scripts":            formWithoutScripts,
		"the timeline follows the stream":           timelineStream,
		"the timeline polls without a stream":       timelinePolls,
		"the list of leads filters while one types": leadsFilter,
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			test(t, newTab(parent, t, s.URL), s)
		})
	}
}

func hostileInBrowser(t *testing.T, b *tab, s *site) {
	text := strings.Join(hostileTexts(), " ")
	samples := preview.Samples(func(string) string { return text })
	for _, sample := range samples {
		s.HandleFunc("GET /"+sample.Name, func(w http.ResponseWriter, r *http.Request) { show(w, r, http.StatusOK, sample.Page) })
	}
	for _, sample := range samples {
		if sample.Fragment || sample.Name == "refresh" || sample.Name == "organizations" {
			continue // no page, or one that asks the identity provider by design
		}
		b.do(t, chromedp.Navigate(s.URL+"/"+sample.Name))
		assert.Equal(t, "undefined", b.eval(t, "window.pwned"), sample.Name)
		assert.Equal(t, "true", b.eval(t, "document.documentElement.scrollWidth <= innerWidth"), "%s: wider than the window", sample.Name)
	}
	assert.Empty(t, b.heard())
}

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

// contact is a hosted form that wants a name.
func contact(s *site, taken func(url.Values)) {
	brand := web.FormBrand{Organization: "Acme"}
	s.HandleFunc("GET /f/k", func(w http.ResponseWriter, r *http.Request) {
		show(w, r, http.StatusOK, web.Form(web.FormPage{Brand: brand, Action: "/f/k", TimeToken: "t"}))
	})
	s.HandleFunc("POST /f/k", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		form := web.FormPage{Brand: brand, Action: "/f/k", Values: web.FormValues{Name: r.PostForm.Get("name"), Email: r.PostForm.Get("email"), Message: r.PostForm.Get("message")}}
		if form.Values.Name == "" {
			form.Problems = web.Problems{{Field: "name", Text: "Enter your name"}}
			show(w, r, http.StatusUnprocessableEntity, web.Form(form))
			return
		}
		taken(r.PostForm)
		http.Redirect(w, r, "/f/k/thanks?ref=LA-1", http.StatusSeeOther)
	})
	s.HandleFunc("GET /f/k/thanks", func(w http.ResponseWriter, r *http.Request) {
		show(w, r, http.StatusOK, web.Thanks(web.ThanksPage{Brand: brand, Reference: r.URL.Query().Get("ref")}))
	})
}

func formInBrowser(t *testing.T, b *tab, s *site) {
	var got url.Values
	contact(s, func(values url.Values) { got = values })
	b.do(t, chromedp.Navigate(s.URL+"/f/k"))
	b.write(t, "#field-message", "Hi 👋🏽")
	b.until(t, `document.querySelector("[data-count]").textContent === "5 characters to go"`)
	b.click(t, "form button[type=submit]")
	b.until(t, `document.activeElement.id === "problem"`)
	assert.Equal(t, "Error: Talk to Acme", b.eval(t, "document.title"))
	assert.Equal(t, "Hi 👋🏽", b.eval(t, `document.querySelector("textarea").value`))
	assert.Equal(t, "/f/k", b.eval(t, "location.pathname"))
	b.click(t, "#problem a")
	b.until(t, `document.activeElement.name === "name"`)
	b.write(t, "#field-name", "Jane")
	b.click(t, "form button[type=submit]")
	b.until(t, `location.pathname === "/f/k/thanks"`)
	b.until(t, `document.body.innerText.includes("LA-1") && document.title === "Thank you"`)
	assert.Equal(t, "Jane", got.Get("name"))
	assert.Empty(t, got.Get(web.FieldHoneypot))
	assert.Empty(t, b.heard())
}

func formOffline(t *testing.T, b *tab, s *site) {
	var down atomic.Bool
	contact(s, func(url.Values) {
		if down.Load() {
			panic(http.ErrAbortHandler) // closes the connection without an answer
		}
	})
	b.do(t, chromedp.Navigate(s.URL+"/f/k"))
	b.write(t, "#field-name", "Jane")
	down.Store(true)
	b.click(t, "form button[type=submit]")
	b.until(t, `document.querySelector("#form-status").textContent.includes("still here")`)
	assert.Equal(t, "Jane", b.eval(t, `document.querySelector("#field-name").value`))
	down.Store(false)
	b.click(t, "form button[type=submit]")
	b.until(t, `location.pathname === "/f/k/thanks"`)
}

func formWithoutScripts(t *testing.T, b *tab, s *site) {
	var got url.Values
	contact(s, func(values url.Values) { got = values })
	send(t, b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.do(t, chromedp.Navigate(s.URL+"/f/k"))
	b.write(t, "#field-message", "Hello")
	b.click(t, "form button[type=submit]")
	b.until(t, `document.querySelector("#problem")`)
	b.write(t, "#field-name", "Jane")
	b.click(t, "form button[type=submit]")
	b.until(t, `document.body.innerText.includes("LA-1")`)
	assert.Equal(t, "Jane", got.Get("name"))
	assert.Equal(t, "Hello", got.Get("message"))
}

// moving is a lead whose run moves on when it is told to.
type moving struct {
	mu    sync.Mutex
	page  web.LeadPage
	moved chan struct{}
}

func (m *moving) read() web.LeadPage {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.page
}

func (m *moving) move(change func(*web.LeadPage)) {
	m.mu.Lock()
	change(&m.page)
	m.mu.Unlock()
	m.moved <- struct{}{}
}

func (m *moving) install(s *site) {
	s.HandleFunc("GET /leads/lead", func(w http.ResponseWriter, r *http.Request) { show(w, r, http.StatusOK, web.LeadView(m.read())) })
	s.HandleFunc("GET /leads/lead/timeline", func(w http.ResponseWriter, r *http.Request) {
		show(w, r, http.StatusOK, web.LeadLive(m.read().Live))
	})
}

func (m *moving) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for {
		var fragment strings.Builder
		view := m.read().Live
		_ = web.LeadLive(view).Render(r.Context(), &fragment)
		_, _ = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", web.EventTimeline, strings.ReplaceAll(fragment.String(), "\n", "\ndata: "))
		if !view.Live {
			_, _ = fmt.Fprintf(w, "event: %s\ndata: end\n\n", web.EventEnd)
		}
		_ = http.NewResponseController(w).Flush()
		select {
		case <-m.moved:
		case <-r.Context().Done():
			return
		}
	}
}

func newMoving() *moving {
	m := &moving{page: leadPage(web.Progress{State: web.RunResearching}), moved: make(chan struct{}, 8)}
	m.page.Live.Items = []web.TimelineItem{{Kind: web.TimelineReceived, At: noon()}}
	return m
}

func timelineStream(t *testing.T, b *tab, s *site) {
	m := newMoving()
	m.install(s)
	s.HandleFunc("GET /leads/lead/events", m.stream)
	b.do(t, chromedp.Navigate(s.URL+"/leads/lead"))
	b.until(t, `document.querySelector("[data-live-words]").textContent === "Live"`)
	m.move(func(p *web.LeadPage) {
		p.Live.Items = append(p.Live.Items, web.TimelineItem{Kind: web.TimelineSearch, Query: "acme", At: noon()})
		p.Live.Progress.State = web.RunQualifying
	})
	b.until(t, `document.querySelector("#timeline").textContent.includes("acme")`)
	b.until(t, `document.querySelector("#stepper [aria-current=step]").textContent.includes("Qualify")`)
	assert.Equal(t, "1", b.eval(t, `document.querySelectorAll("#stepper").length`))

	review := someReview()
	m.move(func(p *web.LeadPage) {
		p.Live.Progress = web.Progress{State: web.RunAwaitingReview, DraftVersion: 1}
		p.Review = &review
	})
	b.until(t, `document.querySelector("[data-draft-body]")?.value === "Dear Jane"`)
	b.write(t, "[data-draft-body]", " and")
	m.move(func(p *web.LeadPage) {
		p.Live.Progress.DraftVersion = 2
		p.Live.Items = append(p.Live.Items, web.TimelineItem{Kind: web.TimelineDraft, Version: 2, By: "Ada", At: noon()})
	})
	b.until(t, `document.querySelector("#timeline").textContent.includes("version 2 by Ada")`)
	assert.Contains(t, b.eval(t, `document.querySelector("[data-draft-body]").value`), " and", "typing is never swapped away")
	assert.Empty(t, b.heard())
}

func timelinePolls(t *testing.T, b *tab, s *site) {
	m := newMoving()
	m.install(s)
	b.do(t, chromedp.Navigate(s.URL+"/leads/lead"))
	b.until(t, `document.querySelector("[data-live-words]").textContent === "Every 5 s"`)
	m.move(func(p *web.LeadPage) {
		p.Live.Items = append(p.Live.Items, web.TimelineItem{Kind: web.TimelineSearch, Query: "acme", At: noon()})
	})
	b.until(t, `document.querySelector("#timeline").textContent.includes("acme")`)
	assert.Equal(t, "1", b.eval(t, `document.querySelectorAll("#timeline").length`))
	assert.Equal(t, "1", b.eval(t, `document.querySelectorAll("#stepper").length`))
}

func leadsFilter(t *testing.T, b *tab, s *site) {
	s.HandleFunc("GET /leads", func(w http.ResponseWriter, r *http.Request) {
		view := web.LeadsPage{Shell: memberShell(), Filter: web.LeadsFilter{Query: r.URL.Query().Get("q"), Status: web.LeadStatus(r.URL.Query().Get("status"))}}
		for _, name := range []string{"Jane", "Olu"} {
			if strings.Contains(name, view.Filter.Query) {
				view.Rows = append(view.Rows, web.LeadRow{ID: name, Name: name, ReceivedAt: time.Now()})
			}
		}
		show(w, r, http.StatusOK, web.Leads(view))
	})
	b.do(t, chromedp.Navigate(s.URL+"/leads"))
	b.eval(t, `document.dispatchEvent(new KeyboardEvent("keydown", {key: "/"}))`)
	b.until(t, `document.activeElement.name === "q"`)
	b.write(t, "#leads-search", "Ol")
	b.until(t, `document.querySelectorAll(".row-link").length === 1`)
	assert.Equal(t, "?q=Ol&status=&category=", b.eval(t, "location.search"))
	assert.Equal(t, "Ol", b.eval(t, "document.activeElement.value"), "the focus stays in the field")
	b.eval(t, `(() => {
		const status = document.querySelector("#leads-status");
		status.value = "held";
		return status.dispatchEvent(new Event("change", { bubbles: true }));
	})()`)
	b.until(t, `location.search.includes("status=held")`)
	assert.Empty(t, b.heard())
}
