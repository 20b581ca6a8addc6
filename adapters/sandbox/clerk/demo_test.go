package clerk_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/slack"
)

// TestSlackHasTheSamePeople keeps the two demo casts together: reviewers are matched by address.
func TestSlackHasTheSamePeople(t *testing.T) {
	t.Parallel()
	teams := map[string]slack.Team{}
	for _, team := range slack.DemoTeams() {
		teams[team.Name] = team
	}
	names := map[string]string{clerk.AcmeID: "Acme", clerk.GlobexID: "Globex"}
	for _, person := range clerk.DemoPeople() {
		for _, m := range person.Memberships {
			assert.Contains(t, emails(teams[names[m.OrgID]]), person.Email, "%s in %s", person.Name(), m.OrgID)
		}
	}
}

func emails(team slack.Team) []string {
	var out []string
	for _, person := range team.People {
		out = append(out, person.Email)
	}
	return out
}
