package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"

	"github.com/leadagent/leadagent/web"
)

func noon() time.Time { return time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC) }

func memberShell() web.Shell {
	return web.Shell{
		Title: "Page", Organization: "Acme", Viewer: web.Viewer{Name: "Sam", Role: "Manager"}, CSRF: "token",
		Clock: web.Clock{Now: noon()}, ShowReview: true, ShowOverview: true,
	}
}

func someReview() web.Review {
	return web.Review{
		RunID: "run", LeadID: "lead", Name: "Jane Doe", Email: "jane@x.example", Message: "Hello there",
		Category: web.CategoryQualified, Confidence: 0.9, DueAt: noon().Add(90 * time.Minute),
		Draft:      web.Draft{Version: 3, To: "jane@x.example", Subject: "Hi", Body: "Dear Jane"},
		CanApprove: true, CanEdit: true,
	}
}

func queue(t *testing.T, review web.Review) *goquery.Document {
	t.Helper()
	return document(t, web.ReviewQueue(web.ReviewPage{
		Shell: memberShell(), Selected: &review,
		Items: []web.ReviewItem{{RunID: "run", Name: "Jane Doe"}, {RunID: "other", Name: "Olu"}},
	}))
}

func TestReviewPostsTheVersionThatWasSeen(t *testing.T) {
	t.Parallel()
	doc := queue(t, someReview())
	draft := doc.Find("form#draft-form")
	assert.Equal(t, "3", draft.Find("[name="+web.FieldDraftVersion+"]").AttrOr("value", ""))
	assert.Equal(t, web.SaveDraftPath("run"), draft.AttrOr("action", ""), "Enter saves and never sends")
	approve := doc.Find("[data-approve]")
	assert.Equal(t, web.ApprovePath("run"), approve.AttrOr("formaction", ""))
	assert.Equal(t, "draft-form", approve.AttrOr("form", ""))
	reject := doc.Find("form#reject")
	assert.Equal(t, web.RejectPath("run"), reject.AttrOr("action", ""))
	assert.Equal(t, "3", reject.Find("[name="+web.FieldDraftVersion+"]").AttrOr("value", ""))
	assert.Equal(t, 6, reject.Find("option").Length())
	assert.Equal(t, web.FromReview, reject.Find("[name="+web.FieldFrom+"]").AttrOr("value", ""))
	assert.Equal(t, "Jane Doe", strings.TrimSpace(doc.Find("[data-review-item][aria-current=true]").Text()))
	assert.Contains(t, doc.Find("#review-pane").Text(), "Due in 1 hour")
}

func TestReviewWithoutPermissionShowsNoControl(t *testing.T) {
	t.Parallel()
	review := someReview()
	review.CanApprove, review.CanEdit, review.Ask = false, false, "Ada Park"
	doc := queue(t, review)
	assert.Zero(t, doc.Find("#content form, #content textarea, #content input, [data-approve]").Length())
	assert.Contains(t, words(doc.Find("#review-pane")), "You need leads:approve to decide on this draft. Ask Ada Park.")
	assert.Contains(t, doc.Find("#review-pane").Text(), "Dear Jane")
}

func TestReviewApproverWithoutEditingCannotType(t *testing.T) {
	t.Parallel()
	review := someReview()
	review.CanEdit = false
	doc := queue(t, review)
	for _, name := range []string{web.FieldSubject, web.FieldBody} {
		_, readonly := doc.Find("#draft-form [name=" + name + "]").Attr("readonly")
		assert.True(t, readonly, name)
	}
	assert.Zero(t, doc.Find("[data-save]").Length())
	assert.Equal(t, 1, doc.Find("[data-approve]").Length())
}

func TestLoserOfARaceIsToldWhoWonAndKeepsTheText(t *testing.T) {
	t.Parallel()
	review := someReview()
	review.Conflict = &web.Conflict{
		Kind: web.ConflictDecided, By: "Sam", At: noon().Add(-3 * time.Minute), Surface: web.SurfaceSlack, Outcome: web.OutcomeApproved,
		Typed: &web.DraftVersion{Subject: "Mine", Body: "My words"},
	}
	doc := queue(t, review)
	problem := strings.Join(strings.Fields(doc.Find("#problem").Text()), " ")
	assert.Contains(t, problem, "Sam approved this at 11:57 in Slack")
	assert.Contains(t, problem, "My words")
	assert.Zero(t, doc.Find("#draft-form, #reject, [data-approve]").Length(), "there is nothing left to decide")
}

func TestNewerVersionIsShownBesideWhatWasTyped(t *testing.T) {
	t.Parallel()
	review := someReview()
	review.Draft = web.Draft{Version: 4, To: "jane@x.example", Subject: "Mine", Body: "My words"}
	review.Conflict = &web.Conflict{Kind: web.ConflictNewer, By: "Ada", At: noon(), Newer: &web.DraftVersion{Version: 4, Author: "Ada", Subject: "Theirs", Body: "Their words"}}
	doc := queue(t, review)
	assert.Contains(t, doc.Find("#problem").Text(), "A newer version exists: Ada saved one")
	assert.Contains(t, doc.Find("#problem").Text(), "Their words")
	assert.Equal(t, "My words", strings.TrimSpace(doc.Find("[name="+web.FieldBody+"]").Text()))
	assert.Equal(t, "4", doc.Find("#draft-form [name="+web.FieldDraftVersion+"]").AttrOr("value", ""))
}

func TestEmptyQueueIsAllClear(t *testing.T) {
	t.Parallel()
	doc := document(t, web.ReviewQueue(web.ReviewPage{Shell: memberShell(), Last: &web.Decision{
		Outcome: web.OutcomeRejected, By: "Ada", At: noon(), LeadID: "l", LeadName: "Jane", Surface: web.SurfaceDashboard,
	}}))
	assert.Equal(t, "All clear", doc.Find("h2").First().Text())
	assert.Contains(t, strings.Join(strings.Fields(doc.Text()), " "), "Last decision: Ada rejected Jane at 12:00 in the dashboard")
}

func TestFactsOpenToTheirQuotation(t *testing.T) {
	t.Parallel()
	review := someReview()
	review.Facts = []web.Fact{
		{Claim: "Claim", Quotation: "Words", Kind: web.SourcePage, URL: "https://x.example/a", Title: "A page"},
		{Claim: "Bad", Quotation: "Words", Kind: web.SourcePage, URL: "javascript:alert(1)", Title: "Bad page"},
	}
	facts := queue(t, review).Find("details.disclosure")
	assert.Equal(t, 2, facts.Length())
	assert.Equal(t, "https://x.example/a", facts.Eq(0).Find("a").AttrOr("href", ""))
	assert.Contains(t, facts.Eq(0).Find("blockquote").Text(), "Words")
	assert.Zero(t, facts.Eq(1).Find("a").Length())
	assert.Contains(t, facts.Eq(1).Text(), "Bad page")
}
