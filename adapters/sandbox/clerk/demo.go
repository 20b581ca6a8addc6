package clerk

// The demo instance, which `dev` seeds: two organizations with an admin, a manager and a member each, and one person in both. The
// sandbox's Slack has the same people by the same addresses.
const (
	AcmeID   = "org_acme"
	GlobexID = "org_globex"

	AcmeAdminID     = "user_acmeadmin"
	AcmeManagerID   = "user_acmemanager"
	AcmeMemberID    = "user_acmemember"
	GlobexAdminID   = "user_globexadmin"
	GlobexManagerID = "user_globexmanager"
	GlobexMemberID  = "user_globexmember"
	// BothID is a manager of Acme and a member of Globex.
	BothID = "user_bothorgs"

	AcmeAdminEmail     = "maya.lindqvist@acme.example"
	AcmeManagerEmail   = "daniel.okafor@acme.example"
	AcmeMemberEmail    = "priya.raman@acme.example"
	GlobexAdminEmail   = "ingrid.sato@globex.example"
	GlobexManagerEmail = "tomas.varela@globex.example"
	GlobexMemberEmail  = "lucy.abara@globex.example"
	BothEmail          = "noor.haddad@acme.example"

	DemoSecretKey = "sk_test_sandbox"
	// DemoWebhookSecret is base64 of a phrase; nothing outside the sandbox accepts it.
	DemoWebhookSecret = "whsec_c2FuZGJveC1jbGVyay13ZWJob29rLXNlY3JldA=="
)

// DemoOrganizations returns Acme and Globex.
func DemoOrganizations() []Organization {
	return []Organization{
		{ID: AcmeID, Name: "Acme", Slug: "acme"},
		{ID: GlobexID, Name: "Globex", Slug: "globex"},
	}
}

// DemoPeople returns the people of both.
func DemoPeople() []Person {
	in := func(org, role string) []Membership { return []Membership{{org, role}} }
	return []Person{
		{ID: AcmeAdminID, FirstName: "Maya", LastName: "Lindqvist", Email: AcmeAdminEmail, Memberships: in(AcmeID, "org:admin")},
		{ID: AcmeManagerID, FirstName: "Daniel", LastName: "Okafor", Email: AcmeManagerEmail, Memberships: in(AcmeID, "org:manager")},
		{ID: AcmeMemberID, FirstName: "Priya", LastName: "Raman", Email: AcmeMemberEmail, Memberships: in(AcmeID, "org:member")},
		{ID: GlobexAdminID, FirstName: "Ingrid", LastName: "Sato", Email: GlobexAdminEmail, Memberships: in(GlobexID, "org:admin")},
		{ID: GlobexManagerID, FirstName: "Tomás", LastName: "Varela", Email: GlobexManagerEmail, Memberships: in(GlobexID, "org:manager")},
		{ID: GlobexMemberID, FirstName: "Lucy", LastName: "Abara", Email: GlobexMemberEmail, Memberships: in(GlobexID, "org:member")},
		{
			ID: BothID, FirstName: "Noor", LastName: "Haddad", Email: BothEmail,
			Memberships: []Membership{{AcmeID, "org:manager"}, {GlobexID, "org:member"}},
		},
	}
}
