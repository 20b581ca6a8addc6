package web

import "time"

// SignInPage sends a person to the identity provider.
type SignInPage struct {
	// SignInURL is the identity provider's page, with the way back in it.
	SignInURL string
	// Sandbox says that this is the sandbox of `dev`, where any listed person can be picked.
	Sandbox bool
	// Message is an optional sentence on why the person is here, such as "Your session has ended."
	Message string
}

// SignedOutPage says that the session has ended.
type SignedOutPage struct {
	// SignInURL leads back in; empty means PathSignIn.
	SignInURL string
}

// OrganizationsPage lets a person choose one of their organizations. Each choice posts
// FieldOrganization and FieldNext to PathOrganizations; with Identity set, identity.js first makes
// the choice known to the identity provider and fetches a token for it.
type OrganizationsPage struct {
	Choices []OrganizationChoice
	// CSRF is the session's token.
	CSRF string
	// Next is the local path to go on to.
	Next string
	// Viewer is the signed-in person.
	Viewer   Viewer
	Identity Identity
	// CreateURL is where an organization is made when the person has none; empty hides the link.
	CreateURL string
}

// OrganizationChoice is one organization of the person.
type OrganizationChoice struct {
	ID   string
	Name string
	// Role is in words.
	Role string
	// Current marks the one that is signed in.
	Current bool
}

// RefreshPage fetches a fresh session token in the browser and reloads itself once. It is served
// (with 401 or 200, never cached) to a page request whose token has run out while the identity
// provider's session lives on.
type RefreshPage struct {
	Identity Identity
	// SignInURL is the link for a browser without JavaScript, and when the token cannot be had.
	SignInURL string
}

// ErrorPage is every page that says no: 403, 404, 409, 413, 429, 500, 503.
type ErrorPage struct {
	// Status is the HTTP status and picks the words.
	Status int
	// Shell surrounds the page when the person is signed in; nil shows it bare.
	Shell *Shell
	// Detail replaces the default explanation; a sentence that is safe to show.
	Detail string
	// Permission and Ask say, for 403, what is missing and who can give it: "leads:approve",
	// "Sam Rivera". Both may be empty.
	Permission string
	Ask        string
	// Incident is the id in the log, for 500.
	Incident string
	// Wait is how long until another try makes sense, for 429 and 503; 0 when unknown.
	Wait time.Duration
}
