package tenancy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
)

// table is the roles' permissions as people agreed on them.
var table = map[tenancy.Permission][3]bool{ // admin, manager, member
	tenancy.LeadsViewAll:      {true, true, false},
	tenancy.LeadsViewAssigned: {true, false, true},
	tenancy.LeadsApprove:      {true, true, false},
	tenancy.LeadsEdit:         {true, true, false},
	tenancy.LeadsDelete:       {true, false, false},
	tenancy.LeadsExport:       {true, true, false},
	tenancy.WorkflowsViewAll:  {true, true, false},
	tenancy.WorkflowsCancel:   {true, true, false},
	tenancy.SettingsManage:    {true, false, false},
	tenancy.SettingsBilling:   {true, false, false},
	tenancy.AnalyticsViewAll:  {true, true, false},
	tenancy.AnalyticsViewOwn:  {false, false, true},
	tenancy.UsersManage:       {true, false, false},
}

func TestPermissionTable(t *testing.T) {
	t.Parallel()
	for i, role := range []tenancy.Role{tenancy.Admin, tenancy.Manager, tenancy.Worker} {
		scope := tenancy.ForMember("org_a", tenancy.Member{UserID: "user_1", Role: role, Active: true}, tenancy.API)
		for permission, holds := range table {
			require.Equalf(t, holds[i], scope.HasPermission(permission), "%s %s", role, permission)
			err := scope.RequirePermission(permission)
			require.Equalf(t, !holds[i], fault.Is(err, fault.Forbidden), "%s %s", role, permission)
		}
	}
	require.Len(t, tenancy.Admin.Permissions(), 12)
	require.Len(t, tenancy.Manager.Permissions(), 7)
	require.Len(t, tenancy.Worker.Permissions(), 2)
}

func TestNobodyElseHoldsAnything(t *testing.T) {
	t.Parallel()
	revoked := tenancy.Member{UserID: "user_1", Role: tenancy.Admin}
	for name, scope := range map[string]tenancy.Scope{
		"zero": {}, "prospect": tenancy.ForProspect("org_a", tenancy.Form), "system": tenancy.ForSystem("org_a", tenancy.Pipeline),
		"revoked": tenancy.ForMember("org_a", revoked, tenancy.Dashboard), "no organization": tenancy.ForMember("", revoked, tenancy.Dashboard),
		"unknown role": tenancy.ForMember("org_a", tenancy.Member{UserID: "u", Active: true, Role: tenancy.ParseRole("org:owner")}, tenancy.API),
	} {
		for permission := range table {
			require.Falsef(t, scope.HasPermission(permission), "%s %s", name, permission)
		}
		require.False(t, scope.HasAny(tenancy.LeadsViewAll, tenancy.AnalyticsViewOwn), name)
		require.False(t, scope.HasAll(tenancy.LeadsViewAll), name)
		require.Empty(t, scope.Permissions(), name)
	}
	require.False(t, tenancy.Scope{}.HasAll(), "the zero scope holds not even nothing")
	require.False(t, tenancy.Scope{}.Valid())
}

func TestAnyAndAll(t *testing.T) {
	t.Parallel()
	scope := tenancy.ForMember("org_a", tenancy.Member{UserID: "u", Role: tenancy.Manager, Active: true}, tenancy.API)
	require.True(t, scope.HasAny(tenancy.LeadsDelete, tenancy.LeadsEdit))
	require.False(t, scope.HasAny(tenancy.LeadsDelete, tenancy.UsersManage))
	require.True(t, scope.HasAll(tenancy.LeadsApprove, tenancy.LeadsEdit))
	require.False(t, scope.HasAll(tenancy.LeadsApprove, tenancy.LeadsDelete))
}

func TestRolesRoundTrip(t *testing.T) {
	t.Parallel()
	for _, role := range []tenancy.Role{tenancy.Admin, tenancy.Manager, tenancy.Worker} {
		require.Equal(t, role, tenancy.ParseRole(role.String()))
	}
	require.Equal(t, tenancy.Admin, tenancy.ParseRole("admin"))
	for _, bad := range []string{"", "org:", "org:org:admin", "Admin", "owner"} {
		require.Zero(t, tenancy.ParseRole(bad), bad)
	}
}

func TestParseUUID(t *testing.T) {
	t.Parallel()
	id, ok := tenancy.ParseUUID("0190B8A0-7B1A-7CC0-8000-0123456789AB")
	require.True(t, ok)
	require.Equal(t, "0190b8a0-7b1a-7cc0-8000-0123456789ab", id)
	for _, bad := range []string{
		"", "0190b8a07b1a7cc080000123456789ab", "0190b8a0-7b1a-7cc0-8000-0123456789a", "0190b8a0-7b1a-7cc0-8000-0123456789ag",
		"{190b8a0-7b1a-7cc0-8000-0123456789ab", "0190b8a0_7b1a-7cc0-8000-0123456789ab", "' or true --                        x",
	} {
		_, ok := tenancy.ParseUUID(bad)
		require.False(t, ok, bad)
	}
}
