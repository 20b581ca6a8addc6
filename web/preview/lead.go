package preview

import (
	"time"

	"github.com/leadagent/leadagent/web"
)

func (p people) timeline() []web.TimelineItem {
	start := ago(6 * time.Minute)
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	return []web.TimelineItem{
		{Kind: web.TimelineReceived, At: at(0), Detail: p.say("Hosted form, campaign “autumn”")},
		{Kind: web.TimelineStepStart, At: at(1), Step: web.StepResearch},
		{Kind: web.TimelineSearch, At: at(3), Query: p.say("Northwind logistics software company"), Count: 6},
		{Kind: web.TimelineFetch, At: at(6), URL: p.say("https://northwind.example/about"), Title: p.say("About Northwind")},
		{Kind: web.TimelineFetch, At: at(8), URL: p.say("https://northwind.example/jobs"), Failed: true, Detail: "The server took longer than 10 seconds."},
		{Kind: web.TimelineCRM, At: at(9), Query: p.say("northwind.example"), Count: 1},
		{Kind: web.TimelineWaiting, At: at(11), Vendor: "the model", Until: at(30), Detail: "It asked for a pause (rate limit)."},
		{Kind: web.TimelineFacts, At: at(33), Facts: p.facts()},
		{Kind: web.TimelineStepDone, At: at(34), Step: web.StepResearch, Duration: 33 * time.Second},
		{Kind: web.TimelineQualified, At: at(38), Category: web.CategoryQualified, Confidence: 0.92, Detail: p.say("A team of 40 with a stated problem that the product solves, and a decision planned for this quarter.")},
		{Kind: web.TimelineDraft, At: at(47), Version: 1},
		{Kind: web.TimelineCard, At: at(48), Detail: "#leads"},
	}
}

func (p people) afterDecision() []web.TimelineItem {
	return append(p.timeline(),
		web.TimelineItem{Kind: web.TimelineReminder, At: ago(4 * time.Minute), Detail: "In #leads"},
		web.TimelineItem{Kind: web.TimelineDraft, At: ago(3 * time.Minute), Version: 2, By: p.say("Sam Rivera")},
		web.TimelineItem{Kind: web.TimelineDecision, At: ago(2 * time.Minute), Outcome: web.OutcomeApproved, By: p.say("Sam Rivera"), Version: 2, Surface: web.SurfaceSlack},
		web.TimelineItem{Kind: web.TimelineUndo, At: ago(2 * time.Minute), Until: ago(90 * time.Second)},
		web.TimelineItem{Kind: web.TimelineSending, At: ago(90 * time.Second), Detail: "smtp.acme.example"},
	)
}

func (p people) everyKind() []web.TimelineItem {
	at := ago(time.Minute)
	return append(p.afterDecision(),
		web.TimelineItem{Kind: web.TimelineHeld, At: at, Detail: "100 of 100 leads used"},
		web.TimelineItem{Kind: web.TimelineUndone, At: at, By: p.say("Sam Rivera")},
		web.TimelineItem{Kind: web.TimelineDoubtful, At: at, Detail: "The connection broke after the text."},
		web.TimelineItem{Kind: web.TimelineSettled, At: at, By: p.say("Ada Park"), Detail: "It went"},
		web.TimelineItem{Kind: web.TimelineAttention, At: at, Step: web.StepDraft, Detail: p.say("The model refused three times.")},
		web.TimelineItem{Kind: web.TimelineRetried, At: at, By: p.say("Ada Park")},
		web.TimelineItem{Kind: web.TimelineCancelled, At: at, By: p.say("Ada Park")},
		web.TimelineItem{Kind: web.TimelineExpired, At: at, Detail: "After 72 hours"},
		web.TimelineItem{Kind: web.TimelineNote, At: at, Title: p.say("Assigned to Ada Park"), Detail: p.say("Existing owner")},
		web.TimelineItem{Kind: web.TimelineSearch, At: at, Query: p.say("x"), Failed: true},
		web.TimelineItem{Kind: web.TimelineCRM, At: at, Query: p.say("x"), Failed: true},
		web.TimelineItem{Kind: web.TimelineCompleted, At: at},
	)
}

func (p people) versions() []web.DraftVersion {
	edited := `Hi Jane,

thank you for writing. You mentioned that answering inbound leads takes your team of 40 most of a day, so here is the short version of how we would help.

Every message is researched and answered with a draft within two minutes. A person on your side approves each one.

Would Thursday at 10:00 suit you for a 20 minute look at it?

Best regards
Sam`
	return []web.DraftVersion{
		{Version: 2, Author: p.say("Sam Rivera"), At: ago(3 * time.Minute), Subject: p.say("Your leads, answered in minutes"), Body: p.say(edited)},
		{Version: 1, At: ago(5 * time.Minute), Subject: p.say("Answering your leads in minutes instead of a day"), Body: p.say(letterBody)},
	}
}

func (p people) lead(state web.RunState, items []web.TimelineItem) web.LeadPage {
	return web.LeadPage{
		Shell: p.shell("Jane Doe", web.SectionLeads),
		Lead: web.Lead{
			ID: "1", Name: p.say("Jane Doe"), Email: p.say("jane@northwind.example"), Company: p.say("Northwind"), Phone: p.say("+49 30 901820"),
			Message: p.message(), Category: web.CategoryQualified, Confidence: 0.92,
			Reason: p.say("A team of 40 with a stated problem that the product solves, and a decision planned for this quarter."),
			Status: web.LeadPending, Owner: p.say("Sam Rivera"), ReceivedAt: ago(6 * time.Minute), Reference: "LA-7F3K-92QD",
			Source: []web.Pair{{Label: "Campaign", Value: p.say("autumn")}, {Label: "Landing page", Value: p.say("https://acme.example/pricing")}},
		},
		Live: web.LeadLiveView{
			LeadID: "1", Clock: web.Clock{Now: now(), Zone: time.FixedZone("CET", 3600)}, Items: items,
			Progress: web.Progress{State: state, DraftVersion: 1}, Live: true,
		},
		Facts: p.facts(),
		Sources: []web.Source{
			{Kind: web.SourcePage, Title: p.say("About Northwind"), URL: p.say("https://northwind.example/about"), Note: "1 fact"},
			{Kind: web.SourceSearch, Title: p.say("Logistics Weekly"), URL: p.say("https://news.example/northwind"), Note: "1 fact"},
			{Kind: web.SourcePage, Title: p.say("Jobs"), URL: p.say("https://northwind.example/jobs"), Failed: true, Note: "time-out"},
		},
		Actions: web.LeadActions{RunID: "r1"},
	}
}

func (p people) leadSamples() []Sample {
	review := p.review()
	waiting := p.lead(web.RunAwaitingReview, p.timeline())
	waiting.Review, waiting.Drafts, waiting.Actions.CanCancel = &review, p.versions()[1:], true
	waiting.Others = p.rows()[2:4]

	running := p.lead(web.RunResearching, p.timeline()[:7])
	running.Lead.Category, running.Lead.Reason, running.Facts, running.Sources = web.CategoryNone, "", nil, nil
	running.Live.Progress = web.Progress{State: web.RunResearching, Waiting: "the model", Until: in(5 * time.Minute)}
	running.Actions.CanCancel = true

	undo := p.lead(web.RunSending, p.afterDecision()[:16])
	undo.Drafts, undo.Actions.CanUndo, undo.Actions.UndoUntil = p.versions(), true, in(25*time.Second)

	sent := p.lead(web.RunCompleted, append(p.afterDecision(), web.TimelineItem{Kind: web.TimelineSent, At: ago(80 * time.Second), Detail: p.say("jane@northwind.example")}))
	sent.Lead.Status, sent.Live.Live, sent.Drafts = web.LeadApproved, false, p.versions()
	sent.Decisions = []web.Decision{
		{Outcome: web.OutcomeApproved, By: p.say("Sam Rivera"), Surface: web.SurfaceSlack, At: ago(2 * time.Minute), Version: 2, Edited: true},
		{Outcome: web.OutcomeRejected, By: p.say("Ada Park"), Surface: web.SurfaceDashboard, At: ago(30 * time.Hour), Version: 1, Reason: web.RejectTone, Note: p.say("Too pushy")},
	}
	sent.Email = &web.SentEmail{To: p.say("jane@northwind.example"), From: "Acme Cloud <hello@acme.example>", Subject: p.say("Your leads, answered in minutes"), Body: p.say(p.versions()[0].Body), State: web.EmailSent, At: ago(80 * time.Second), MessageID: "<0193a5b2@acme.example>"}

	doubtful := p.lead(web.RunNeedsAttention, p.everyKind())
	doubtful.Live.Live, doubtful.Live.Progress.At = false, web.StepSend
	doubtful.Attention = &web.Attention{Kind: web.AttentionDoubtfulSend, Step: web.StepSend, Reason: p.say("smtp.acme.example closed the connection after DATA."), At: ago(time.Minute)}
	doubtful.Actions.CanSettle = true
	doubtful.Email = &web.SentEmail{To: p.say("jane@northwind.example"), Subject: p.say("Your leads"), Body: p.say(letterBody), State: web.EmailDoubtful, At: ago(time.Minute)}

	stuck := p.lead(web.RunNeedsAttention, p.timeline()[:10])
	stuck.Live.Live, stuck.Live.Progress.At = false, web.StepDraft
	stuck.Attention = &web.Attention{Kind: web.AttentionStuck, Step: web.StepDraft, Reason: p.say("The model refused to answer three times."), At: ago(time.Minute)}
	stuck.Actions.CanRetry, stuck.Actions.CanCancel = true, true

	closed := p.lead(web.RunCompleted, p.timeline()[:10])
	closed.Lead.Status, closed.Lead.Category, closed.Live.Live = web.LeadClosed, web.CategoryUnqualified, false
	closed.Live.Progress = web.Progress{State: web.RunCompleted, NoReply: true}

	held := p.lead(web.RunNone, p.timeline()[:1])
	held.Lead.Status, held.Lead.Category, held.Live.Live, held.Lead.Reason = web.LeadHeld, web.CategoryNone, false, ""
	held.Live.Progress, held.Facts, held.Sources = web.Progress{Status: web.LeadHeld}, nil, nil

	sample := func(name string, page web.LeadPage) Sample {
		return Sample{Name: name, Path: web.LeadPath("1"), Member: true, Page: web.LeadView(page)}
	}
	return []Sample{
		sample("lead-review", waiting), sample("lead-running", running), sample("lead-undo", undo), sample("lead-sent", sent),
		sample("lead-doubtful", doubtful), sample("lead-stuck", stuck), sample("lead-closed", closed), sample("lead-held", held),
		{Name: "lead-live-fragment", Path: web.LeadTimelinePath("1"), Member: true, Fragment: true, Page: web.LeadLive(sent.Live)},
	}
}
