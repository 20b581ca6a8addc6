// Package leads says what a lead is and what a submission must look like. It parses raw input into values that cannot be wrong; it knows
// nothing of forms, of runs, or of where a lead is stored.
package leads

import (
	"time"

	"github.com/leadagent/leadagent/domain/tenancy"
)

// ID names a lead, unique over all organizations: a UUIDv7 in its usual 36 characters.
type ID string

// ParseID reads an ID; false for anything that is not a UUID.
func ParseID(s string) (ID, bool) {
	id, ok := tenancy.ParseUUID(s)
	return ID(id), ok
}

// Status is where a lead stands for the people who work with it.
type Status string

// The statuses. Pending waits for the pipeline or a reviewer; held and quarantined wait for an admin; the rest are settled.
const (
	Pending     Status = "pending"
	Approved    Status = "approved"
	Rejected    Status = "rejected"
	Closed      Status = "closed"      // needs no reply
	Held        Status = "held"        // over the monthly limit: stored, not processed
	Quarantined Status = "quarantined" // caught by the bot shield: costs no quota and no tokens
)

// Statuses lists every status in the order in which people read them.
func Statuses() []Status { return []Status{Pending, Approved, Rejected, Closed, Held, Quarantined} }

// ParseStatus reads a status; false for anything else.
func ParseStatus(s string) (Status, bool) {
	for _, known := range Statuses() {
		if string(known) == s {
			return known, true
		}
	}
	return "", false
}

// Category is the judgement of a lead.
type Category string

// The categories. Qualified and FollowUp get a draft and a review, Support is handed to the support address, Unqualified is closed.
const (
	Qualified   Category = "QUALIFIED"
	FollowUp    Category = "FOLLOW_UP"
	Support     Category = "SUPPORT"
	Unqualified Category = "UNQUALIFIED"
)

// Categories lists every category, the most valuable first.
func Categories() []Category { return []Category{Qualified, FollowUp, Support, Unqualified} }

// ParseCategory reads a category; false for anything else.
func ParseCategory(s string) (Category, bool) {
	for _, known := range Categories() {
		if string(known) == s {
			return known, true
		}
	}
	return "", false
}

// Source is where a submission came from, as the form captured it. Every value is untrusted text.
type Source struct {
	Form        string            `json:"form,omitempty"`
	Surface     string            `json:"surface,omitempty"` // form or api
	Referrer    string            `json:"referrer,omitempty"`
	LandingPage string            `json:"landing_page,omitempty"`
	UTM         map[string]string `json:"utm,omitempty"`
}

// Lead is one person's inquiry.
type Lead struct {
	ID         ID
	UserID     tenancy.UserID // the member who submitted it, if one did
	AssignedTo tenancy.UserID
	Submission
	Category  Category // empty until judged
	Reason    string
	Status    Status
	Reference string // what the prospect was given; tells nothing and is not the ID
	CreatedAt time.Time
	UpdatedAt time.Time
}
