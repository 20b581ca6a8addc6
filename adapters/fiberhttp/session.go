package fiberhttp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/app/accounts"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/web"
)

// The identity provider's cookies (https://clerk.com/docs/guides/how-clerk-works/cookies). They are its script's, so their names are not ours.
const (
	sessionCookie = "__session"
	clientCookie  = "__client_uat"
)

// visitorOf is who is signed in, once member or program has let them in.
func visitorOf(c *fiber.Ctx) (accounts.Visitor, bool) {
	v, ok := c.Locals(localVisitor).(accounts.Visitor)
	return v, ok
}

// member lets signed-in members through to pages; others go to sign in, or have their run-out token refreshed.
func (s *Server) member(c *fiber.Ctx) error {
	token := c.Cookies(sessionCookie)
	visitor, err := s.Accounts.Enter(c.UserContext(), token, tenancy.Dashboard)
	switch {
	case err == nil:
		c.Locals(localVisitor, visitor)
		return s.guard(c, visitor)
	case fault.Is(err, fault.Unauthenticated):
		return s.askToSignIn(c)
	}
	return err
}

// program lets members' programs through to the API, by Bearer token or by the session cookie. A Bearer request ignores cookies and needs no
// token against forgery, since no browser adds it by itself.
func (s *Server) program(c *fiber.Ctx) error {
	token, bearer := bearerToken(c)
	if !bearer {
		token = c.Cookies(sessionCookie)
	}
	if token == "" {
		return fault.New(fault.Unauthenticated, "Send a session token or an API key as Bearer.")
	}
	visitor, err := s.Accounts.Enter(c.UserContext(), token, tenancy.API)
	if err != nil {
		return err
	}
	c.Locals(localVisitor, visitor)
	if bearer {
		return c.Next()
	}
	return s.guard(c, visitor)
}

func bearerToken(c *fiber.Ctx) (string, bool) {
	scheme, token, ok := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", c.Get(fiber.HeaderAuthorization) != ""
	}
	return strings.TrimSpace(token), true
}

// askToSignIn answers a request without a good session: htmx gets 401, upon which the page refreshes its token; a browser whose token ran out
// gets a page that fetches a new one; everybody else goes to sign in.
func (s *Server) askToSignIn(c *fiber.Ctx) error {
	if c.Get("HX-Request") != "" || c.Get(fiber.HeaderAccept) == "text/event-stream" {
		return c.SendStatus(http.StatusUnauthorized)
	}
	next := "/"
	if c.Method() == fiber.MethodGet {
		next = c.OriginalURL()
	}
	signIn := web.PathSignIn + "?" + url.Values{web.FieldNext: {localPath(next)}}.Encode()
	uat := c.Cookies(clientCookie)
	if c.Cookies(sessionCookie) != "" && uat != "" && uat != "0" && s.config.FrontendAPI != "" && c.Method() == fiber.MethodGet {
		page := web.RefreshPage{
			Identity:  web.Identity{FrontendAPI: s.config.FrontendAPI},
			SignInURL: signIn,
		}
		return s.render(c, http.StatusUnauthorized, web.Refresh(page))
	}
	return seeOther(c, signIn)
}

// localPath keeps a path of ours and turns anything else into "/", so that no link of ours leads elsewhere.
func localPath(raw string) string {
	if !strings.HasPrefix(raw, "/") || strings.HasPrefix(raw, "//") || strings.ContainsAny(raw, "\\\r\n\t\x00") {
		return "/"
	}
	u, err := url.Parse(raw)
	if err != nil || u.IsAbs() || u.Host != "" || strings.HasPrefix(u.Path, "//") {
		return "/"
	}
	return u.RequestURI()
}

// csrfToken is bound to the session and the person.
func (s *Server) csrfToken(v accounts.Visitor) string {
	mac := hmac.New(sha256.New, s.config.CSRFKey)
	mac.Write([]byte("csrf\n" + v.Session + "\n" + string(v.Member.UserID)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// guard refuses an unsafe request that another site may have made the browser send.
func (s *Server) guard(c *fiber.Ctx, v accounts.Visitor) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return c.Next()
	}
	if err := s.checkForgery(c, v); err != nil {
		return err
	}
	return c.Next()
}

// checkForgery asks for the session's token, for our own origin where the browser names one, and for a content type that forms of other sites
// cannot make up their own token in.
func (s *Server) checkForgery(c *fiber.Ctx, v accounts.Visitor) error {
	forged := fault.New(fault.Forbidden, "This page is out of date or was opened from elsewhere. Reload it, then try again.")
	if origin := c.Get(fiber.HeaderOrigin); origin != "" && origin != s.origin() {
		return forged
	}
	if site := c.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return forged
	}
	kind, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";")
	token := c.Get(web.CSRFHeader)
	switch strings.TrimSpace(strings.ToLower(kind)) {
	case fiber.MIMEApplicationForm:
		if token == "" {
			form, err := url.ParseQuery(string(c.BodyRaw()))
			if err != nil {
				return forged
			}
			token = form.Get(web.CSRFField)
		}
	case fiber.MIMEApplicationJSON, "":
	default:
		return forged
	}
	if !hmac.Equal([]byte(token), []byte(s.csrfToken(v))) {
		return forged
	}
	return nil
}
