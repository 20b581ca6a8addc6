package web

// Category is a lead's qualification, with the values of the column qualification_category. The
// zero value means that the lead has not been judged yet.
type Category string

// The categories, as stored.
const (
	CategoryNone        Category = ""
	CategoryQualified   Category = "QUALIFIED"
	CategoryFollowUp    Category = "FOLLOW_UP"
	CategorySupport     Category = "SUPPORT"
	CategoryUnqualified Category = "UNQUALIFIED"
)

// LeadStatus is a lead's status, with the values of the column leads.status.
type LeadStatus string

// The statuses, as stored.
const (
	LeadPending     LeadStatus = "pending"
	LeadApproved    LeadStatus = "approved"
	LeadRejected    LeadStatus = "rejected"
	LeadClosed      LeadStatus = "closed"
	LeadHeld        LeadStatus = "held"
	LeadQuarantined LeadStatus = "quarantined"
)

// RunState is the state of a lead's run, with the values of the column workflows.status. The zero
// value means that the lead has no run (held or quarantined).
type RunState string

// The run's states, as stored.
const (
	RunNone           RunState = ""
	RunQueued         RunState = "queued"
	RunResearching    RunState = "researching"
	RunQualifying     RunState = "qualifying"
	RunDrafting       RunState = "drafting"
	RunAwaitingReview RunState = "awaiting_review"
	RunSending        RunState = "sending"
	RunCompleted      RunState = "completed"
	RunRejected       RunState = "rejected"
	RunCancelled      RunState = "cancelled"
	RunExpired        RunState = "expired"
	RunFailed         RunState = "failed"
	RunNeedsAttention RunState = "needs_attention"
)

// Step is a stage of a lead's way. The zero value means "not in any step".
type Step string

// The steps, in the order in which a lead passes them.
const (
	StepNone     Step = ""
	StepReceived Step = "received"
	StepResearch Step = "research"
	StepQualify  Step = "qualify"
	StepDraft    Step = "draft"
	StepReview   Step = "review"
	StepSend     Step = "send"
)

// Surface is where a person acted.
type Surface string

// The surfaces.
const (
	SurfaceNone      Surface = ""
	SurfaceDashboard Surface = "dashboard"
	SurfaceSlack     Surface = "slack"
	SurfaceAPI       Surface = "api"
)

// Outcome is what a decision decided.
type Outcome string

// The outcomes.
const (
	OutcomeApproved Outcome = "approved"
	OutcomeRejected Outcome = "rejected"
)

// Tone is the mood of a notice, toast or tag. The zero value is neutral.
type Tone string

// The tones.
const (
	ToneNeutral Tone = ""
	ToneInfo    Tone = "info"
	ToneSuccess Tone = "success"
	ToneWarning Tone = "warning"
	ToneDanger  Tone = "danger"
)

// SourceKind is where a fact was found.
type SourceKind string

// The kinds of source.
const (
	SourceMessage   SourceKind = "message"
	SourceSearch    SourceKind = "search"
	SourcePage      SourceKind = "page"
	SourceCRM       SourceKind = "crm"
	SourceKnowledge SourceKind = "knowledge"
)

// RejectReason is why a reviewer rejected a draft, with the values of the reject action.
type RejectReason string

// The reasons, in the order in which the select shows them.
const (
	RejectWrongFacts    RejectReason = "wrong_facts"
	RejectTone          RejectReason = "tone"
	RejectWrongCategory RejectReason = "wrong_category"
	RejectSpam          RejectReason = "spam"
	RejectOther         RejectReason = "other"
)
