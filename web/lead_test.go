package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"

	"github.com/leadagent/leadagent/web"
)

func leadPage(progress web.Progress) web.LeadPage {
	return web.LeadPage{
		Shell: memberShell(),
		Lead:  web.Lead{ID: "lead", Name: "Jane Doe", Email: "jane@x.example", Message: "Hello", Status: web.LeadPending, ReceivedAt: noon()},
		Live:  web.LeadLiveView{LeadID: "lead", Clock: web.Clock{Now: noon()}, Progress: progress, Live: true},
	}
}

func words(selection *goquery.Selection) string {
	return strings.Join(strings.Fields(selection.Text()), " ")
}

func TestStepperShowsWhereTheRunIs(t *testing.T) {
	t.Parallel()
	// One letter a step: d done, n now, w waiting, p person, s stopped, - to come, x not needed.
	for name, test := range map[string]struct {
		progress web.Progress
		want     string
	}{
		"held":            {web.Progress{Status: web.LeadHeld}, "p-----"},
		"queued":          {web.Progress{State: web.RunQueued}, "d-----"},
		"researching":     {web.Progress{State: web.RunResearching}, "dn----"},
		"waiting":         {web.Progress{State: web.RunDrafting, Waiting: "the model"}, "dddw--"},
		"review":          {web.Progress{State: web.RunAwaitingReview}, "ddddp-"},
		"sending":         {web.Progress{State: web.RunSending}, "dddddn"},
		"sent":            {web.Progress{State: web.RunCompleted}, "dddddd"},
		"no reply":        {web.Progress{State: web.RunCompleted, NoReply: true}, "dddxxx"},
		"rejected":        {web.Progress{State: web.RunRejected}, "dddds-"},
		"attention":       {web.Progress{State: web.RunNeedsAttention, At: web.StepQualify}, "dds---"},
		"doubtful":        {web.Progress{State: web.RunNeedsAttention, At: web.StepSend}, "ddddds"},
		"cancelled":       {web.Progress{State: web.RunCancelled, At: web.StepDraft}, "ddds--"},
		"expired":         {web.Progress{State: web.RunExpired}, "dddds-"},
		"failed, no step": {web.Progress{State: web.RunFailed}, "ds----"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			letters := map[string]string{"done": "d", "now": "n", "waiting": "w", "person": "p", "stopped": "s", "todo": "-", "skipped": "x"}
			got := ""
			document(t, web.LeadView(leadPage(test.progress))).Find("#stepper li").Each(func(_ int, step *goquery.Selection) {
				for class := range strings.FieldsSeq(step.AttrOr("class", "")) {
					got += letters[strings.TrimPrefix(class, "step-")]
				}
			})
			assert.Equal(t, test.want, got)
		})
	}
}

func TestLivePageConnectsToItsStream(t *testing.T) {
	t.Parallel()
	timeline := document(t, web.LeadView(leadPage(web.Progress{State: web.RunResearching}))).Find("#timeline")
	assert.Equal(t, "/leads/lead/events", timeline.AttrOr("sse-connect", ""))
	assert.Equal(t, "timeline", timeline.AttrOr("sse-swap", ""))
	assert.Equal(t, "/leads/lead/timeline", timeline.AttrOr("hx-get", ""))
	ended := leadPage(web.Progress{State: web.RunCompleted})
	ended.Live.Live = false
	assert.Empty(t, document(t, web.LeadView(ended)).Find("#timeline").AttrOr("sse-connect", ""))
}

func TestFragmentBringsTheStepperAlong(t *testing.T) {
	t.Parallel()
	view := leadPage(web.Progress{State: web.RunDrafting, DraftVersion: 0}).Live
	doc := document(t, web.LeadLive(view))
	assert.Equal(t, 1, doc.Find("ol.timeline[data-state='drafting:0']").Length())
	assert.Equal(t, "morph:#stepper", doc.Find("#stepper").AttrOr("hx-swap-oob", ""))
	assert.Empty(t, document(t, web.LeadView(leadPage(view.Progress))).Find("#stepper").AttrOr("hx-swap-oob", ""))
}

func TestTimelineSaysWhatHappened(t *testing.T) {
	t.Parallel()
	for want, item := range map[string]web.TimelineItem{
		"Message received":                              {Kind: web.TimelineReceived},
		"Research finished in 12 s":                     {Kind: web.TimelineStepDone, Step: web.StepResearch, Duration: 12 * time.Second},
		"Drafting finished in 2 min 5 s":                {Kind: web.TimelineStepDone, Step: web.StepDraft, Duration: 125 * time.Second},
		"Searched “acme” · 1 result":                    {Kind: web.TimelineSearch, Query: "acme", Count: 1},
		"Searched “acme” · 1,200 results":               {Kind: web.TimelineSearch, Query: "acme", Count: 1200},
		"Searched earlier leads for “acme” · 0 matches": {Kind: web.TimelineCRM, Query: "acme"},
		"Waiting for the model until 12:05:00":          {Kind: web.TimelineWaiting, Vendor: "the model", Until: noon().Add(5 * time.Minute)},
		"Category: Follow-up · 71% sure":                {Kind: web.TimelineQualified, Category: web.CategoryFollowUp, Confidence: 0.71},
		"Draft version 1 written by the model":          {Kind: web.TimelineDraft, Version: 1},
		"Draft version 2 by Sam":                        {Kind: web.TimelineDraft, Version: 2, By: "Sam"},
		"Sam approved version 2 in Slack":               {Kind: web.TimelineDecision, Outcome: web.OutcomeApproved, By: "Sam", Version: 2, Surface: web.SurfaceSlack},
		"Can be undone until it goes out at 12:00:30":   {Kind: web.TimelineUndo, Until: noon().Add(30 * time.Second)},
		"Needs attention: Sending":                      {Kind: web.TimelineAttention, Step: web.StepSend},
		"Cancelled by Ada":                              {Kind: web.TimelineCancelled, By: "Ada"},
		"1 fact noted":                                  {Kind: web.TimelineFacts, Facts: []web.Fact{{Claim: "x"}}},
		"Could not read x.example (opens in a new tab)": {Kind: web.TimelineFetch, URL: "https://x.example/a", Failed: true},
		"Unclear whether the email went":                {Kind: web.TimelineDoubtful},
	} {
		item.At = noon()
		view := web.LeadLiveView{Clock: web.Clock{Now: noon()}, Progress: web.Progress{State: web.RunCompleted}, Items: []web.TimelineItem{item}}
		assert.Equal(t, want, words(document(t, web.LeadLive(view)).Find(".event-title")))
	}
}

func TestLeadActionsFollowTheStruct(t *testing.T) {
	t.Parallel()
	page := leadPage(web.Progress{State: web.RunNeedsAttention, At: web.StepSend})
	page.Attention = &web.Attention{Kind: web.AttentionDoubtfulSend, Reason: "It broke."}
	assert.Zero(t, document(t, web.LeadView(page)).Find("#content form").Length())

	page.Actions = web.LeadActions{RunID: "run", CanSettle: true, CanRetry: true, CanCancel: true, CanUndo: true, UndoUntil: noon().Add(time.Minute)}
	doc := document(t, web.LeadView(page))
	var paths []string
	doc.Find("#content form").Each(func(_ int, form *goquery.Selection) { paths = append(paths, form.AttrOr("action", "")) })
	assert.ElementsMatch(t, []string{"/workflows/run/cancel", "/review/run/settle", "/review/run/settle", "/workflows/run/retry", "/review/run/undo"}, paths)
	assert.Equal(t, 1, doc.Find("[name="+web.FieldSettle+"][value="+web.SettleWent+"]").Length())
	assert.Equal(t, 1, doc.Find("[name="+web.FieldSettle+"][value="+web.SettleAgain+"]").Length())
	assert.Contains(t, doc.Find("form[action='/review/run/settle'][data-confirm]").AttrOr("data-confirm", ""), "gets it twice")
}

func TestDraftVersionsShowWhatChanged(t *testing.T) {
	t.Parallel()
	page := leadPage(web.Progress{State: web.RunCompleted})
	page.Drafts = []web.DraftVersion{
		{Version: 2, Author: "Sam", At: noon(), Subject: "Hi", Body: "one\r\nTWO\nthree\nfour"},
		{Version: 1, At: noon(), Subject: "Hi", Body: "one\ntwo\nthree"},
	}
	diff := document(t, web.LeadView(page)).Find(".diff")
	assert.Equal(t, 1, diff.Length())
	assert.Equal(t, "Removed: two", words(diff.Find("del")))
	assert.Equal(t, []string{"Added: TWO", "Added: four"}, diff.Find("ins").Map(func(_ int, s *goquery.Selection) string { return words(s) }))
	assert.Equal(t, []string{"Subject: Hi", "", "one", "three"}, diff.ChildrenFiltered("span").Map(func(_ int, s *goquery.Selection) string { return s.Text() }))
}

func TestHugeDraftsAreComparedWhole(t *testing.T) {
	t.Parallel()
	page := leadPage(web.Progress{State: web.RunCompleted})
	page.Drafts = []web.DraftVersion{{Version: 2, Body: strings.Repeat("a\n", 5000)}, {Version: 1, Body: "b"}}
	diff := document(t, web.LeadView(page)).Find(".diff")
	assert.Greater(t, diff.Find("ins").Length(), 5000)
	assert.Equal(t, 3, diff.Find("del").Length())
}

func TestTimesAreInTheOrganizationsZone(t *testing.T) {
	t.Parallel()
	page := leadPage(web.Progress{State: web.RunCompleted})
	page.Shell.Clock = web.Clock{Now: noon(), Zone: time.FixedZone("IST", 5*3600+1800)}
	page.Lead.ReceivedAt = noon().Add(-26 * time.Hour)
	received := document(t, web.LeadView(page)).Find(".lead-head time")
	assert.Equal(t, "1 day ago", received.Text())
	assert.Equal(t, "2026-11-22T10:00:00Z", received.AttrOr("datetime", ""))
	assert.Equal(t, "Sun 22 Nov 2026, 15:30 IST", received.AttrOr("title", ""))
}

func TestSkeletonWhileResearchRuns(t *testing.T) {
	t.Parallel()
	assert.Equal(t, 1, document(t, web.LeadView(leadPage(web.Progress{State: web.RunResearching}))).Find(".skeleton-lines").Length())
	assert.Zero(t, document(t, web.LeadView(leadPage(web.Progress{State: web.RunCompleted}))).Find(".skeleton-lines").Length())
}
