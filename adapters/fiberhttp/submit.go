package fiberhttp

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/leadagent/leadagent/app/intake"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

const (
	headerIdempotencyKey      = "Idempotency-Key"
	headerIdempotencyReplayed = "Idempotency-Replayed"
)

// submission is the body of POST /api/submit.
type submission struct {
	Form        string  `json:"form"`
	Email       string  `json:"email"`
	Name        string  `json:"name"`
	Company     *string `json:"company"`
	Phone       *string `json:"phone"`
	Message     string  `json:"message"`
	Website     string  `json:"website"` // the hidden field
	UTMSource   string  `json:"utm_source"`
	UTMMedium   string  `json:"utm_medium"`
	UTMCampaign string  `json:"utm_campaign"`
	UTMTerm     string  `json:"utm_term"`
	UTMContent  string  `json:"utm_content"`
	Referrer    string  `json:"referrer"`
	LandingPage string  `json:"landing_page"`
}

type accepted struct {
	ID     leads.ID `json:"id"`
	Status string   `json:"status"`
}

// submitAPI takes a submission from a program. The answer is the same whether the lead is processed, held or caught by the shield.
func (s *Server) submitAPI(c *fiber.Ctx) error {
	var body submission
	if err := readJSON(c, &body); err != nil {
		return err
	}
	if err := s.allowOrigin(c, body.Form); err != nil {
		return err
	}
	key := strings.TrimSpace(c.Get(headerIdempotencyKey))
	if !printable(key) {
		return fault.InvalidFields(fault.Field{Name: headerIdempotencyKey, Message: "Use printable ASCII characters."})
	}
	sum := sha256.Sum256(c.BodyRaw())
	request := intake.Request{
		FormKey: body.Form, Raw: body.raw(), Address: s.address(c), Hidden: body.Website, IdempotencyKey: key, BodyHash: hex.EncodeToString(sum[:]),
	}
	receipt, err := s.submitFrom(c, request)
	if err != nil {
		return err
	}
	if receipt.Replayed {
		c.Set(headerIdempotencyReplayed, "true")
	}
	return c.Status(http.StatusAccepted).JSON(accepted{ID: receipt.Lead, Status: "received"})
}

// submitFrom submits as a member where the request carries a Bearer token or, without a form, a session; else to the public form.
func (s *Server) submitFrom(c *fiber.Ctx, request intake.Request) (ports.Receipt, error) {
	token, bearer := bearerToken(c)
	session := c.Cookies(sessionCookie)
	switch {
	case bearer:
		v, err := s.Accounts.Enter(c.UserContext(), token, tenancy.API)
		if err != nil {
			return ports.Receipt{}, err
		}
		return s.Intake.SubmitAs(c.UserContext(), v.Scope, request)
	case request.FormKey != "":
		return s.Intake.Submit(c.UserContext(), request)
	case session != "":
		v, err := s.Accounts.Enter(c.UserContext(), session, tenancy.API)
		if err != nil {
			return ports.Receipt{}, err
		}
		if err := s.checkForgery(c, v); err != nil {
			return ports.Receipt{}, err
		}
		return s.Intake.SubmitAs(c.UserContext(), v.Scope, request)
	}
	return ports.Receipt{}, fault.InvalidFields(fault.Field{Name: "form", Message: "Say which form this is for."})
}

func (b submission) raw() leads.Raw {
	text := func(p *string) string {
		if p == nil {
			return ""
		}
		return norm.NFC.String(*p)
	}
	return leads.Raw{
		Email: norm.NFC.String(b.Email), Name: norm.NFC.String(b.Name), Company: text(b.Company), Phone: text(b.Phone),
		Message: norm.NFC.String(b.Message),
		Source: leads.Source{Referrer: b.Referrer, LandingPage: b.LandingPage, UTM: map[string]string{
			"utm_source": b.UTMSource, "utm_medium": b.UTMMedium, "utm_campaign": b.UTMCampaign, "utm_term": b.UTMTerm, "utm_content": b.UTMContent,
		}},
	}
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// submitPreflight answers a browser's question before a submission from another site. It carries no body, so it cannot know the form: the answer names
// the asking origin, and the submission itself is held against its form's allowed origins.
func (s *Server) submitPreflight(c *fiber.Ctx) error {
	origin := c.Get(fiber.HeaderOrigin)
	if origin != "" && c.Get(fiber.HeaderAccessControlRequestMethod) == fiber.MethodPost {
		s.cors(c, origin)
		c.Set(fiber.HeaderAccessControlAllowMethods, "POST")
		c.Set(fiber.HeaderAccessControlAllowHeaders, "Content-Type, Idempotency-Key")
		c.Set(fiber.HeaderAccessControlMaxAge, "600")
	}
	return c.SendStatus(http.StatusNoContent)
}

// allowOrigin lets a browser on another site submit only where the form names that site.
func (s *Server) allowOrigin(c *fiber.Ctx, form string) error {
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" || origin == s.origin() {
		return nil
	}
	page, err := s.Intake.Page(c.UserContext(), form)
	if err != nil {
		return err
	}
	if !slices.Contains(page.Form.AllowedOrigins, origin) {
		return fault.New(fault.Forbidden, "This form does not take messages from that site. Add the site to the form's allowed origins.")
	}
	s.cors(c, origin)
	return nil
}

func (s *Server) cors(c *fiber.Ctx, origin string) {
	c.Set(fiber.HeaderAccessControlAllowOrigin, origin)
	c.Set(fiber.HeaderAccessControlExposeHeaders, "Idempotency-Replayed, Retry-After")
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	c.Vary(fiber.HeaderOrigin)
}
