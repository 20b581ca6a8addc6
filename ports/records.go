package ports

import (
	"context"
	"time"

	"github.com/leadagent/leadagent/domain/billing"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
)

// OrganizationSettings is an organization with what its pipeline needs to know.
type OrganizationSettings struct {
	tenancy.Organization
	Criteria     map[leads.Category]string // in the organization's words; missing ones have the defaults
	AllowedLinks []string                  // hosts that a draft may link to
}

// Organizations reads and writes the scope's own organization.
type Organizations interface {
	// Get gives the organization; NotFound when it is not stored yet.
	Get(ctx context.Context) (OrganizationSettings, error)
	// Put creates or replaces the organization's settings. CreatedAt is kept when the organization exists.
	Put(ctx context.Context, o OrganizationSettings) error
}

// Members are the people of the organization.
type Members interface {
	// Get gives one member, revoked ones included (Active false); NotFound for anybody else.
	Get(ctx context.Context, id tenancy.UserID) (tenancy.Member, error)
	// ByEmail gives the active member with this address, compared in lower case; NotFound when there is none or more than one.
	ByEmail(ctx context.Context, email string) (tenancy.Member, error)
	// Put creates or updates a member. A role known as of an earlier moment than the stored one does not replace it.
	Put(ctx context.Context, m tenancy.Member, asOf time.Time) error
	// List gives the active members by name.
	List(ctx context.Context) ([]tenancy.Member, error)
}

// Form is one hosted form.
type Form struct {
	ID             string
	Key            string
	Title          string
	Intro          string
	Thanks         string
	Accent         string
	AllowedOrigins []string
	Active         bool
}

// Forms are the organization's hosted forms.
type Forms interface {
	// Get gives a form by its id; NotFound otherwise.
	Get(ctx context.Context, id string) (Form, error)
	// List gives every form, the oldest first.
	List(ctx context.Context) ([]Form, error)
	// Put creates or replaces a form by its id.
	Put(ctx context.Context, f Form) error
}

// Leads are the organization's leads.
type Leads interface {
	// Get gives a lead; NotFound when this organization has none of that id.
	Get(ctx context.Context, id leads.ID) (leads.Lead, error)
	// SetJudgement stores category and reason.
	SetJudgement(ctx context.Context, id leads.ID, c leads.Category, reason string) error
	// SetStatus stores the status.
	SetStatus(ctx context.Context, id leads.ID, s leads.Status) error
	// SetDetails writes the parts that are not nil; an empty company or phone is none. An AssignedTo that is no active member is Invalid.
	SetDetails(ctx context.Context, id leads.ID, d LeadDetails) error
	// Known gives earlier leads of the same person, mail domain or company name, the newest first, without the lead itself. Any of the three
	// may be empty. Free-mail domains are the caller's matter.
	Known(ctx context.Context, q KnownQuery) ([]leads.Lead, error)
	// Create stores a lead as it is, outside the intake's counting (release from quarantine, seeds). The id must be new.
	Create(ctx context.Context, l leads.Lead, formID string) error
}

// LeadDetails are the parts of a lead that members may write.
type LeadDetails struct {
	Name, Company, Phone *string
	AssignedTo           *tenancy.UserID // empty: nobody
}

// KnownQuery says by what earlier leads are looked for.
type KnownQuery struct {
	Email, Domain, Company string
	Except                 leads.ID
	Limit                  int
}

// Lease is a worker's hold on a run. Whatever it writes names the attempt, so that a worker that lost its hold writes nothing.
type Lease struct {
	Run     workflows.ID
	Attempt int
	Until   time.Time
}

// Carriage is how a run is being carried on, beside its state.
type Carriage struct {
	Tries      int // claims in a row that ended without giving the lease back: their workers died
	Failures   int // vendors' faults in a row in the step at hand
	TokensIn   int64
	TokensOut  int64
	CostMicros int64     // millionths of a US dollar
	WakeAt     time.Time // zero: only a person goes on
	WaitingFor string    // what a parked run waits for, in words; empty when it does not wait
}

// Spent is what a call to the model used.
type Spent struct {
	TokensIn, TokensOut int64
	CostMicros          int64
	Took                time.Duration
}

// Plus adds two calls up.
func (s Spent) Plus(o Spent) Spent {
	return Spent{
		TokensIn: s.TokensIn + o.TokensIn, TokensOut: s.TokensOut + o.TokensOut, CostMicros: s.CostMicros + o.CostMicros, Took: s.Took + o.Took,
	}
}

// Runs are the records of runs.
type Runs interface {
	// Create stores a new run, due at once.
	Create(ctx context.Context, r workflows.Run) error
	// Get gives a run and how it is carried; NotFound when this organization has none of that id.
	Get(ctx context.Context, id workflows.ID) (workflows.Run, Carriage, error)
	// OfLead gives the run of a lead; NotFound when it has none.
	OfLead(ctx context.Context, id leads.ID) (workflows.Run, error)
	// Lock is Get that holds the row until the transaction ends, with the database's time after the lock was had.
	Lock(ctx context.Context, id workflows.ID) (workflows.Run, time.Time, error)
	// LockHeld is Lock for the lease's holder; Stale when the lease was lost.
	LockHeld(ctx context.Context, l Lease) (workflows.Run, time.Time, error)
	// Claim takes the lease of a run that is due (wake_at reached, database time) and held by nobody, and counts a try. It gives false when
	// there is nothing to do: unknown run, not due, held, ended.
	Claim(ctx context.Context, id workflows.ID, ttl time.Duration) (Lease, bool, error)
	// Extend lengthens the hold; Stale when it was lost.
	Extend(ctx context.Context, l Lease, ttl time.Duration) error
	// SaveHeld stores the run for its holder, who goes on with it: failures and tries start anew. Stale when the lease was lost.
	SaveHeld(ctx context.Context, l Lease, r workflows.Run) error
	// Save stores the run after a person's or the clock's event. Whatever worker holds it loses its hold; wake time and outbox row follow
	// from the run's state.
	Save(ctx context.Context, r workflows.Run) error
	// Release gives the lease back. Wake time and outbox row follow from the run's state, or are put off by wait while the run stays due
	// (wait > 0); the reason is shown. failed counts one more of a vendor's faults. Stale when the lease was lost.
	Release(ctx context.Context, l Lease, wait time.Duration, reason string, failed bool) error
	// Spend adds tokens and cost to the run for its holder; Stale when the lease was lost.
	Spend(ctx context.Context, l Lease, s Spent) error
	// SetResearch stores the research results that are shown (JSON).
	SetResearch(ctx context.Context, id workflows.ID, results []byte) error
	// SpentToday sums the tokens of the organization's runs since the start of the UTC day.
	SpentToday(ctx context.Context) (int64, error)
}

// Steps are the checkpoints of runs.
type Steps interface {
	// Begin marks a step as started by this attempt and tells whether it is finished already, with its output.
	Begin(ctx context.Context, l Lease, name string) (output []byte, finished bool, err error)
	// Finish stores a step's output. A step that is finished already is a Stale fault: it never finishes twice.
	Finish(ctx context.Context, l Lease, name string, output []byte, spent Spent) error
	// Fail notes why the step did not finish this time.
	Fail(ctx context.Context, l Lease, name, why string) error
	// Output gives a finished step's output, or nil.
	Output(ctx context.Context, run workflows.ID, name string) ([]byte, error)
	// Record stores a step that was done with the transaction itself, such as the decision.
	Record(ctx context.Context, run workflows.ID, name string, output []byte) error
}

// SourceText is a text that the reader saw, kept so that quotations can be checked against it.
type SourceText struct {
	ID    string `json:"id"`   // message, s1, s2, …
	Kind  string `json:"kind"` // message, search, page, crm
	URL   string `json:"url,omitempty"`
	Title string `json:"title,omitempty"`
	Text  string `json:"text"`
}

// Action is one recorded thing of a research turn.
type Action struct {
	Turn     int // from 1
	Position int // 0: the reader's answer; from 1: its actions
	Tool     string
	Argument string
	OK       bool
	Note     string
	Answer   []byte // the reader's answer (JSON) at position 0
	Sources  []SourceText
	Spent    Spent
	At       time.Time
}

// Actions are the recorded research turns of runs.
type Actions interface {
	// Add records an action for the run's holder. The same turn and position again is a Stale fault.
	Add(ctx context.Context, l Lease, a Action) error
	// List gives the run's actions in their order.
	List(ctx context.Context, run workflows.ID) ([]Action, error)
}

// Drafts are the versions of replies.
type Drafts interface {
	// Add stores a version and makes it the run's shown draft. An existing version is a Conflict.
	Add(ctx context.Context, run workflows.ID, d workflows.Draft) error
	// Get gives one version; NotFound otherwise.
	Get(ctx context.Context, run workflows.ID, version int) (workflows.Draft, error)
	// List gives all versions, the oldest first.
	List(ctx context.Context, run workflows.ID) ([]workflows.Draft, error)
}

// Decision is what a person decided.
type Decision struct {
	Kind    workflows.EventKind
	Version int
	By      tenancy.UserID
	Surface tenancy.Surface
	Reason  string
	Note    string
	At      time.Time
}

// Decisions are the decisions on runs.
type Decisions interface {
	Add(ctx context.Context, run workflows.ID, d Decision) error
	List(ctx context.Context, run workflows.ID) ([]Decision, error)
}

// EmailStatus is how far an email has come.
type EmailStatus string

// The statuses of an email.
const (
	EmailQueued      EmailStatus = "queued"
	EmailHandingOver EmailStatus = "handing_over" // may have gone; set just before the message is transmitted
	EmailSent        EmailStatus = "sent"
	EmailDoubtful    EmailStatus = "doubtful"
	EmailRefused     EmailStatus = "refused"
	EmailDropped     EmailStatus = "dropped"
)

// Email is one message, fixed word for word before it may leave.
type Email struct {
	ID           string
	Run          workflows.ID
	Number       int
	Kind         string // reply or handover
	DraftVersion int
	FromName     string
	ReplyTo      string
	To           leads.EmailAddress
	Subject      string
	Body         string
	MessageID    string // without angle brackets
	Status       EmailStatus
	Problem      string
	HandedOverAt time.Time // since when it may have gone; a repeat of the handing over leaves it
	SentAt       time.Time
	CreatedAt    time.Time
}

// Emails are the emails of runs.
type Emails interface {
	// Add stores a queued email. The same number again is a Conflict.
	Add(ctx context.Context, e Email) error
	// Last gives the run's newest email that was not dropped; NotFound when there is none.
	Last(ctx context.Context, run workflows.ID) (Email, error)
	// List gives all, the oldest first.
	List(ctx context.Context, run workflows.ID) ([]Email, error)
	// SetStatus moves an email from one status to another; Conflict when it is not in from. HandedOverAt is set (database time) when the
	// email comes to EmailHandingOver from another status, kept when it is there already and only handed over again, and taken away when
	// the email goes back to EmailQueued.
	SetStatus(ctx context.Context, id string, from, to EmailStatus, problem string) error
}

// Moment is something that happened to a run, as its page tells it.
type Moment struct {
	ID   int64
	Kind string
	Data map[string]string
	At   time.Time
}

// Timeline is what happened to runs.
type Timeline interface {
	Add(ctx context.Context, run workflows.ID, kind string, data map[string]string) error
	// List gives the moments after the given one, in their order; 0 for all.
	List(ctx context.Context, run workflows.ID, after int64) ([]Moment, error)
}

// AuditEntry is one change. Before and After hold personal values and may be nil; they are only kept when Lead is set.
type AuditEntry struct {
	Action      string // lead.received, draft.edited, run.approved …
	SubjectKind string // lead, run, form, member …
	SubjectID   string
	Fields      []string
	Lead        leads.ID
	Before      map[string]string
	After       map[string]string
}

// Audit is the log of changes. It can only grow. Actor and surface come from the scope.
type Audit interface {
	Add(ctx context.Context, e AuditEntry) error
}

// Usages count leads against the plan.
type Usages interface {
	// Current gives the usage of the period that holds now, without creating one.
	Current(ctx context.Context) (billing.Usage, error)
}
