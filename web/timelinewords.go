package web

import (
	"strconv"

	"github.com/a-h/templ"
)

// minor says that the item is a detail of a step rather than a stage of the lead's way.
func (i TimelineItem) minor() bool {
	switch i.Kind {
	case TimelineStepStart, TimelineStepDone, TimelineSearch, TimelineFetch, TimelineCRM, TimelineFacts,
		TimelineReminder, TimelineNote, TimelineSending:
		return true
	case TimelineReceived, TimelineHeld, TimelineWaiting, TimelineQualified, TimelineDraft, TimelineCard,
		TimelineDecision, TimelineUndo, TimelineUndone, TimelineSent, TimelineDoubtful, TimelineSettled,
		TimelineAttention, TimelineRetried, TimelineCancelled, TimelineExpired, TimelineCompleted:
	}
	return false
}

func (i TimelineItem) icon() string {
	switch i.Kind {
	case TimelineReceived:
		return "arrive"
	case TimelineHeld, TimelineWaiting, TimelineUndo, TimelineExpired, TimelineReminder:
		return "clock"
	case TimelineQualified:
		return "tag"
	case TimelineDraft:
		return "pencil"
	case TimelineCard:
		return "chat"
	case TimelineDecision:
		return outcomeIcon(i.Outcome)
	case TimelineUndone:
		return "undo"
	case TimelineSent, TimelineSending:
		return "send"
	case TimelineDoubtful, TimelineAttention:
		return "alert"
	case TimelineSettled, TimelineCompleted:
		return "check"
	case TimelineRetried:
		return "retry"
	case TimelineCancelled:
		return "stop"
	case TimelineStepStart, TimelineStepDone, TimelineSearch, TimelineFetch, TimelineCRM, TimelineFacts, TimelineNote:
	}
	return ""
}

func (i TimelineItem) tone() Tone {
	switch i.Kind {
	case TimelineQualified:
		return i.Category.tone()
	case TimelineDecision:
		if i.Outcome == OutcomeApproved {
			return ToneSuccess
		}
		return ToneDanger
	case TimelineSent, TimelineSettled:
		return ToneSuccess
	case TimelineHeld, TimelineWaiting, TimelineUndo, TimelineExpired, TimelineDoubtful:
		return ToneWarning
	case TimelineAttention:
		return ToneDanger
	case TimelineDraft, TimelineCard:
		return toneAccent
	case TimelineReceived, TimelineStepStart, TimelineStepDone, TimelineSearch, TimelineFetch, TimelineCRM,
		TimelineFacts, TimelineReminder, TimelineUndone, TimelineSending, TimelineRetried, TimelineCancelled,
		TimelineCompleted, TimelineNote:
	}
	return ToneNeutral
}

// title is the item in words; a link or a time may follow it.
func (i TimelineItem) title() string {
	switch i.Kind {
	case TimelineReceived:
		return "Message received"
	case TimelineHeld:
		return "Held over the plan’s limit"
	case TimelineStepStart:
		return i.Step.working() + " started"
	case TimelineStepDone:
		return i.Step.working() + " finished" + i.durationWords()
	case TimelineSearch, TimelineFetch, TimelineCRM:
		return i.lookTitle()
	case TimelineFacts:
		return plural(len(i.Facts), "fact", "facts") + " noted"
	case TimelineWaiting:
		return "Waiting for " + i.Vendor
	case TimelineQualified:
		return i.qualifiedTitle()
	case TimelineDraft:
		return "Draft version " + strconv.Itoa(i.Version) + " " + authorWords(i.By)
	case TimelineCard:
		return "Card posted in Slack"
	case TimelineReminder:
		return "Reviewers reminded"
	case TimelineDecision:
		return i.decisionTitle()
	case TimelineUndo:
		return "Can be undone"
	case TimelineUndone:
		return i.By + " took the approval back"
	case TimelineSending:
		return "Email handed over"
	case TimelineSent:
		return "Email sent"
	case TimelineDoubtful:
		return "Unclear whether the email went"
	case TimelineSettled:
		return i.By + " settled the doubtful send"
	case TimelineAttention:
		return "Needs attention" + inStep(i.Step)
	case TimelineRetried:
		return i.byOr("Retried by ", "Retried")
	case TimelineCancelled:
		return i.byOr("Cancelled by ", "Cancelled")
	case TimelineExpired:
		return "Review expired"
	case TimelineCompleted:
		return "Completed"
	case TimelineNote:
		return i.Title
	}
	return i.Title
}

func (i TimelineItem) lookTitle() string {
	switch {
	case i.Kind == TimelineFetch && i.Failed:
		return "Could not read"
	case i.Kind == TimelineFetch:
		return "Read"
	case i.Kind == TimelineCRM && i.Failed:
		return "Earlier leads could not be searched for “" + i.Query + "”"
	case i.Kind == TimelineCRM:
		return "Searched earlier leads for “" + i.Query + "” · " + plural(i.Count, "match", "matches")
	case i.Failed:
		return "Search failed: “" + i.Query + "”"
	default:
		return "Searched “" + i.Query + "” · " + plural(i.Count, "result", "results")
	}
}

func (i TimelineItem) qualifiedTitle() string {
	title := "Category: " + i.Category.label()
	if i.Confidence > 0 {
		title += " · " + percent(i.Confidence) + " sure"
	}
	return title
}

func (i TimelineItem) decisionTitle() string {
	title := i.By + " " + string(i.Outcome)
	if i.Version > 0 {
		title += " version " + strconv.Itoa(i.Version)
	}
	if i.Surface != SurfaceNone {
		title += " " + i.Surface.phrase()
	}
	return title
}

func (i TimelineItem) byOr(prefix, alone string) string {
	if i.By == "" {
		return alone
	}
	return prefix + i.By
}

func (i TimelineItem) durationWords() string {
	if i.Duration <= 0 {
		return ""
	}
	return " in " + took(i.Duration)
}

// untilWords stand before the time in Until.
func (i TimelineItem) untilWords() string {
	if i.Kind == TimelineUndo {
		return " until it goes out at "
	}
	return " until "
}

// working is the step as an activity.
func (s Step) working() string {
	switch s {
	case StepResearch:
		return "Research"
	case StepQualify:
		return "Qualification"
	case StepDraft:
		return "Drafting"
	case StepReview:
		return "Review"
	case StepSend:
		return "Sending"
	case StepReceived, StepNone:
	}
	return "Step"
}

func inStep(s Step) string {
	if s == StepNone {
		return ""
	}
	return ": " + s.working()
}

// stateKey changes when the page around the timeline is out of date: app.js then fetches it again.
func (v LeadLiveView) stateKey() string {
	return string(v.Progress.State) + ":" + strconv.Itoa(v.Progress.DraftVersion)
}

func swapOutOfBand(is bool) templ.Attributes {
	if !is {
		return templ.Attributes{}
	}
	return templ.Attributes{"hx-swap-oob": "morph:#stepper"}
}

// liveAttributes connect the timeline to its stream, with polling as the way out.
func liveAttributes(v LeadLiveView) templ.Attributes {
	if !v.Live {
		return templ.Attributes{}
	}
	return templ.Attributes{
		"hx-ext":      "sse",
		"sse-connect": LeadEventsPath(v.LeadID),
		"sse-swap":    EventTimeline,
		"sse-close":   EventEnd,
		"hx-get":      LeadTimelinePath(v.LeadID),
		"hx-trigger":  "poll",
		"hx-target":   "this",
		"hx-select":   "unset",
		"hx-swap":     "morph:innerHTML",
		"hx-sync":     "this:drop",
		"aria-live":   "off",
		"data-live":   true,
	}
}

// pageName is a fetched page's title, or its host.
func (i TimelineItem) pageName() string {
	if i.Title != "" {
		return i.Title
	}
	return host(i.URL)
}
