package sandbox

import (
	"fmt"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/fixtures"
	"github.com/leadagent/leadagent/adapters/sandbox/slack"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
)

// Organization is one of the organizations that `dev` seeds.
type Organization struct {
	ID               tenancy.OrgID
	Name, Slug       string
	FormKey          string
	SupportAddress   string
	Signature        string
	Tone             string
	TimeZone         string
	AllowedLinks     []string
	SlackTeam        string
	SlackChannel     string
	SlackChannelName string
	SlackToken       string
	Members          []tenancy.Member
	Leads            []leads.Raw
}

// Organizations gives Acme and Globex with their people and their example leads.
func Organizations() ([]Organization, error) {
	list := []Organization{
		{
			ID: clerk.AcmeID, FormKey: "acme-demo", SupportAddress: "support@acme.example", Signature: "Maya Lindqvist\nAcme",
			Tone: "Warm, short and concrete.", TimeZone: "Europe/Stockholm", AllowedLinks: []string{"acme.example"},
			SlackTeam: slack.DemoAcmeTeam, SlackChannel: slack.DemoAcmeChannel, SlackToken: slack.DemoAcmeToken,
		},
		{
			ID: clerk.GlobexID, FormKey: "globex-demo", SupportAddress: "support@globex.example", Signature: "Ingrid Sato\nGlobex",
			Tone: "Friendly and to the point.", TimeZone: "America/New_York", AllowedLinks: []string{"globex.example"},
			SlackTeam: slack.DemoGlobexTeam, SlackChannel: slack.DemoGlobexChannel, SlackToken: slack.DemoGlobexToken,
		},
	}
	for i := range list {
		list[i].describe()
		seeds, err := fixtures.Seeds(list[i].Slug)
		if err != nil {
			return nil, fmt.Errorf("sandbox: %w", err)
		}
		for _, l := range seeds {
			list[i].Leads = append(list[i].Leads, leads.Raw{
				Email: l.Email, Name: l.Name, Company: l.Company, Phone: l.Phone, Message: l.Message,
			})
		}
	}
	return list, nil
}

// describe takes names, people and channel from the emulators, which know them already.
func (o *Organization) describe() {
	for _, known := range clerk.DemoOrganizations() {
		if known.ID == string(o.ID) {
			o.Name, o.Slug = known.Name, known.Slug
		}
	}
	for _, p := range clerk.DemoPeople() {
		for _, m := range p.Memberships {
			if m.OrgID == string(o.ID) {
				o.Members = append(o.Members, tenancy.Member{
					UserID: tenancy.UserID(p.ID), Email: p.Email, Name: p.Name(), Role: tenancy.ParseRole(m.Role), Active: true,
				})
			}
		}
	}
	for _, team := range slack.DemoTeams() {
		for _, c := range team.Channels {
			if team.ID == o.SlackTeam && c.ID == o.SlackChannel {
				o.SlackChannelName = c.Name
			}
		}
	}
}
