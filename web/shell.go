package web

import "time"

// Section is an entry of the main navigation.
type Section string

// The sections.
const (
	SectionNone     Section = ""
	SectionReview   Section = "review"
	SectionLeads    Section = "leads"
	SectionOverview Section = "overview"
)

// Shell is what surrounds every page of a member: navigation, identity, banners, toasts.
type Shell struct {
	// Title is the page's own title; the organization's name is added to it.
	Title string
	// Section is the navigation entry that is marked as current.
	Section Section
	// Organization is the name of the signed-in organization.
	Organization string
	// Viewer is the signed-in member.
	Viewer Viewer
	// CSRF is the session's token for CSRFField and CSRFHeader.
	CSRF string
	// Clock renders every time on the page.
	Clock Clock
	// AwaitingReview is the count on the Review entry; 0 hides the badge.
	AwaitingReview int
	// ShowReview and ShowOverview show the entries; Leads is shown to every member.
	ShowReview   bool
	ShowOverview bool
	// CanSwitch shows the link to the organization page: the member belongs to several.
	CanSwitch bool
	// Sandbox is set by `dev` only and shows the sandbox banner.
	Sandbox *Sandbox
	// Notices are standing conditions, such as a vendor that cannot be reached.
	Notices []Notice
	// Toasts are what has just happened, shown once after a redirect.
	Toasts []Toast
	// Identity lets the page keep the session token fresh.
	Identity Identity
}

// Viewer is the signed-in member as the user menu shows them.
type Viewer struct {
	Name  string
	Email string
	// Role is in words: "Admin", "Manager", "Member".
	Role string
}

// Sandbox links the emulated vendors of `dev`. An empty URL hides its link.
type Sandbox struct {
	MailboxURL string
	SlackURL   string
}

// Notice is a banner over the page.
type Notice struct {
	Tone Tone
	// Text is a sentence without a final full stop, such as "Slack cannot be reached".
	Text string
	// Since is when it began; the zero time shows nothing.
	Since time.Time
	// Detail says what it means for the reader, such as "Reviews wait here."
	Detail string
	// Href and Link are an optional link.
	Href string
	Link string
}

// Toast is a short message about what has just happened.
type Toast struct {
	Tone Tone
	Text string
	// UndoRunID, when set, offers to undo that run's approval.
	UndoRunID string
}

// Identity is what identity.js needs to fetch fresh session tokens: the origin of the identity
// provider's frontend API, such as https://clerk.example.com (no final slash), and the session's
// id. Empty values switch it off.
type Identity struct {
	FrontendAPI string
	SessionID   string
}
