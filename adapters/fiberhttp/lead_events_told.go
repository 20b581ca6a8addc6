package fiberhttp

import (
	"strconv"

	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
	"github.com/leadagent/leadagent/web"
)

// tellEvent gives the items of an event of the state machine.
func (t telling) tellEvent(item web.TimelineItem, kind workflows.EventKind, m ports.Moment) []web.TimelineItem {
	switch kind {
	case workflows.Started:
		item.Kind, item.Step = web.TimelineStepStart, web.StepResearch
	case workflows.Researched:
		return t.researched(item)
	case workflows.QualifiedAs:
		return t.qualified(item, m)
	case workflows.Drafted:
		item.Kind, item.Version = web.TimelineDraft, version(m)
	case workflows.Edited:
		// The event carries the version that the person started from; what they wrote is the next one.
		item.Kind, item.Version = web.TimelineDraft, version(m)+1
	case workflows.ApprovedBy:
		return t.approved(item, m)
	case workflows.RejectedBy:
		item.Kind, item.Outcome, item.Version = web.TimelineDecision, web.OutcomeRejected, version(m)
		item.Surface, item.Detail = web.Surface(m.Data["surface"]), reasonAndNote(m)
	case workflows.Undone:
		item.Kind = web.TimelineUndone
	case workflows.RedraftWanted:
		item.Kind, item.Title, item.Detail = web.TimelineNote, item.By+" asked for another draft", m.Data["problem"]
	case workflows.CancelledBy:
		item.Kind = web.TimelineCancelled
	case workflows.Retried:
		item.Kind = web.TimelineRetried
	case workflows.Reopened:
		item.Kind, item.Title = web.TimelineNote, item.By+" reopened the review"
	case workflows.RanOut:
		item.Kind = web.TimelineExpired
	default:
		return []web.TimelineItem{t.tellSend(item, kind, m)}
	}
	return []web.TimelineItem{item}
}

// tellSend tells what concerns the email, and what went wrong.
func (t telling) tellSend(item web.TimelineItem, kind workflows.EventKind, m ports.Moment) web.TimelineItem {
	switch kind {
	case workflows.Sent:
		item.Kind, item.Detail = web.TimelineSent, t.recipient()
	case workflows.SendDoubtful:
		item.Kind, item.Detail = web.TimelineDoubtful, m.Data["problem"]
	case workflows.ConfirmedSent:
		item.Kind, item.Detail = web.TimelineSettled, "It went."
	case workflows.SendAgain:
		item.Kind, item.Detail = web.TimelineSettled, "It is sent again."
	case workflows.GaveUp, workflows.Broke:
		item.Kind, item.Step, item.Detail = web.TimelineAttention, stepOf(workflows.State(m.Data["from"])), m.Data["problem"]
	default:
		item.Kind, item.Title = web.TimelineNote, string(kind)
	}
	return item
}

// researched tells what was found and how long it took.
func (t telling) researched(item web.TimelineItem) []web.TimelineItem {
	facts := web.TimelineItem{Kind: web.TimelineFacts, At: item.At, Facts: factsOf(t.research, workflows.Draft{})}
	item.Kind, item.Step = web.TimelineStepDone, web.StepResearch
	for _, step := range t.dossier.Steps {
		if step.Name == string(workflows.StepResearch) && !step.FinishedAt.IsZero() {
			item.Duration = step.FinishedAt.Sub(step.StartedAt)
		}
	}
	return []web.TimelineItem{facts, item}
}

// qualified tells the judgement, and the end where no reply follows.
func (t telling) qualified(item web.TimelineItem, m ports.Moment) []web.TimelineItem {
	item.Kind, item.Category, item.Detail = web.TimelineQualified, web.Category(m.Data["category"]), m.Data["problem"]
	if workflows.State(m.Data["to"]) != workflows.Completed {
		return []web.TimelineItem{item}
	}
	return []web.TimelineItem{item, {Kind: web.TimelineCompleted, At: item.At, Detail: "This category needs no reply."}}
}

// approved tells the decision, and until when it can be taken back while it can.
func (t telling) approved(item web.TimelineItem, m ports.Moment) []web.TimelineItem {
	item.Kind, item.Outcome, item.Version, item.Surface = web.TimelineDecision, web.OutcomeApproved, version(m), web.Surface(m.Data["surface"])
	until := moment(m.Data["undo_until"])
	run := t.dossier.Run
	if run == nil || run.State != workflows.Sending || until.IsZero() || !t.clock.Now.Before(until) {
		return []web.TimelineItem{item}
	}
	return []web.TimelineItem{item, {Kind: web.TimelineUndo, At: item.At, Until: until}}
}

// recipient is who got the newest email.
func (t telling) recipient() string {
	if email := emailOf(t.dossier); email != nil {
		return email.To
	}
	return ""
}

func version(m ports.Moment) int {
	n, err := strconv.Atoi(m.Data["version"])
	if err != nil {
		return 0
	}
	return n
}

// reasonAndNote are why a draft was rejected.
func reasonAndNote(m ports.Moment) string {
	words := reasonWords(m.Data["reason"])
	if note := m.Data["note"]; note != "" {
		return words + ": " + note
	}
	return words
}

func reasonWords(reason string) string {
	switch web.RejectReason(reason) {
	case web.RejectWrongFacts:
		return "Wrong facts"
	case web.RejectTone:
		return "Tone"
	case web.RejectWrongCategory:
		return "Wrong category"
	case web.RejectSpam:
		return "Spam"
	case web.RejectOther:
	}
	return "Other"
}
