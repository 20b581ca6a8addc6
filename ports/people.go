package ports

import (
	"context"
	"time"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
)

// Mailer hands an email over to the transport.
type Mailer interface {
	// Send transmits the email. Just before the message itself may reach the other side it calls handover; an error of handover stops the
	// send with nothing transmitted and is passed on. Faults: Unavailable or Busy (nothing was accepted, try later), Refused (the other side
	// said no for good), Doubtful (the message was transmitted and no answer came that tells what became of it). Each speaks of this call
	// alone: what an earlier one for the same email did stays as it was.
	Send(ctx context.Context, e Email, handover func(ctx context.Context) error) error
	// RepeatSafeFor is how long after its first handover the same email, by its ID, may be sent again although it may have been accepted:
	// the other side then takes it once. 0: never, as with SMTP.
	RepeatSafeFor() time.Duration
}

// Claims is who a session token speaks of.
type Claims struct {
	User     tenancy.UserID
	Org      tenancy.OrgID // empty: no active organization
	OrgSlug  string
	Role     tenancy.Role
	Session  string
	IssuedAt time.Time
	Expires  time.Time
}

// Identity is the identity provider.
type Identity interface {
	// Verify checks a session token; Unauthenticated for any that is not wholly right.
	Verify(ctx context.Context, token string) (Claims, error)
	// Lookup asks the provider for a membership and its organization; NotFound when there is none, Unavailable when the provider cannot be
	// reached.
	Lookup(ctx context.Context, org tenancy.OrgID, user tenancy.UserID) (tenancy.Organization, tenancy.Member, error)
	// End ends a session at the provider, so that it gives out no more tokens. A session that has ended already is no error; Unavailable when
	// the provider cannot be reached.
	End(ctx context.Context, session string) error
}

// Sealer keeps vendors' tokens at rest. The organization is bound into the seal, so that a sealed token moved to another organization's
// row does not open.
type Sealer interface {
	Seal(org tenancy.OrgID, secret string) ([]byte, error)
	Open(org tenancy.OrgID, sealed []byte) (string, error)
}

// Installation is where an organization's reviews are shown in Slack.
type Installation struct {
	TeamID, TeamName       string
	ChannelID, ChannelName string
	BotUserID              string
	TokenSealed            []byte
	InstalledBy            tenancy.UserID
	Revoked                bool
}

// Installations hold the organization's Slack installation.
type Installations interface {
	// Get gives the installation; NotFound when there is none or it was revoked.
	Get(ctx context.Context) (Installation, error)
	Put(ctx context.Context, i Installation) error
}

// CardState is how far a run's Slack card has come.
type CardState struct {
	Run       workflows.ID
	ChannelID string
	MessageTS string // empty: not known to be posted
	Posting   bool   // a post was begun and its outcome was not recorded
	Wanted    int
	Shown     int
	Failures  int
	Problem   string
	UpdatedAt time.Time
}

// Cards are the Slack cards of runs.
type Cards interface {
	// Want asks for the card to be posted or brought up to date, and puts a row into the outbox.
	Want(ctx context.Context, run workflows.ID) error
	// Get gives the card's state; NotFound when none was ever wanted.
	Get(ctx context.Context, run workflows.ID) (CardState, error)
	// Claim takes the card for ttl when it is behind and due and held by nobody; false otherwise. The Lease's Run and Attempt fence what
	// follows.
	Claim(ctx context.Context, run workflows.ID, ttl time.Duration) (Lease, CardState, bool, error)
	// Posting marks that a first post begins; Stale when the hold was lost.
	Posting(ctx context.Context, l Lease, channel string) error
	// Shown records what Slack has now and gives the hold back; when more is wanted meanwhile the outbox gets a row. Stale when lost.
	Shown(ctx context.Context, l Lease, channel, ts string, shown int) error
	// PutOff gives the hold back and tries again after wait; the problem is shown. A wait below zero gives up until the card is wanted anew.
	PutOff(ctx context.Context, l Lease, wait time.Duration, problem string) error
}

// Card is what a reviewer sees of a run, wherever it is shown. Every text but those of the program itself is untrusted.
type Card struct {
	Run          workflows.ID
	State        workflows.State
	Category     leads.Category
	Confidence   float64
	Reason       string
	Name         string
	Email        string
	Company      string
	Phone        string
	Message      string
	To           string
	Subject      string
	Body         string
	DraftVersion int
	Received     time.Time
	ReviewDue    time.Time
	Sources      []string // titles or hosts of what was read
	CostMicros   int64
	Outcome      string // "Approved by Sam 14:02 · sent 14:02"; empty while it waits
	Problem      string
	URL          string // the lead's page
	Zone         *time.Location
}

// MessageRef names a message in Slack.
type MessageRef struct {
	Channel, TS string
}

// ReviewChannel shows cards in Slack. Faults: Busy with RetryAfter, Unavailable (nothing happened or it cannot be told: look with Find),
// Refused with what Slack said (token revoked, channel gone).
type ReviewChannel interface {
	Post(ctx context.Context, token, channel string, c Card) (MessageRef, error)
	Update(ctx context.Context, token string, ref MessageRef, c Card) error
	// Find looks for a card of the run posted since the given time; NotFound when there is none.
	Find(ctx context.Context, token, channel string, run workflows.ID, since time.Time) (MessageRef, error)
	// Person gives the verified email address and the display name of a Slack user; NotFound when Slack knows none.
	Person(ctx context.Context, token, slackUser string) (email, name string, err error)
	// Tell shows a message to the clicker alone, through the click's response address.
	Tell(ctx context.Context, responseURL, text string) error
}

// Callback is a vendor's callback as it was stored.
type Callback struct {
	ID         string
	Vendor     string
	EventID    string // by which a repeated delivery is known
	Run        workflows.ID
	Body       []byte
	ReceivedAt time.Time
}

// Callbacks are stored callbacks that wait to be processed.
type Callbacks interface {
	// Add stores a callback and puts a row into the outbox. A repeated delivery is stored once and is no error.
	Add(ctx context.Context, c Callback) error
	// Waiting gives the unprocessed callbacks of a run, the oldest first, locked until the transaction ends.
	Waiting(ctx context.Context, run workflows.ID) ([]Callback, error)
	// Processed marks one as done, with what went wrong if anything did.
	Processed(ctx context.Context, id, problem string) error
}

// Click is a button pressed in Slack.
type Click struct {
	EventID     string // the same for repeated deliveries of one press
	Team        string
	User        string // Slack's id of the clicker
	Action      string // approve or reject
	Run         workflows.ID
	Version     int // the draft version on the card
	ResponseURL string
}

// Clicks reads what Slack sends.
type Clicks interface {
	// Verify checks the signature of the raw body (https://api.slack.com/authentication/verifying-requests-from-slack); Unauthenticated when
	// it is missing, wrong, or more than five minutes off either way.
	Verify(signature, timestamp string, raw []byte) error
	// Parse reads a verified raw body. It gives false for an interaction that asks nothing of us, such as a link button; Malformed for a body
	// that cannot be read.
	Parse(raw []byte) (Click, bool, error)
}
