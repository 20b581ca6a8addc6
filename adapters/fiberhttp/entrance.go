package fiberhttp

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/web"
)

// home leads members to their work and everybody else to sign in.
func (s *Server) home(c *fiber.Ctx) error {
	if c.Cookies(sessionCookie) == "" {
		return seeOther(c, web.PathSignIn)
	}
	return seeOther(c, web.PathReview)
}

// healthy says that the process runs.
func (s *Server) healthy(c *fiber.Ctx) error { return c.SendString("ok\n") }

// ready says that the process can take submissions.
func (s *Server) ready(c *fiber.Ctx) error {
	ctx, cancel := detached(publicTime)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		s.Log.WarnContext(ctx, "not ready", "error", err)
		return s.unready(c)
	}
	return c.SendString("ready\n")
}

func (s *Server) unready(c *fiber.Ctx) error {
	c.Set(fiber.HeaderRetryAfter, "2")
	return c.Status(http.StatusServiceUnavailable).SendString("the database cannot be reached\n")
}

// signIn sends a person to the identity provider, with the way back.
func (s *Server) signIn(c *fiber.Ctx) error {
	page := web.SignInPage{Sandbox: s.config.Sandbox != nil}
	target, err := url.Parse(s.config.SignInURL)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "The sign-in address is wrong.")
	}
	query := target.Query()
	query.Set("redirect_url", s.config.BaseURL+localPath(firstOf(c.Query(web.FieldNext), "/")))
	target.RawQuery = query.Encode()
	page.SignInURL = target.String()
	return s.render(c, http.StatusOK, web.SignIn(page))
}

func (s *Server) signedOut(c *fiber.Ctx) error {
	return s.render(c, http.StatusOK, web.SignedOut(web.SignedOutPage{}))
}

// signOut ends the session at the identity provider and forgets it here. Where the provider cannot be reached the person hears so and stays signed in,
// rather than believing in a sign-out that did not happen.
func (s *Server) signOut(c *fiber.Ctx) error {
	if v, ok := visitorOf(c); ok {
		if err := s.Accounts.Leave(c.UserContext(), v); err != nil {
			return err
		}
	}
	for _, name := range []string{sessionCookie, clientCookie} {
		c.Cookie(&fiber.Cookie{Name: name, Value: "", Path: "/", Expires: time.Unix(1, 0), Secure: s.secure(), SameSite: fiber.CookieSameSiteLaxMode})
	}
	return seeOther(c, "/signed-out")
}
