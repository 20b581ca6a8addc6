package fiberhttp

import (
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/web"
)

// What the doors of members need, in words; the use cases check it.
const (
	needsLeads   = string(tenancy.LeadsViewAll) + ", or " + string(tenancy.LeadsViewAssigned) + " for one's own"
	needsQueue   = string(tenancy.LeadsViewAll)
	needsApprove = string(tenancy.LeadsApprove)
	needsEdit    = string(tenancy.LeadsEdit)
	needsRuns    = string(tenancy.WorkflowsViewAll)
	needsCancel  = string(tenancy.WorkflowsCancel)
	needsUsage   = string(tenancy.AnalyticsViewAll)
)

// memberRoutes are the pages of the dashboard and the actions on them. Every action is a POST that answers 303 to a page.
func (s *Server) memberRoutes() []Route {
	return []Route{
		{"GET", web.PathDashboard, members, needsQueue, s.overviewPage, 0},
		{"GET", web.PathReview, members, needsQueue, s.reviewQueue, 0},
		{"GET", web.ReviewPath(":run"), members, needsQueue, s.reviewOne, 0},
		{"POST", web.ApprovePath(":run"), members, needsApprove, s.approveDraft, 0},
		{"POST", web.SaveDraftPath(":run"), members, needsEdit, s.saveDraft, 0},
		{"POST", web.RejectPath(":run"), members, needsApprove, s.rejectDraft, 0},
		{"POST", web.UndoPath(":run"), members, needsApprove, s.undoApproval, 0},
		{"POST", web.SettlePath(":run"), members, needsApprove, s.settleSend, 0},
		{"POST", web.RetryPath(":run"), members, needsCancel, s.retryRun, 0},
		{"POST", web.CancelPath(":run"), members, needsCancel, s.cancelRun, 0},
		{"GET", web.PathLeads, members, needsLeads, s.leadsPage, 0},
		{"GET", web.LeadPath(":id"), members, needsLeads, s.leadPage, 0},
		{"GET", web.LeadTimelinePath(":id"), members, needsLeads, s.leadTimeline, 0},
		{"GET", web.LeadEventsPath(":id"), members, needsLeads, s.leadEvents, 0},
	}
}
