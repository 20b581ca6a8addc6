package web

// home is the page behind the organization's name.
func home(s Shell) string {
	switch {
	case s.ShowOverview:
		return PathDashboard
	case s.ShowReview:
		return PathReview
	default:
		return PathLeads
	}
}

func documentTitle(s Shell) string {
	title := s.Title
	if s.Organization != "" {
		title += " · " + s.Organization
	}
	if s.Section == SectionReview && s.AwaitingReview > 0 {
		title = "(" + number(s.AwaitingReview) + ") " + title
	}
	return title
}

// current is the value of aria-current; "false" is the same as leaving it out.
func current(is bool) string {
	if is {
		return "page"
	}
	return "false"
}

type shortcut struct {
	Words string
	Keys  []string
}

// shortcutList is what the overlay shows and app.js does.
func shortcutList() []shortcut {
	return []shortcut{
		{"Next review", []string{"j"}},
		{"Previous review", []string{"k"}},
		{"Approve and send, after a second press", []string{"a", "a"}},
		{"Edit the draft", []string{"e"}},
		{"Reject", []string{"r"}},
		{"Open the lead", []string{"o"}},
		{"Search leads", []string{"/"}},
		{"Go to Review", []string{"g", "r"}},
		{"Go to Leads", []string{"g", "l"}},
		{"Go to Overview", []string{"g", "o"}},
		{"Leave a field, close", []string{"Esc"}},
		{"This list", []string{"?"}},
	}
}
