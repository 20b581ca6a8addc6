package preview

import (
	"time"

	"github.com/leadagent/leadagent/web"
)

const letterBody = `Hi Jane,

thank you for writing. You mentioned that answering inbound leads takes your team of 40 most of a day, so here is the short version of how we would help.

Every message that comes in through your form is researched and answered with a draft within two minutes. A person on your side approves each one, so nothing goes out that you have not seen.

Would Thursday at 10:00 suit you for a 20 minute look at it?

Best regards
Sam Rivera
Acme Cloud`

func (p people) message() string {
	return p.say("We are 40 people and look for a way to answer inbound leads faster. Right now it takes us most of a day. Can you show us how it works? We would like to decide before the end of the quarter.")
}

func (p people) facts() []web.Fact {
	return []web.Fact{
		{ID: "f1", Claim: p.say("Northwind has about 40 employees"), Quotation: p.say("We are 40 people"), Kind: web.SourceMessage, Used: true},
		{ID: "f2", Claim: p.say("Answering leads takes them most of a day"), Quotation: p.say("Right now it takes us most of a day."), Kind: web.SourceMessage, Used: true},
		{ID: "f3", Claim: p.say("Northwind sells logistics software to mid-sized carriers in Europe"), Quotation: p.say("Northwind builds dispatch and billing software for carriers with 20 to 200 trucks."), Kind: web.SourcePage, Title: p.say("About Northwind"), URL: p.say("https://northwind.example/about")},
		{ID: "f4", Claim: p.say("They raised a Series A in March"), Quotation: p.say("…closed its Series A round of €9m in March…"), Kind: web.SourceSearch, Title: p.say("Logistics Weekly"), URL: p.say("https://news.example/northwind")},
	}
}

func (p people) review() web.Review {
	return web.Review{
		RunID: "r1", LeadID: "1", Name: p.say("Jane Doe"), Email: p.say("jane@northwind.example"), Company: p.say("Northwind"), Phone: p.say("+49 30 901820"), Owner: p.say("Sam Rivera"),
		Message: p.message(), ReceivedAt: ago(6 * time.Minute), DueAt: in(71*time.Hour + 54*time.Minute),
		Category: web.CategoryQualified, Confidence: 0.92,
		Reason: p.say("A team of 40 with a stated problem that the product solves, and a decision planned for this quarter."),
		Draft:  web.Draft{Version: 1, To: p.say("jane@northwind.example"), From: "Acme Cloud <hello@acme.example>", Subject: p.say("Answering your leads in minutes instead of a day"), Body: p.say(letterBody), At: ago(4 * time.Minute)},
		Facts:  p.facts(), CanApprove: true, CanEdit: true,
	}
}

func (p people) items() []web.ReviewItem {
	return []web.ReviewItem{
		{RunID: "r1", Name: p.say("Jane Doe"), Company: p.say("Northwind"), Category: web.CategoryQualified, Subject: p.say("Answering your leads in minutes instead of a day"), ReceivedAt: ago(6 * time.Minute), DueAt: in(71*time.Hour + 54*time.Minute)},
		{RunID: "r2", Name: p.say("Aiko Tanaka"), Company: p.say("Blue Yonder"), Category: web.CategoryFollowUp, Subject: p.say("Your question about on-premise installation"), ReceivedAt: ago(51 * time.Minute), DueAt: in(50 * time.Minute)},
		{RunID: "r3", Name: p.say("Bartholomew Featherstonehaugh-Cholmondeley"), Company: p.say("Litware"), Category: web.CategoryQualified, Subject: p.say("Pricing for 300 seats"), ReceivedAt: ago(3 * time.Hour), DueAt: ago(4 * time.Minute)},
		{RunID: "r4", Name: p.say("Iris Novak"), Category: web.CategoryUnqualified, Subject: p.say("Thank you for your offer"), ReceivedAt: ago(20 * time.Hour), DueAt: in(52 * time.Hour)},
	}
}

func (p people) reviewPage(change func(*web.Review)) web.ReviewPage {
	review := p.review()
	if change != nil {
		change(&review)
	}
	return web.ReviewPage{Shell: p.shell("Review", web.SectionReview), Items: p.items(), Selected: &review}
}

func (p people) reviewSamples() []Sample {
	listing := p.reviewPage(nil)
	listing.Listing = true
	allClear := web.ReviewPage{Shell: p.shell("Review", web.SectionReview), Last: &web.Decision{
		Outcome: web.OutcomeApproved, By: p.say("Sam Rivera"), Surface: web.SurfaceSlack, At: ago(18 * time.Minute), Version: 2, Edited: true, LeadID: "1", LeadName: p.say("Jane Doe"),
	}}
	allClear.Shell.AwaitingReview = 0
	decided := func(r *web.Review) {
		r.Conflict = &web.Conflict{
			Kind: web.ConflictDecided, By: p.say("Ada Park"), At: ago(18 * time.Minute), Surface: web.SurfaceSlack, Outcome: web.OutcomeApproved,
			Typed: &web.DraftVersion{Subject: p.say("A shorter subject"), Body: p.say("Hi Jane,\n\nshort and good.")},
		}
	}
	newer := func(r *web.Review) {
		r.Draft.Version = 2
		r.Conflict = &web.Conflict{Kind: web.ConflictNewer, By: p.say("Ada Park"), At: ago(time.Minute), Newer: &web.DraftVersion{
			Version: 2, Author: p.say("Ada Park"), Subject: p.say("Your leads, answered in minutes"), Body: p.say("Hi Jane,\n\nwould Friday suit you?\n\nAda"),
		}}
	}
	moved := func(r *web.Review) {
		r.Conflict = &web.Conflict{Kind: web.ConflictMoved, State: web.RunExpired, At: ago(time.Hour)}
	}
	wrong := func(r *web.Review) {
		r.Problems = web.Problems{{Field: web.FieldSubject, Text: "Enter a subject"}, {Field: web.FieldReason, Text: "Choose a reason"}}
		r.Draft.Subject, r.RejectNote = "", p.say("Too pushy")
		r.Flags = []string{"The message tries to instruct the model. Read the draft with care."}
	}
	reader := func(r *web.Review) { r.CanApprove, r.CanEdit, r.Ask = false, false, p.say("Sam Rivera") }
	sample := func(name string, page web.ReviewPage) Sample {
		return Sample{Name: name, Path: web.ReviewPath("r1"), Member: true, Page: web.ReviewQueue(page)}
	}
	return []Sample{
		sample("review", p.reviewPage(nil)),
		{Name: "review-list", Path: web.PathReview, Member: true, Page: web.ReviewQueue(listing)},
		{Name: "review-clear", Path: web.PathReview, Member: true, Page: web.ReviewQueue(allClear)},
		sample("review-decided", p.reviewPage(decided)),
		sample("review-newer", p.reviewPage(newer)),
		sample("review-moved", p.reviewPage(moved)),
		sample("review-problems", p.reviewPage(wrong)),
		sample("review-reader", p.reviewPage(reader)),
		{Name: "review-list-fragment", Path: web.PathReview, Member: true, Fragment: true, Page: web.ReviewList(listing)},
	}
}
