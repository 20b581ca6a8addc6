package web

import "time"

// LeadPage is everything about one lead.
type LeadPage struct {
	Shell Shell
	Lead  Lead
	// Live is the progress and the timeline, which are also sent over the stream.
	Live LeadLiveView
	// Review is set while the run awaits review (or when an action on it met a conflict).
	Review *Review
	// Attention is set while a person must look.
	Attention *Attention
	// Actions says what the viewer may do with the run.
	Actions LeadActions
	// Facts and Sources are what research found and read.
	Facts   []Fact
	Sources []Source
	// Drafts are the versions, newest first; Decisions likewise.
	Drafts    []DraftVersion
	Decisions []Decision
	// Email is the message as handed over, once there is one.
	Email *SentEmail
	// Others are other leads of the same person, newest first.
	Others []LeadRow
}

// Lead is the lead's own data.
type Lead struct {
	ID       string
	Name     string
	Email    string
	Company  string
	Phone    string
	Message  string
	Category Category
	// Reason and Confidence (0 to 1, 0 hides it) are the judge's.
	Reason     string
	Confidence float64
	Status     LeadStatus
	// Owner is the assigned member's name, or empty.
	Owner      string
	ReceivedAt time.Time
	// Reference is what the prospect was given; empty hides it.
	Reference string
	// Source is where the lead came from, as pairs to show: "Campaign" / "autumn". Values are
	// untrusted text.
	Source []Pair
}

// Pair is a label with its value.
type Pair struct {
	Label string
	Value string
}

// Source is something that research read.
type Source struct {
	Kind  SourceKind
	Title string
	URL   string
	// Note is optional: "4 facts", "could not be read: time-out".
	Note string
	// Failed says that it could not be read.
	Failed bool
}

// LeadActions says what the viewer may do with the run now; the handler has checked both the
// permission and the state.
type LeadActions struct {
	RunID     string
	CanRetry  bool
	CanCancel bool
	CanSettle bool
	CanUndo   bool
	// UndoUntil is when the email goes out, while CanUndo.
	UndoUntil time.Time
}

// AttentionKind is why a run needs a person.
type AttentionKind string

// The kinds.
const (
	// AttentionStuck: a step gave up (vendor, model output, budget). Retry is the way on.
	AttentionStuck AttentionKind = "stuck"
	// AttentionDoubtfulSend: the mail server may or may not have taken the email.
	AttentionDoubtfulSend AttentionKind = "doubtful_send"
	// AttentionFailed: the run failed for good unless it is retried.
	AttentionFailed AttentionKind = "failed"
)

// Attention explains what a person must look at.
type Attention struct {
	Kind AttentionKind
	// Step is where the run stopped.
	Step Step
	// Reason is a safe sentence, such as "The model refused to answer three times."
	Reason string
	At     time.Time
}

// SentEmail is the message as handed over.
type SentEmail struct {
	To      string
	From    string
	Subject string
	Body    string
	State   EmailState
	// At is when it was handed over, or when the doubt arose.
	At time.Time
	// MessageID is the Message-ID header; empty hides it.
	MessageID string
}

// EmailState is what is known of an email's delivery.
type EmailState string

// The states.
const (
	EmailPending  EmailState = "pending"  // recorded, not handed over yet
	EmailSent     EmailState = "sent"     // the server has taken it
	EmailDoubtful EmailState = "doubtful" // the connection broke after the text was sent
	EmailFailed   EmailState = "failed"   // the server refused it
)

// LeadLiveView is the part of a lead's page that moves as the run does. The component LeadLive
// renders it for the stream and for polling.
type LeadLiveView struct {
	LeadID   string
	Clock    Clock
	Progress Progress
	Items    []TimelineItem
	// Live keeps the stream open; false once the run has ended.
	Live bool
}

// Progress is the stepper at the top of a lead's page.
type Progress struct {
	State RunState
	// Status is the lead's, for leads without a run.
	Status LeadStatus
	// At is the step where the run stopped, for needs_attention, failed, cancelled, expired and
	// rejected; ignored otherwise.
	At Step
	// NoReply says that the run completed without a draft, as its category calls for none.
	NoReply bool
	// DraftVersion is the newest version, 0 before there is one.
	DraftVersion int
	// Waiting is set while the run waits for a vendor: "the model", "Slack"; Until is when it tries
	// again (zero: unknown).
	Waiting string
	Until   time.Time
}

// TimelineKind is what happened.
type TimelineKind string

// The kinds, with the fields of TimelineItem that each shows beside At.
const (
	TimelineReceived  TimelineKind = "received"   // Detail: the source
	TimelineHeld      TimelineKind = "held"       // Detail
	TimelineStepStart TimelineKind = "step_start" // Step
	TimelineStepDone  TimelineKind = "step_done"  // Step, Duration, Detail
	TimelineSearch    TimelineKind = "search"     // Query, Count (results), Failed, Detail
	TimelineFetch     TimelineKind = "fetch"      // URL, Title, Failed, Detail
	TimelineCRM       TimelineKind = "crm"        // Query, Count, Failed, Detail
	TimelineFacts     TimelineKind = "facts"      // Facts
	TimelineWaiting   TimelineKind = "waiting"    // Vendor, Until, Detail
	TimelineQualified TimelineKind = "qualified"  // Category, Confidence, Detail: the reason
	TimelineDraft     TimelineKind = "draft"      // Version, By (empty: the model)
	TimelineCard      TimelineKind = "card"       // Detail: the channel, "#leads"
	TimelineReminder  TimelineKind = "reminder"   // Detail
	TimelineDecision  TimelineKind = "decision"   // Outcome, By, Surface, Version, Detail: reason and note
	TimelineUndo      TimelineKind = "undo"       // Until: when it goes out
	TimelineUndone    TimelineKind = "undone"     // By
	TimelineSending   TimelineKind = "sending"    // Detail
	TimelineSent      TimelineKind = "sent"       // Detail: the recipient
	TimelineDoubtful  TimelineKind = "doubtful"   // Detail
	TimelineSettled   TimelineKind = "settled"    // By, Detail
	TimelineAttention TimelineKind = "attention"  // Step, Detail
	TimelineRetried   TimelineKind = "retried"    // By
	TimelineCancelled TimelineKind = "cancelled"  // By
	TimelineExpired   TimelineKind = "expired"    // Detail
	TimelineCompleted TimelineKind = "completed"  // Detail
	TimelineNote      TimelineKind = "note"       // Title, Detail: anything else
)

// TimelineItem is one thing that happened, oldest first in a timeline. Which fields a kind shows
// stands beside the kind; the rest is ignored.
type TimelineItem struct {
	Kind       TimelineKind
	At         time.Time
	Step       Step
	Duration   time.Duration
	Title      string
	Detail     string
	Query      string
	URL        string
	Count      int
	Failed     bool
	Facts      []Fact
	Vendor     string
	Until      time.Time
	Category   Category
	Confidence float64
	Version    int
	Outcome    Outcome
	By         string
	Surface    Surface
}
