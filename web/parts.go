package web

import (
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"
)

func (c Category) tone() Tone {
	switch c {
	case CategoryQualified:
		return ToneSuccess
	case CategoryFollowUp:
		return ToneWarning
	case CategorySupport:
		return ToneInfo
	case CategoryUnqualified, CategoryNone:
		return ToneNeutral
	}
	return ToneNeutral
}

// situation is where a lead stands, in one tag: the run's state while it moves, else the status.
func situation(status LeadStatus, run RunState) (string, Tone) {
	switch run {
	case RunQueued, RunResearching, RunQualifying, RunDrafting, RunSending:
		return run.label(), toneAccent
	case RunAwaitingReview, RunNeedsAttention:
		return run.label(), ToneWarning
	case RunFailed:
		return run.label(), ToneDanger
	case RunCancelled, RunExpired:
		return run.label(), ToneNeutral
	case RunNone, RunCompleted, RunRejected:
	}
	switch status {
	case LeadApproved:
		if run == RunCompleted {
			return "Sent", ToneSuccess
		}
		return status.label(), ToneSuccess
	case LeadHeld, LeadQuarantined:
		return status.label(), ToneWarning
	case LeadPending, LeadRejected, LeadClosed:
	}
	return status.label(), ToneNeutral
}

// toneAccent marks work in progress; it is the pages' own colour and no mood of a notice.
const toneAccent Tone = "accent"

func (t Tone) class() string {
	if t == ToneNeutral {
		return ""
	}
	return "tone-" + string(t)
}

func (t Tone) icon() string {
	switch t {
	case ToneSuccess:
		return "check"
	case ToneWarning, ToneDanger:
		return "alert"
	case ToneInfo, ToneNeutral, toneAccent:
		return "info"
	}
	return "info"
}

// moving says that the run is being worked on at this moment.
func (s RunState) moving() bool {
	switch s {
	case RunQueued, RunResearching, RunQualifying, RunDrafting, RunSending:
		return true
	case RunNone, RunAwaitingReview, RunCompleted, RunRejected, RunCancelled, RunExpired, RunFailed, RunNeedsAttention:
		return false
	}
	return false
}

func percent(confidence float64) string {
	return strconv.Itoa(int(confidence*100+0.5)) + "%"
}

// webLink is the address if it is http or https, and empty otherwise: addresses of sources come
// from strangers.
func webLink(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || (parsed.Scheme != "https" && parsed.Scheme != "http") {
		return ""
	}
	return address
}

// host is the part of an address that people recognize.
func host(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return address
	}
	return parsed.Host
}

// dueTone is how urgent a review is: late after its time, soon in the last hour.
func dueTone(c Clock, due time.Time) string {
	switch left := due.Sub(c.Now); {
	case left <= 0:
		return "late"
	case left < time.Hour:
		return "soon"
	default:
		return ""
	}
}

func dueWords(c Clock, due time.Time) string {
	left := due.Sub(c.Now)
	if left <= 0 {
		return "Overdue by " + span(-left)
	}
	return "Due in " + span(left)
}

// action makes a form's attributes: it posts without scripts, and with them htmx follows the
// redirect and takes the new content, navigation and messages out of the page. A second submit
// while the first is under way is dropped.
func action(path string) templ.Attributes {
	return templ.Attributes{
		"method":        "post",
		"action":        path,
		"hx-post":       path,
		"hx-target":     "#content",
		"hx-select":     "#content",
		"hx-swap":       "outerHTML show:none",
		"hx-select-oob": "#nav,#notices,#toasts:innerHTML",
		"hx-push-url":   "true",
		"hx-sync":       "this:drop",
	}
}
