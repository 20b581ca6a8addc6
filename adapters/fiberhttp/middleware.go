package fiberhttp

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/domain/fault"
)

// Keys of what a request carries along.
const (
	localRequestID = "request_id"
	localVisitor   = "visitor"
	localNonce     = "frame_ancestors"
)

func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(localRequestID).(string)
	return id
}

// isAPI tells whether an answer is for a program: problem+json instead of a page.
func isAPI(c *fiber.Ctx) bool { return strings.HasPrefix(c.Path(), "/api/") || c.Path() == "/api" }

// begin gives every request an id, a deadline and a line in the log. The line holds no query, no body and nobody's address.
func (s *Server) begin(c *fiber.Ctx) error {
	began := s.Now()
	c.Locals(localRequestID, s.NewID())
	ctx, cancel := context.WithTimeout(context.Background(), requestTime)
	defer cancel()
	c.SetUserContext(ctx)
	err := c.Next()
	if err != nil {
		err = s.fail(c, err)
	}
	s.Log.LogAttrs(ctx, slog.LevelInfo, "request", slog.String("id", requestID(c)), slog.String("method", c.Method()),
		slog.String("route", c.Route().Path), slog.Int("status", c.Response().StatusCode()), slog.Duration("took", s.Now().Sub(began)))
	return err
}

// catch turns a panic into a 500 with an incident id.
func (s *Server) catch(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.Log.ErrorContext(c.UserContext(), "panic", "incident", requestID(c), "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fault.New(fault.Internal, "Something went wrong on our side. Try again; if it comes back, tell your operator the incident "+requestID(c)+".")
		}
	}()
	return c.Next()
}

// headers are set before anything can go wrong.
func (s *Server) headers(c *fiber.Ctx) error {
	s.secured(c)
	return c.Next()
}

// secured sets the headers that stand on every answer, whatever its status.
func (s *Server) secured(c *fiber.Ctx) {
	h := &c.Response().Header
	h.Set(fiber.HeaderContentSecurityPolicy, s.policy("'none'"))
	h.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	h.Set(fiber.HeaderReferrerPolicy, "strict-origin-when-cross-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set(fiber.HeaderXFrameOptions, "DENY")
	h.Set(fiber.HeaderCacheControl, "no-store")
	h.Set("X-Request-Id", requestID(c))
	if s.secure() {
		h.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000; includeSubDomains")
	}
}

// policy is the content security policy. Nothing inline, nothing from elsewhere, but for the identity provider's token address.
func (s *Server) policy(frameAncestors string) string {
	connect := "'self'"
	if frontend, err := url.Parse(s.config.FrontendAPI); err == nil && frontend.Host != "" {
		connect += " " + frontend.Scheme + "://" + frontend.Host
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src " + connect +
		"; form-action 'self'; base-uri 'none'; frame-ancestors " + frameAncestors
}

// framedBy lets the page be framed by these origins, and by nobody else.
func (s *Server) framedBy(c *fiber.Ctx, origins []string) {
	if len(origins) == 0 {
		return
	}
	c.Set(fiber.HeaderContentSecurityPolicy, s.policy(strings.Join(origins, " ")))
	c.Response().Header.Del(fiber.HeaderXFrameOptions)
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// plainBody refuses compressed bodies, which could grow without bound, and bodies over the limit.
func plainBody(limit int) fiber.Handler {
	return func(c *fiber.Ctx) error {
		for _, e := range c.Request().Header.PeekAll(fiber.HeaderContentEncoding) {
			if len(e) > 0 && !strings.EqualFold(string(e), "identity") {
				return fault.New(fault.Unsupported, "Send the body without compression (no Content-Encoding).")
			}
		}
		if len(c.BodyRaw()) > limit {
			return fault.Newf(fault.TooLarge, "The body can have at most %d KiB.", limit>>10)
		}
		return c.Next()
	}
}

// hurry gives the public's requests less time than members': a prospect has to hear within two seconds that a message was not stored, wherever on
// its way the database fell silent.
func hurry(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), publicTime)
	defer cancel()
	c.SetUserContext(ctx)
	return c.Next()
}

// render writes a page. The time that a request had to find something out may be over; its page is drawn all the same.
func (s *Server) render(c *fiber.Ctx, code int, page templ.Component) error {
	c.Status(code)
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	if err := page.Render(context.WithoutCancel(c.UserContext()), c.Response().BodyWriter()); err != nil {
		return fault.Wrap(fault.Internal, err, "The page could not be drawn.")
	}
	return nil
}

// seeOther sends the browser on to a page of ours.
func seeOther(c *fiber.Ctx, path string) error { return c.Redirect(path, http.StatusSeeOther) }

// detached is a context with a deadline that does not end with the request.
func detached(within time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), within)
}
