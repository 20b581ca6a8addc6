package fiberhttp

// apiRoutes are the doors of members' programs. The submission's, which prospects share, stands with the public ones.
func (s *Server) apiRoutes() []Route {
	return []Route{
		{"GET", "/api/leads", programs, needsLeads, s.apiLeads, 0},
		{"GET", "/api/leads/:id", programs, needsLeads, s.apiLead, 0},
		{"GET", "/api/workflows", programs, needsRuns, s.apiRuns, 0},
		{"GET", "/api/workflows/:id", programs, needsLeads, s.apiRun, 0},
		{"PATCH", "/api/workflows/:id", programs, needsEdit, s.apiEditRun, 0},
		{"POST", "/api/workflows/:id/approve", programs, needsApprove, s.apiApprove, 0},
		{"POST", "/api/workflows/:id/reject", programs, needsApprove, s.apiReject, 0},
		{"POST", "/api/workflows/:id/cancel", programs, needsCancel, s.apiCancel, 0},
		{"POST", "/api/workflows/:id/retry", programs, needsCancel, s.apiRetry, 0},
		{"GET", "/api/usage", programs, needsUsage, s.apiUsage, 0},
	}
}
