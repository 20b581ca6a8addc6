// Package tenancy says who acts, for which organization, and what they may do. It knows nothing of leads, of tokens, or of databases.
package tenancy

import (
	"strings"
	"time"
)

// OrgID is an organization's id as the identity provider gives it (org_…). The empty value is none.
type OrgID string

// UserID is a person's id as the identity provider gives it (user_…). The empty value is nobody.
type UserID string

// Organization is one customer of the program and its settings.
type Organization struct {
	ID              OrgID
	Name            string
	Slug            string
	Plan            string
	OverLimit       OverLimit
	SupportAddress  string        // where support questions are handed to; empty: they are only closed
	SenderName      string        // shown as the From name; empty: the organization's name
	Signature       string        // ends every drafted reply
	Tone            string        // the house style in a few words
	UndoDelay       time.Duration // how long an approval can be taken back; 0: not at all
	ReviewDue       time.Duration // how long a review may wait; 0: the process's default
	DeclinePolitely bool          // unqualified leads get a drafted decline, reviewed like any draft
	TimeZone        string        // IANA name; empty: UTC
	CreatedAt       time.Time
}

// Sender is the name that prospects see.
func (o Organization) Sender() string {
	if s := strings.TrimSpace(o.SenderName); s != "" {
		return s
	}
	return o.Name
}

// OverLimit says what happens to a lead above the plan's monthly limit.
type OverLimit string

// The two policies.
const (
	Hold   OverLimit = "hold"   // stored, shown, not processed until the plan allows it
	Refuse OverLimit = "refuse" // answered 429 usage_limit_reached and not stored
)

// Member is a person's place in an organization.
type Member struct {
	UserID UserID
	Email  string
	Name   string
	Role   Role
	Active bool // false once the membership was revoked
}

// DisplayName is what colleagues read: the name, else the address, else the id.
func (m Member) DisplayName() string {
	for _, s := range []string{m.Name, m.Email} {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return string(m.UserID)
}
