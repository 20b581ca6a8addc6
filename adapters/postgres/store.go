package postgres

import "github.com/leadagent/leadagent/ports"

// newStore hands out the repositories of one transaction.
func newStore(s *session) *ports.Store {
	return &ports.Store{
		Organization: organizationRepo{s},
		Members:      memberRepo{s},
		Forms:        formRepo{s},
		Leads:        leadRepo{s},
		Runs:         runRepo{s},
		Steps:        stepRepo{s},
		Actions:      actionRepo{s},
		Drafts:       draftRepo{s},
		Decisions:    decisionRepo{s},
		Emails:       emailRepo{s},
		Cards:        cardRepo{s},
		Slack:        installationRepo{s},
		Callbacks:    callbackRepo{s},
		Timeline:     timelineRepo{s},
		Audit:        auditRepo{s},
		Usage:        usageRepo{s},
		Views:        viewRepo{s},
	}
}
