// Package preview renders every page with made-up data: for looking at while designing, and for the
// tests, which check each page's markup. It knows only the page structs and is part of no program
// that is deployed.
package preview

import (
	"time"

	"github.com/a-h/templ"

	"github.com/leadagent/leadagent/web"
)

// Sample is one page in one state.
type Sample struct {
	// Name is a slug: "review-conflict".
	Name string
	// Path is where the page lives in the program.
	Path string
	// Member says that the page belongs to a signed-in member.
	Member bool
	// Fragment says that it is a part of a page and no document.
	Fragment bool
	Page     templ.Component
}

// now is the moment at which every sample is rendered.
func now() time.Time { return time.Date(2026, time.November, 23, 14, 20, 0, 0, time.UTC) }

func ago(d time.Duration) time.Time { return now().Add(-d) }

func in(d time.Duration) time.Time { return now().Add(d) }

// Samples are all pages in all their states. Every text that comes from a stranger in the real
// program is wrapped by say, which a test replaces to inject hostile text; nil leaves it as it is.
func Samples(say func(string) string) []Sample {
	if say == nil {
		say = func(text string) string { return text }
	}
	p := people{say: say}
	var samples []Sample
	samples = append(samples, p.formSamples()...)
	samples = append(samples, p.accessSamples()...)
	samples = append(samples, p.overviewSamples()...)
	samples = append(samples, p.leadsSamples()...)
	samples = append(samples, p.reviewSamples()...)
	return append(samples, p.leadSamples()...)
}

// people makes the samples' data.
type people struct {
	say func(string) string
}

func (p people) shell(title string, section web.Section) web.Shell {
	return web.Shell{
		Title:          title,
		Section:        section,
		Organization:   p.say("Acme Cloud"),
		Viewer:         web.Viewer{Name: p.say("Sam Rivera"), Email: p.say("sam@acme.example"), Role: "Admin"},
		CSRF:           "sample-token",
		Clock:          web.Clock{Now: now(), Zone: time.FixedZone("CET", 3600)},
		AwaitingReview: 4,
		ShowReview:     true,
		ShowOverview:   true,
		CanSwitch:      true,
		Sandbox:        &web.Sandbox{MailboxURL: "/sandbox/mailbox", SlackURL: "/sandbox/slack"},
	}
}
