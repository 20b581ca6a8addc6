package fiberhttp

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/domain/billing"
)

// usageJSON is how much of the plan is used. LeadLimit and Remaining are null without a limit.
type usageJSON struct {
	Plan      string     `json:"plan"`
	Used      int        `json:"used"`
	LeadLimit *int       `json:"lead_limit"`
	Remaining *int       `json:"remaining"`
	StartsAt  *time.Time `json:"starts_at"`
	EndsAt    *time.Time `json:"ends_at"`
}

// apiUsage gives the usage of the current period.
func (s *Server) apiUsage(c *fiber.Ctx) error {
	v, err := visitor(c)
	if err != nil {
		return err
	}
	usage, err := s.Metering.Stats(c.UserContext(), v.Scope)
	if err != nil {
		return err
	}
	out := usageJSON{Plan: v.Organization.Plan, Used: usage.Used, StartsAt: utc(usage.Period.Start), EndsAt: utc(usage.Period.End)}
	if usage.Limit != billing.Unlimited {
		limit, left := usage.Limit, max(usage.Limit-usage.Used, 0)
		out.LeadLimit, out.Remaining = &limit, &left
	}
	return c.JSON(out)
}
