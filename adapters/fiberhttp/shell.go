package fiberhttp

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/app/accounts"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/web"
)

// shell is what surrounds a member's page. It never fails: a count that cannot be had is left out, so that error pages have it too.
func (s *Server) shell(c *fiber.Ctx, v accounts.Visitor, title string, section web.Section) web.Shell {
	clock := s.clock(v)
	waiting, err := s.Console.Waiting(c.UserContext(), v.Scope, clock.Zone)
	if err != nil {
		s.Log.WarnContext(c.UserContext(), "the reviews that wait could not be counted", "org", v.Scope.Org(), "error", err)
	}
	seesAll := v.Scope.HasPermission(tenancy.LeadsViewAll)
	return web.Shell{
		Title: title, Section: section, Organization: v.Organization.Name, CSRF: s.csrfToken(v), Clock: clock, AwaitingReview: waiting,
		Viewer:     web.Viewer{Name: v.Member.DisplayName(), Email: v.Member.Email, Role: roleWords(v.Member.Role)},
		ShowReview: seesAll, ShowOverview: seesAll, Sandbox: s.config.Sandbox, Toasts: s.takeFlash(c),
		Identity: web.Identity{FrontendAPI: s.config.FrontendAPI, SessionID: v.Session},
	}
}

// clock is now in the organization's time zone.
func (s *Server) clock(v accounts.Visitor) web.Clock {
	zone, err := time.LoadLocation(v.Organization.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	return web.Clock{Now: s.Now(), Zone: zone}
}

func roleWords(r tenancy.Role) string {
	switch r {
	case tenancy.Admin:
		return "Admin"
	case tenancy.Manager:
		return "Manager"
	case tenancy.Worker:
		return "Member"
	}
	return ""
}
