package fiberhttp

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/web"
)

// status is the one table from a fault to its HTTP status.
func status(kind fault.Kind) int {
	switch kind {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Malformed:
		return http.StatusBadRequest
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Unsupported:
		return http.StatusUnsupportedMediaType
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.QuotaReached, fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Overloaded, fault.Busy, fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Unusable, fault.Refused, fault.Doubtful, fault.Stale, fault.Internal:
	}
	return http.StatusInternalServerError
}

// defaultWait is the Retry-After of a 503 that names none.
const defaultWait = 2 * time.Second

// fail is the one place where an error becomes an answer.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	f := s.asFault(c, err)
	code := status(f.Kind)
	if f.Kind == fault.Internal {
		s.Log.ErrorContext(c.UserContext(), "request failed", "incident", requestID(c), "path", c.Path(), "error", err)
	}
	s.retryAfter(c, code, f)
	if isAPI(c) {
		return s.problem(c, code, f)
	}
	return s.errorPage(c, code, f)
}

// unread answers what was refused before it came to a route: a body over every limit, headers that are too long, no HTTP at all.
func (s *Server) unread(c *fiber.Ctx, err error) error {
	if requestID(c) == "" {
		c.Locals(localRequestID, s.NewID())
		s.secured(c)
	}
	return s.fail(c, err)
}

// knownMethods answers methods that nobody has heard of, which Fiber would answer by itself and without our headers.
func (s *Server) knownMethods(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		if slices.Contains(fiber.DefaultMethods, string(ctx.Method())) {
			next(ctx)
			return
		}
		c := s.app.AcquireCtx(ctx)
		defer s.app.ReleaseCtx(c)
		if err := s.unread(c, fiber.NewError(http.StatusMethodNotAllowed)); err != nil {
			s.Log.Error("a refusal could not be written", "error", err)
		}
	}
}

// retryAfter says when another try makes sense: what the fault says, and always something with a 503.
func (s *Server) retryAfter(c *fiber.Ctx, code int, f *fault.Error) {
	if code == http.StatusServiceUnavailable && f.RetryAfter <= 0 {
		f.RetryAfter = defaultWait
	}
	if f.RetryAfter > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
}

// asFault turns Fiber's own errors, such as an unknown route, into faults.
func (s *Server) asFault(c *fiber.Ctx, err error) *fault.Error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	var fe *fiber.Error
	if !errors.As(err, &fe) {
		return fault.Wrap(fault.Internal, err, "Something went wrong on our side. Try again; if it comes back, tell your operator the incident "+requestID(c)+".")
	}
	switch fe.Code {
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return fault.New(fault.NotFound, "There is nothing at this address.")
	case http.StatusRequestEntityTooLarge:
		return fault.New(fault.TooLarge, "That was too much at once. Shorten it and send it again.")
	case http.StatusUnsupportedMediaType:
		return fault.New(fault.Unsupported, fe.Message)
	case http.StatusRequestTimeout:
		return fault.New(fault.Malformed, "The request did not arrive in time.")
	case http.StatusServiceUnavailable:
		return fault.New(fault.Overloaded, "This took too long. Try again in a moment.")
	}
	if fe.Code >= http.StatusBadRequest && fe.Code < http.StatusInternalServerError {
		return fault.Wrap(fault.Malformed, err, "The request could not be read.")
	}
	return fault.Wrap(fault.Internal, err, "Something went wrong on our side.")
}

type problemOfField struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

func (s *Server) problem(c *fiber.Ctx, code int, f *fault.Error) error {
	body := map[string]any{
		"type": "about:blank", "title": http.StatusText(code), "status": code, "detail": f.Message, "code": problemCode(f),
		"instance": "urn:request:" + requestID(c),
	}
	if len(f.Fields) > 0 {
		fields := make([]problemOfField, len(f.Fields))
		for i, field := range f.Fields {
			fields[i] = problemOfField{Field: field.Name, Message: field.Message}
		}
		body["errors"] = fields
	}
	for key, value := range f.Details {
		if _, reserved := body[key]; reserved { // RFC 9457's own members say what they say there
			key = "current_" + key
		}
		body[key] = value
		if n, err := strconv.Atoi(value); err == nil && key == "current_version" {
			body[key] = n
		}
	}
	if code == http.StatusUnauthorized {
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
	}
	c.Status(code)
	if err := c.JSON(body); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/problem+json")
	return nil
}

// problemCode is the machine-readable name of a fault.
func problemCode(f *fault.Error) string {
	switch f.Kind {
	case fault.Invalid:
		return "invalid"
	case fault.Malformed:
		return "malformed"
	case fault.TooLarge:
		return "too_large"
	case fault.Unsupported:
		return "unsupported_media_type"
	case fault.Unauthenticated:
		return "unauthenticated"
	case fault.Forbidden:
		return "forbidden"
	case fault.NotFound:
		return "not_found"
	case fault.Conflict:
		return "conflict"
	case fault.QuotaReached:
		return "usage_limit_reached"
	case fault.TooMany:
		return "rate_limited"
	case fault.Overloaded, fault.Busy, fault.Unavailable:
		return "unavailable"
	case fault.Unusable, fault.Refused, fault.Doubtful, fault.Stale, fault.Internal:
	}
	return "internal"
}

// errorPage shows a fault to a person: with the program around it when they are signed in.
func (s *Server) errorPage(c *fiber.Ctx, code int, f *fault.Error) error {
	page := web.ErrorPage{Status: code, Detail: f.Message, Permission: f.Details["permission"], Wait: f.RetryAfter}
	if code == http.StatusInternalServerError {
		page.Incident, page.Detail = requestID(c), ""
	}
	if v, ok := visitorOf(c); ok {
		shell := s.shell(c, v, "", web.SectionNone)
		page.Shell = &shell
	}
	return s.render(c, code, web.Error(page))
}
