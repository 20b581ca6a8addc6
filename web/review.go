package web

import "time"

// ReviewPage is the review queue: the list, and one review beside it (on a phone, either).
type ReviewPage struct {
	Shell Shell
	// Items is the queue, the most urgent first.
	Items []ReviewItem
	// Selected is the review on the right. On PathReview without a run the handler selects the
	// first item and sets Listing, so that a phone shows the list.
	Selected *Review
	Listing  bool
	// Last is the last decision, for the empty queue.
	Last *Decision
}

// ReviewItem is an entry of the queue.
type ReviewItem struct {
	RunID    string
	Name     string
	Company  string
	Category Category
	// Subject is the draft's subject.
	Subject    string
	ReceivedAt time.Time
	// DueAt is when the review expires; the zero time hides it.
	DueAt time.Time
}

// Review is one draft with everything a reviewer needs. It is shown in the queue and on the
// lead's page.
type Review struct {
	RunID  string
	LeadID string
	Name   string
	Email  string
	// Company, Phone and Owner may be empty.
	Company string
	Phone   string
	Owner   string
	// Message is the prospect's own words.
	Message    string
	ReceivedAt time.Time
	// DueAt is when the review expires; the zero time hides the countdown.
	DueAt    time.Time
	Category Category
	// Reason is the judge's reason; Confidence its confidence from 0 to 1, 0 hides it.
	Reason     string
	Confidence float64
	Draft      Draft
	// Facts are what research found.
	Facts []Fact
	// Flags are warnings in words, such as "The message tries to instruct the model".
	Flags []string
	// CanApprove allows approving and rejecting; CanEdit saving a draft. Without them the draft is
	// shown as text.
	CanApprove bool
	CanEdit    bool
	// Ask names who may approve, when the viewer may not: "Sam Rivera"; may be empty.
	Ask string
	// Conflict is set on 409.
	Conflict *Conflict
	// Problems are the mistakes of the draft or the rejection, on 422; fields FieldSubject,
	// FieldBody, FieldReason, FieldNote.
	Problems Problems
	// RejectReason and RejectNote are what was chosen and typed, kept on 422; either opens the
	// rejection.
	RejectReason RejectReason
	RejectNote   string
}

// Draft is a draft as it is being edited.
type Draft struct {
	// Version is the version that the viewer sees and decides on.
	Version int
	// To and From are addresses, shown and never edited.
	To   string
	From string
	// Subject and Body are what the fields contain: the version's text, or what was typed.
	Subject string
	Body    string
	// Author is a member's name, or empty when the model wrote it.
	Author string
	At     time.Time
}

// ConflictKind is why an action came too late.
type ConflictKind string

// The kinds.
const (
	// ConflictDecided: somebody else decided first. The review is over.
	ConflictDecided ConflictKind = "decided"
	// ConflictNewer: a newer version of the draft exists. What was typed stays in Review.Draft,
	// whose Version is then the newer one; Conflict.Newer has the newer text.
	ConflictNewer ConflictKind = "newer"
	// ConflictMoved: the run has left review for another reason (expired, cancelled, sending).
	ConflictMoved ConflictKind = "moved"
)

// Conflict tells the loser of a race who won.
type Conflict struct {
	Kind ConflictKind
	// By is the name of who decided or wrote the newer version; empty for the model.
	By      string
	At      time.Time
	Surface Surface
	// Outcome is what was decided, for ConflictDecided.
	Outcome Outcome
	// State is the run's state, for ConflictMoved.
	State RunState
	// Newer is the newer version, for ConflictNewer.
	Newer *DraftVersion
	// Typed is what the loser had typed, for ConflictDecided and ConflictMoved, so that it can be
	// copied; nil when nothing was typed.
	Typed *DraftVersion
}

// DraftVersion is one version of a draft.
type DraftVersion struct {
	Version int
	// Author is a member's name, or empty when the model wrote it.
	Author  string
	At      time.Time
	Subject string
	Body    string
}

// Fact is a claim with the words that support it.
type Fact struct {
	// ID names it within the run: "f3".
	ID        string
	Claim     string
	Quotation string
	Kind      SourceKind
	// Title and URL name the source; a URL that is not http(s) is shown as text.
	Title string
	URL   string
	// Used says that the draft relies on it.
	Used bool
}

// Decision is an approval or a rejection.
type Decision struct {
	Outcome Outcome
	// By is the member's name.
	By      string
	Surface Surface
	At      time.Time
	// Version is the draft version decided on; Edited says that a person had changed it.
	Version int
	Edited  bool
	// Reason and Note go with a rejection.
	Reason RejectReason
	Note   string
	// LeadID and LeadName link the lead, where the decision is shown apart from it.
	LeadID   string
	LeadName string
}
