package clerk_test

import (
	"encoding/json"
	"net/http"
	"testing"

	clerksdk "github.com/clerk/clerk-sdk-go/v2"
	"github.com/clerk/clerk-sdk-go/v2/organization"
	"github.com/clerk/clerk-sdk-go/v2/organizationinvitation"
	"github.com/clerk/clerk-sdk-go/v2/organizationmembership"
	"github.com/clerk/clerk-sdk-go/v2/session"
	"github.com/clerk/clerk-sdk-go/v2/user"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
)

func code(t *testing.T, err error) string {
	t.Helper()
	var failure *clerksdk.APIErrorResponse
	require.ErrorAs(t, err, &failure)
	require.NotEmpty(t, failure.Errors)
	return failure.Errors[0].Code
}

func TestOrganizations(t *testing.T) {
	t.Parallel()
	b := setup(t)
	orgs := organization.NewClient(b.sdk())
	acme, err := orgs.Get(within(t), clerk.AcmeID)
	require.NoError(t, err)
	assert.Equal(t, "Acme", acme.Name)
	assert.EqualValues(t, 4, *acme.MembersCount)
	bySlug, err := orgs.Get(within(t), "globex")
	require.NoError(t, err)
	assert.Equal(t, clerk.GlobexID, bySlug.ID)
	_, err = orgs.Get(within(t), "org_nobody")
	assert.Equal(t, "resource_not_found", code(t, err))
	list, err := orgs.List(within(t), &organization.ListParams{})
	require.NoError(t, err)
	assert.EqualValues(t, 2, list.TotalCount)

	first := json.RawMessage(`{"plan":"pro","old":1}`)
	_, err = orgs.UpdateMetadata(within(t), clerk.AcmeID, &organization.UpdateMetadataParams{PublicMetadata: &first})
	require.NoError(t, err)
	second := json.RawMessage(`{"old":null,"seats":3}`)
	changed, err := orgs.UpdateMetadata(within(t), clerk.AcmeID, &organization.UpdateMetadataParams{PublicMetadata: &second})
	require.NoError(t, err)
	assert.JSONEq(t, `{"plan":"pro","seats":3}`, string(changed.PublicMetadata), "PATCH merges, null removes")
	limit := int64(3)
	changed, err = orgs.Update(within(t), clerk.AcmeID, &organization.UpdateParams{MaxAllowedMemberships: &limit})
	require.NoError(t, err)
	assert.EqualValues(t, 3, changed.MaxAllowedMemberships)
}

func TestSecretKeyIsNeeded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	config := b.sdk()
	config.Key = clerksdk.String("sk_test_wrong")
	_, err := organization.NewClient(config).Get(within(t), clerk.AcmeID)
	assert.Equal(t, "clerk_key_invalid", code(t, err))
	b.Faults.FailNext(1, http.StatusServiceUnavailable, nil)
	_, err = organization.NewClient(b.sdk()).Get(within(t), clerk.AcmeID)
	assert.Equal(t, "service_unavailable", code(t, err))
	assert.Len(t, b.Recorder.Requests(), 2)
}

func TestMemberships(t *testing.T) {
	t.Parallel()
	b := setup(t)
	members := organizationmembership.NewClient(b.sdk())
	list, err := members.List(within(t), &organizationmembership.ListParams{OrganizationID: clerk.AcmeID, UserIDs: []string{clerk.BothID}})
	require.NoError(t, err)
	require.Len(t, list.OrganizationMemberships, 1)
	assert.Equal(t, "org:manager", list.OrganizationMemberships[0].Role)
	assert.Equal(t, clerk.BothEmail, list.OrganizationMemberships[0].PublicUserData.Identifier)
	limit := int64(2)
	params := &organizationmembership.ListParams{OrganizationID: clerk.AcmeID}
	params.Limit = &limit
	list, err = members.List(within(t), params)
	require.NoError(t, err)
	assert.Len(t, list.OrganizationMemberships, 2)
	assert.EqualValues(t, 4, list.TotalCount)

	role := "org:admin"
	_, err = members.Update(within(t), &organizationmembership.UpdateParams{OrganizationID: clerk.AcmeID, UserID: clerk.AcmeMemberID, Role: &role})
	require.NoError(t, err)
	plain := "admin"
	_, err = members.Update(within(t), &organizationmembership.UpdateParams{OrganizationID: clerk.AcmeID, UserID: clerk.AcmeMemberID, Role: &plain})
	assert.Equal(t, "resource_not_found", code(t, err), "roles have a prefix here")
	_, err = members.Delete(within(t), &organizationmembership.DeleteParams{OrganizationID: clerk.AcmeID, UserID: clerk.AcmeMemberID})
	require.NoError(t, err)
	who, err := user.NewClient(b.sdk()).ListOrganizationMemberships(within(t), clerk.BothID, &user.ListOrganizationMembershipsParams{})
	require.NoError(t, err)
	assert.EqualValues(t, 2, who.TotalCount)
	assert.Nil(t, b.MembershipData(clerk.AcmeID, clerk.AcmeMemberID))
}

func TestUsers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	users := user.NewClient(b.sdk())
	maya, err := users.Get(within(t), clerk.AcmeAdminID)
	require.NoError(t, err)
	require.Len(t, maya.EmailAddresses, 1)
	assert.Equal(t, *maya.PrimaryEmailAddressID, maya.EmailAddresses[0].ID)
	assert.Equal(t, "verified", maya.EmailAddresses[0].Verification.Status)
	list, err := users.List(within(t), &user.ListParams{EmailAddresses: []string{clerk.GlobexAdminEmail}})
	require.NoError(t, err)
	require.Len(t, list.Users, 1)
	assert.EqualValues(t, 1, list.TotalCount)
	list, err = users.List(within(t), &user.ListParams{OrganizationIDs: []string{"+" + clerk.AcmeID, "-" + clerk.GlobexID}})
	require.NoError(t, err)
	assert.Len(t, list.Users, 3)
}

func TestInvitationsRespectSeats(t *testing.T) {
	t.Parallel()
	b := setup(t, func(c *clerk.Config) { c.Organizations[0].MaxMembers = 5 })
	invitations := organizationinvitation.NewClient(b.sdk())
	invite := func(email string) (*clerksdk.OrganizationInvitation, error) {
		role := "org:member"
		return invitations.Create(within(t), &organizationinvitation.CreateParams{OrganizationID: clerk.AcmeID, EmailAddress: &email, Role: &role})
	}
	_, err := invite("not an address")
	assert.Equal(t, "form_param_format_invalid", code(t, err))
	_, err = invite(clerk.AcmeMemberEmail)
	assert.Equal(t, "already_a_member_in_organization", code(t, err))
	first, err := invite("new@acme.example")
	require.NoError(t, err)
	assert.Equal(t, "pending", first.Status)
	_, err = invite("more@acme.example")
	assert.Equal(t, "organization_membership_quota_exceeded", code(t, err), "an open invitation takes a seat")
	_, err = invitations.Revoke(within(t), &organizationinvitation.RevokeParams{OrganizationID: clerk.AcmeID, ID: first.ID})
	require.NoError(t, err)
	_, err = invite("more@acme.example")
	require.NoError(t, err)
	list, err := invitations.List(within(t), &organizationinvitation.ListParams{OrganizationID: clerk.AcmeID, Statuses: &[]string{"pending"}})
	require.NoError(t, err)
	assert.Len(t, list.OrganizationInvitations, 1)
}

func TestSessionsCanBeRevoked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.browser(t)
	w.signIn(clerk.AcmeAdminID, clerk.AcmeID)
	sessions := session.NewClient(b.sdk())
	status := "active"
	list, err := sessions.List(within(t), &session.ListParams{UserID: clerksdk.String(clerk.AcmeAdminID), Status: &status})
	require.NoError(t, err)
	require.Len(t, list.Sessions, 1)
	id := list.Sessions[0].ID
	assert.Equal(t, http.StatusOK, w.do(http.MethodPost, "/v1/client/sessions/"+id+"/tokens", nil, b.app.origin).status)
	revoked, err := sessions.Revoke(within(t), &session.RevokeParams{ID: id})
	require.NoError(t, err)
	assert.Equal(t, "revoked", revoked.Status)
	assert.Equal(t, http.StatusUnauthorized, w.do(http.MethodPost, "/v1/client/sessions/"+id+"/tokens", nil, b.app.origin).status)
}
