package web

import (
	"strconv"
	"strings"
)

// plural counts in words: plural(1, "lead", "leads") is "1 lead".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// number groups thousands: 12345 is "12,345".
func number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var parts []string
	for len(digits) > 3 {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
		digits = digits[:len(digits)-3]
	}
	return sign + strings.Join(append([]string{digits}, parts...), ",")
}

// label is the category in words.
func (c Category) label() string {
	switch c {
	case CategoryQualified:
		return "Qualified"
	case CategoryFollowUp:
		return "Follow-up"
	case CategorySupport:
		return "Support"
	case CategoryUnqualified:
		return "Unqualified"
	case CategoryNone:
		return "Not judged yet"
	}
	return string(c)
}

// label is the status in words.
func (s LeadStatus) label() string {
	switch s {
	case LeadPending:
		return "Pending"
	case LeadApproved:
		return "Approved"
	case LeadRejected:
		return "Rejected"
	case LeadClosed:
		return "Closed"
	case LeadHeld:
		return "Held"
	case LeadQuarantined:
		return "Quarantined"
	}
	return string(s)
}

// label is the run's state in words.
func (s RunState) label() string {
	switch s {
	case RunNone:
		return "Not started"
	case RunQueued:
		return "Queued"
	case RunResearching:
		return "Researching"
	case RunQualifying:
		return "Qualifying"
	case RunDrafting:
		return "Drafting"
	case RunAwaitingReview:
		return "Awaiting review"
	case RunSending:
		return "Sending"
	case RunCompleted:
		return "Completed"
	case RunRejected:
		return "Rejected"
	case RunCancelled:
		return "Cancelled"
	case RunExpired:
		return "Expired"
	case RunFailed:
		return "Failed"
	case RunNeedsAttention:
		return "Needs attention"
	}
	return string(s)
}

// label is the step's name.
func (s Step) label() string {
	switch s {
	case StepReceived:
		return "Received"
	case StepResearch:
		return "Research"
	case StepQualify:
		return "Qualify"
	case StepDraft:
		return "Draft"
	case StepReview:
		return "Review"
	case StepSend:
		return "Sent"
	case StepNone:
		return ""
	}
	return string(s)
}

// phrase is the surface after a verb: "in Slack".
func (s Surface) phrase() string {
	switch s {
	case SurfaceSlack:
		return "in Slack"
	case SurfaceDashboard:
		return "in the dashboard"
	case SurfaceAPI:
		return "by the API"
	case SurfaceNone:
		return ""
	}
	return string(s)
}

// label is the kind of source in words.
func (k SourceKind) label() string {
	switch k {
	case SourceMessage:
		return "Message"
	case SourceSearch:
		return "Search"
	case SourcePage:
		return "Web page"
	case SourceCRM:
		return "Earlier leads"
	case SourceKnowledge:
		return "Knowledge"
	}
	return string(k)
}

// label is the reason in words.
func (r RejectReason) label() string {
	switch r {
	case RejectWrongFacts:
		return "Wrong facts"
	case RejectTone:
		return "Tone"
	case RejectWrongCategory:
		return "Wrong category"
	case RejectSpam:
		return "Spam"
	case RejectOther:
		return "Other"
	}
	return string(r)
}

// initials are up to two letters for an avatar.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return "?"
	}
	if len(words) > 2 {
		words = []string{words[0], words[len(words)-1]}
	}
	var b strings.Builder
	for _, word := range words {
		for _, letter := range word {
			b.WriteString(strings.ToUpper(string(letter)))
			break
		}
	}
	return b.String()
}

// firstName is the first word of a name, or the whole of it.
func firstName(name string) string {
	if first, _, found := strings.Cut(strings.TrimSpace(name), " "); found {
		return first
	}
	return name
}
