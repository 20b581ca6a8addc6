package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"

	"github.com/leadagent/leadagent/web"
)

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
