package web

import (
	"net/url"
	"time"
)

// LeadsPage is the list of leads.
type LeadsPage struct {
	Shell  Shell
	Filter LeadsFilter
	Rows   []LeadRow
	// NextCursor and PrevCursor continue the list; empty hides the link. A list that only goes
	// forward leaves PrevCursor empty and gets a link to the first page instead.
	NextCursor string
	PrevCursor string
	// Starter is set when the organization has no lead at all.
	Starter *LeadsStarter
	// ExportURL downloads the list as CSV; empty hides the link.
	ExportURL string
}

// LeadsFilter is what the URL says.
type LeadsFilter struct {
	// Query is the search text.
	Query string
	// Status and Category are empty for all.
	Status   LeadStatus
	Category Category
	// Cursor is the cursor of this page, empty on the first.
	Cursor string
}

// url is the list's address under this filter, at a cursor.
func (f LeadsFilter) url(cursor string) string {
	query := url.Values{}
	for name, value := range map[string]string{
		QuerySearch: f.Query, QueryStatus: string(f.Status), QueryCategory: string(f.Category), QueryCursor: cursor,
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if len(query) == 0 {
		return PathLeads
	}
	return PathLeads + "?" + query.Encode()
}

// LeadsStarter helps an organization to its first lead.
type LeadsStarter struct {
	// FormURL is the organization's own hosted form.
	FormURL string
	// EmbedSnippet is the HTML to paste into a site.
	EmbedSnippet string
}

// LeadRow is a lead in a list.
type LeadRow struct {
	ID       string
	Name     string
	Email    string
	Company  string
	Category Category
	Status   LeadStatus
	// Run is the state of its run.
	Run RunState
	// Owner is the assigned member's name, or empty.
	Owner      string
	ReceivedAt time.Time
}
