package web

import "time"

// OverviewPage is the first page of a member.
type OverviewPage struct {
	Shell Shell
	// AwaitingReview, NewToday, SentThisWeek and NeedsAttention are counts. Days and weeks are
	// those of the organization's time zone.
	AwaitingReview int
	NewToday       int
	SentThisWeek   int
	NeedsAttention int
	// NeedsAttentionURL lists the leads that need attention; empty shows the count without a link.
	NeedsAttentionURL string
	// MedianReply is the median time from a lead to its first reply this week; 0 hides it.
	MedianReply time.Duration
	// Quota is the plan's use; nil hides it.
	Quota *Quota
	// Latest are the newest leads, about eight.
	Latest []LeadRow
	// Checklist is shown until everything on it is done, and in place of Latest when there is no
	// lead.
	Checklist []ChecklistItem
}

// Quota is the use of a plan in the current period.
type Quota struct {
	// Plan is the plan's name: "Starter".
	Plan string
	// Used and Limit count leads of the period; Limit 0 means unlimited.
	Used  int
	Limit int
	// Held counts the leads that wait for the next period or a bigger plan.
	Held int
	// ResetsAt is the end of the period; the zero time hides it.
	ResetsAt time.Time
}

// ChecklistItem is one step of setting up.
type ChecklistItem struct {
	Title  string
	Detail string
	// Href and Link lead to where it is done; empty shows none.
	Href string
	Link string
	// NewTab opens the link beside the dashboard.
	NewTab bool
	Done   bool
}
