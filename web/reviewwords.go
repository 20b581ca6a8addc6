package web

import "strings"

// self is where the list refreshes itself from: the review that is shown stays the marked one, even
// when a more urgent one arrives.
func (p ReviewPage) self() string {
	if p.Selected == nil {
		return PathReview
	}
	return ReviewPath(p.Selected.RunID)
}

func (p ReviewPage) selected(runID string) bool {
	return p.Selected != nil && p.Selected.RunID == runID
}

func truth(is bool) string {
	if is {
		return "true"
	}
	return "false"
}

// over says that the review has ended, so that only the conflict is left to show.
func (r Review) over() bool {
	return r.Conflict != nil && r.Conflict.Kind != ConflictNewer
}

// rejecting says that the rejection is open.
func (r Review) rejecting() bool {
	return r.RejectReason != "" || r.RejectNote != "" ||
		r.Problems.of(FieldReason) != "" || r.Problems.of(FieldNote) != ""
}

// mainPath is where Enter in the subject goes: saving, where that is allowed, never sending.
func (r Review) mainPath() string {
	if r.CanEdit {
		return SaveDraftPath(r.RunID)
	}
	return ApprovePath(r.RunID)
}

func authorWords(author string) string {
	if author == "" {
		return "written by the model"
	}
	return "by " + author
}

func outcomeIcon(outcome Outcome) string {
	if outcome == OutcomeApproved {
		return "check"
	}
	return "cross"
}

func (k Conflict) who() string {
	if k.By == "" {
		return "The model"
	}
	return k.By
}

// lead is the conflict's first words; the time and the surface follow.
func (k Conflict) lead() string {
	switch k.Kind {
	case ConflictDecided:
		return k.who() + " " + string(k.Outcome) + " this"
	case ConflictNewer:
		return "A newer version exists: " + k.who() + " saved one"
	case ConflictMoved:
		return "This is no longer in review: " + strings.ToLower(k.State.label())
	}
	return "This has changed"
}

func (k Conflict) words() string {
	switch k.Kind {
	case ConflictDecided:
		return "Your decision was not counted, and nothing was sent twice."
	case ConflictNewer:
		return "What you typed stays below. Compare the two: saving or approving now puts your text in place of the newer one."
	case ConflictMoved:
		return "Your action was not carried out."
	}
	return ""
}

// versionWords go on from who decided: "version 2, edited".
func (d Decision) versionWords() string {
	words := "version " + number0(d.Version)
	if d.Edited {
		words += ", edited"
	}
	return words
}

func (d Decision) reasonWords() string {
	switch {
	case d.Reason == "":
		return d.Note
	case d.Note == "":
		return d.Reason.label()
	default:
		return d.Reason.label() + ": " + d.Note
	}
}

// endWords close the sentence of a decision: "in Slack, edited".
func (d Decision) endWords() string {
	words := ""
	if d.Surface != SurfaceNone {
		words = " " + d.Surface.phrase()
	}
	if d.Edited {
		words += ", edited"
	}
	return words
}
