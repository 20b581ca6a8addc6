package slack

// The demo workspaces, which `dev` installs: the same people as in the sandbox's Clerk, by the same addresses.
const (
	DemoAcmeTeam      = "T0ACME0001"
	DemoAcmeChannel   = "C0ACMELEADS"
	DemoAcmeToken     = "xoxb-sandbox-acme"
	DemoGlobexTeam    = "T0GLOBEX01"
	DemoGlobexChannel = "C0GLOBEXLEADS"
	DemoGlobexToken   = "xoxb-sandbox-globex"

	DemoAppID         = "A0LEADAGENT"
	DemoClientID      = "1000000000.2000000000"
	DemoClientSecret  = "sandbox-slack-client-secret"
	DemoSigningSecret = "sandbox-slack-signing-secret"

	DemoAcmeAdmin     = "U0ACMEADMIN"
	DemoAcmeManager   = "U0ACMEMANAGER"
	DemoAcmeMember    = "U0ACMEMEMBER"
	DemoAcmeBoth      = "U0ACMEBOTH"
	DemoGlobexAdmin   = "U0GLOBEXADMIN"
	DemoGlobexManager = "U0GLOBEXMANAGER"
	DemoGlobexMember  = "U0GLOBEXMEMBER"
	DemoGlobexBoth    = "U0GLOBEXBOTH"
	// DemoAcmeGuest is in the workspace and a member of no organization.
	DemoAcmeGuest = "U0ACMEGUEST"
)

// DemoTeams returns the workspaces of Acme and Globex, with the app installed in both.
func DemoTeams() []Team {
	return []Team{
		{
			ID: DemoAcmeTeam, Name: "Acme", Domain: "acme-sandbox", BotToken: DemoAcmeToken,
			Channels: []Channel{
				{ID: DemoAcmeChannel, Name: "leads", BotIsMember: true},
				{ID: "C0ACMEGENERAL", Name: "general"},
				{ID: "C0ACMEPRIVATE", Name: "board", Private: true},
			},
			People: []Person{
				{ID: DemoAcmeAdmin, Handle: "maya", RealName: "Maya Lindqvist", DisplayName: "Maya", Email: "maya.lindqvist@acme.example", Admin: true},
				{ID: DemoAcmeManager, Handle: "daniel", RealName: "Daniel Okafor", DisplayName: "Daniel", Email: "daniel.okafor@acme.example"},
				{ID: DemoAcmeMember, Handle: "priya", RealName: "Priya Raman", DisplayName: "Priya", Email: "priya.raman@acme.example"},
				{ID: DemoAcmeBoth, Handle: "noor", RealName: "Noor Haddad", DisplayName: "Noor", Email: "noor.haddad@acme.example"},
				{ID: DemoAcmeGuest, Handle: "gil", RealName: "Gil Farrow", DisplayName: "Gil (guest)", Email: "gil@freelance.example"},
			},
		},
		{
			ID: DemoGlobexTeam, Name: "Globex", Domain: "globex-sandbox", BotToken: DemoGlobexToken,
			Channels: []Channel{
				{ID: DemoGlobexChannel, Name: "inbound", BotIsMember: true},
				{ID: "C0GLOBEXGENERAL", Name: "general"},
			},
			People: []Person{
				{ID: DemoGlobexAdmin, Handle: "ingrid", RealName: "Ingrid Sato", DisplayName: "Ingrid", Email: "ingrid.sato@globex.example", Admin: true},
				{ID: DemoGlobexManager, Handle: "tomas", RealName: "Tomás Varela", DisplayName: "Tomás", Email: "tomas.varela@globex.example"},
				{ID: DemoGlobexMember, Handle: "lucy", RealName: "Lucy Abara", DisplayName: "Lucy", Email: "lucy.abara@globex.example"},
				{ID: DemoGlobexBoth, Handle: "noor", RealName: "Noor Haddad", DisplayName: "Noor", Email: "noor.haddad@acme.example"},
			},
		},
	}
}
