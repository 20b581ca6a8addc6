package clerk_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
)

func TestWebhooksVerifyWithSvix(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e, err := b.NewEvent("organizationMembership.created", b.MembershipData(clerk.AcmeID, clerk.AcmeAdminID))
	require.NoError(t, err)
	now := time.Now()
	for name, test := range map[string]struct {
		option clerk.DeliveryOption
		want   int
	}{
		"plain":            {clerk.At(now), http.StatusOK},
		"standard headers": {clerk.StandardHeaders(), http.StatusOK},
		"after decoys":     {clerk.WithDecoys("v1,AAAA", "v1a,BBBB"), http.StatusOK},
		"too old":          {clerk.At(now.Add(-301 * time.Second)), http.StatusUnauthorized},
		"too new":          {clerk.At(now.Add(302 * time.Second)), http.StatusUnauthorized},
		"other secret":     {clerk.SignedWith("whsec_b3RoZXI="), http.StatusUnauthorized},
		"unsigned":         {clerk.Unsigned(), http.StatusUnauthorized},
	} {
		d, err := b.Deliver(within(t), e, test.option)
		require.NoError(t, err, name)
		assert.Equal(t, test.want, d.Status, name)
	}
	var body struct {
		Type   string `json:"type"`
		Object string `json:"object"`
		Data   struct {
			Role         string `json:"role"`
			Organization struct {
				ID string `json:"id"`
			} `json:"organization"`
			User struct {
				ID string `json:"user_id"`
			} `json:"public_user_data"`
		} `json:"data"`
	}
	require.NoError(t, json.Unmarshal(e.Body, &body))
	assert.Equal(t, "event", body.Object)
	assert.Equal(t, []string{"org:admin", clerk.AcmeID, clerk.AcmeAdminID}, []string{body.Data.Role, body.Data.Organization.ID, body.Data.User.ID})
}

func TestEventsRepeatAndReorder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, err := b.NewEvent("organization.created", b.OrganizationData(clerk.AcmeID))
	require.NoError(t, err)
	second, err := b.NewEvent("organizationMembership.created", b.MembershipData(clerk.AcmeID, clerk.AcmeAdminID))
	require.NoError(t, err)
	for _, e := range []clerk.Event{second, first, second} {
		_, err := b.Deliver(within(t), e)
		require.NoError(t, err)
	}
	b.app.mu.Lock()
	defer b.app.mu.Unlock()
	assert.Equal(t, []string{second.ID, first.ID, second.ID}, b.app.accepted)
	assert.Equal(t, b.app.bodies[0], b.app.bodies[2], "the same bytes again")
}

func TestChangesAnnounceThemselvesUntilTaken(t *testing.T) {
	t.Parallel()
	b := setup(t, func(c *clerk.Config) { c.Automatic = true })
	b.app.mu.Lock()
	b.app.answer = http.StatusServiceUnavailable
	b.app.mu.Unlock()
	require.NoError(t, b.SetRole(clerk.AcmeID, clerk.AcmeMemberID, "org:manager"))
	for range 2 {
		select {
		case <-b.app.arrived:
		case <-within(t).Done():
			t.Fatal("no webhook arrived")
		}
	}
	b.app.mu.Lock()
	defer b.app.mu.Unlock()
	require.Len(t, b.app.accepted, 2)
	assert.Equal(t, b.app.accepted[0], b.app.accepted[1], "a repetition has the same id")
	assert.Contains(t, b.app.bodies[0], `"organizationMembership.updated"`)
	assert.Contains(t, b.app.bodies[0], `"org:manager"`)
}

func TestDeletedThingsAreAnnouncedAsSuch(t *testing.T) {
	t.Parallel()
	b := setup(t, func(c *clerk.Config) { c.Automatic = true })
	require.NoError(t, b.DeleteOrganization(clerk.GlobexID))
	select {
	case <-b.app.arrived:
	case <-within(t).Done():
		t.Fatal("no webhook arrived")
	}
	b.app.mu.Lock()
	defer b.app.mu.Unlock()
	assert.Contains(t, b.app.bodies[0], `"deleted":true`)
	assert.Contains(t, b.app.bodies[0], clerk.GlobexID)
}

func TestControlForOtherProcesses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	post := func(path, contentType, body string) (int, string) {
		r, err := http.NewRequestWithContext(within(t), http.MethodPost, b.base+path, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Content-Type", contentType)
		response, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer func() { _ = response.Body.Close() }()
		var document map[string]any
		_ = json.NewDecoder(response.Body).Decode(&document)
		token, _ := document["jwt"].(string)
		return response.StatusCode, token
	}
	status, token := post("/_control/token", "application/json", `{"user":"user_acmeadmin","org":"org_acme"}`)
	require.Equal(t, http.StatusOK, status)
	_, err := b.verify(t, token)
	require.NoError(t, err)
	_, token = post("/_control/token", "application/json", `{"user":"user_acmeadmin","org":"org_acme","claims":{"exp":1}}`)
	_, err = b.verify(t, token)
	require.Error(t, err)
	status, _ = post("/_control/role", "application/json", `{"user":"user_acmemember","org":"org_acme","role":"org:admin"}`)
	assert.Equal(t, http.StatusOK, status)
	status, _ = post("/_control/revoke", "application/json", `{"user":"user_nobody","org":"org_acme"}`)
	assert.Equal(t, http.StatusNotFound, status)
	status, _ = post("/_control/revoke", "text/plain", `{"user":"user_acmemember","org":"org_acme"}`)
	assert.Equal(t, http.StatusUnsupportedMediaType, status)
}

func TestConfigurationMistakesAreNamedTogether(t *testing.T) {
	t.Parallel()
	_, err := clerk.New(clerk.Config{
		BaseURL: "x", People: []clerk.Person{{ID: "1", Memberships: []clerk.Membership{{OrgID: "org_none", Role: "boss"}}}},
	})
	require.Error(t, err)
	for _, part := range []string{"BaseURL", "SecretKey", "WebhookSecret", "user_", "does not exist", "unknown role"} {
		require.ErrorContains(t, err, part)
	}
}
