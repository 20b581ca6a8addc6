package tenancy

import "strings"

// Permission is one thing that a member may be allowed to do.
type Permission string

// The thirteen permissions.
const (
	LeadsViewAll      Permission = "leads:view_all"
	LeadsViewAssigned Permission = "leads:view_assigned"
	LeadsApprove      Permission = "leads:approve"
	LeadsEdit         Permission = "leads:edit"
	LeadsDelete       Permission = "leads:delete"
	LeadsExport       Permission = "leads:export"
	WorkflowsViewAll  Permission = "workflows:view_all"
	WorkflowsCancel   Permission = "workflows:cancel"
	SettingsManage    Permission = "settings:manage"
	SettingsBilling   Permission = "settings:billing"
	AnalyticsViewAll  Permission = "analytics:view_all"
	AnalyticsViewOwn  Permission = "analytics:view_own"
	UsersManage       Permission = "users:manage"
)

// Role is a member's role in an organization. The zero value is none and allows nothing.
type Role uint8

// The roles, named after the identity provider's.
const (
	_       Role = iota
	Admin        // org:admin
	Manager      // org:manager
	Worker       // org:member: sees what is assigned to them
)

// granted is the one table from role to permissions.
var granted = map[Role][]Permission{
	Admin: {
		LeadsViewAll, LeadsViewAssigned, LeadsApprove, LeadsEdit, LeadsDelete, LeadsExport, WorkflowsViewAll, WorkflowsCancel,
		SettingsManage, SettingsBilling, AnalyticsViewAll, UsersManage,
	},
	Manager: {LeadsViewAll, LeadsApprove, LeadsEdit, LeadsExport, WorkflowsViewAll, WorkflowsCancel, AnalyticsViewAll},
	Worker:  {LeadsViewAssigned, AnalyticsViewOwn},
}

// ParseRole reads a role with or without the org: prefix. Anything unknown is the zero role, which allows nothing.
func ParseRole(s string) Role {
	switch strings.TrimPrefix(s, "org:") {
	case "admin":
		return Admin
	case "manager":
		return Manager
	case "member":
		return Worker
	default:
		return 0
	}
}

// String is the role as it is stored and as the identity provider spells it; empty for the zero role.
func (r Role) String() string {
	switch r {
	case Admin:
		return "org:admin"
	case Manager:
		return "org:manager"
	case Worker:
		return "org:member"
	default:
		return ""
	}
}

// Permissions lists what the role grants.
func (r Role) Permissions() []Permission { return append([]Permission(nil), granted[r]...) }

// Grants tells whether the role holds the permission.
func (r Role) Grants(p Permission) bool {
	for _, has := range granted[r] {
		if has == p {
			return true
		}
	}
	return false
}
