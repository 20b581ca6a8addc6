package web

import "net/url"

// Paths of the pages and actions, as the templates link them.
const (
	PathDashboard     = "/dashboard"
	PathReview        = "/review"
	PathLeads         = "/leads"
	PathSignIn        = "/sign-in"
	PathSignOut       = "/sign-out"      // POST
	PathOrganizations = "/organizations" // GET: choose; POST: FieldOrganization, FieldNext
)

// ReviewPath is the review queue with the run selected.
func ReviewPath(runID string) string { return PathReview + "/" + url.PathEscape(runID) }

// ApprovePath takes POST with FieldDraftVersion, FieldSubject, FieldBody. When the text differs
// from the version that was seen, it is saved as a new version, and that one is approved. Browsers
// send line breaks as CR LF, so the handler compares after turning them into LF.
func ApprovePath(runID string) string { return ReviewPath(runID) + "/approve" }

// SaveDraftPath takes POST with FieldDraftVersion, FieldSubject, FieldBody.
func SaveDraftPath(runID string) string { return ReviewPath(runID) + "/draft" }

// RejectPath takes POST with FieldDraftVersion, FieldReason, FieldNote.
func RejectPath(runID string) string { return ReviewPath(runID) + "/reject" }

// UndoPath takes POST and returns an approved, unsent run to review.
func UndoPath(runID string) string { return ReviewPath(runID) + "/undo" }

// SettlePath takes POST with FieldSettle for a doubtful send.
func SettlePath(runID string) string { return ReviewPath(runID) + "/settle" }

// RetryPath takes POST and resumes a run that needs attention or failed.
func RetryPath(runID string) string { return "/workflows/" + url.PathEscape(runID) + "/retry" }

// CancelPath takes POST and cancels a run that is not being sent yet.
func CancelPath(runID string) string { return "/workflows/" + url.PathEscape(runID) + "/cancel" }

// LeadPath is a lead's page.
func LeadPath(leadID string) string { return PathLeads + "/" + url.PathEscape(leadID) }

// LeadEventsPath streams server-sent events named EventTimeline whose data is the rendered
// component LeadLive, and EventEnd when the run has ended.
func LeadEventsPath(leadID string) string { return LeadPath(leadID) + "/events" }

// LeadTimelinePath answers GET with the component LeadLive; it is polled when the stream fails.
func LeadTimelinePath(leadID string) string { return LeadPath(leadID) + "/timeline" }

// Names of the server-sent events of LeadEventsPath. EventEnd closes the stream for good.
const (
	EventTimeline = "timeline"
	EventEnd      = "end"
)
