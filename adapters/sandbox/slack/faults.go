package slack

import (
	"net/http"
	"strconv"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
)

const (
	// TargetResponseURL is the fault target of posts to response URLs.
	TargetResponseURL = "response_url"
	// KindError is a fault whose Body is a Slack error word ("token_revoked", "channel_is_archived"), answered with status 200 as
	// Slack does, without effect.
	KindError faults.Kind = "error"
)

// RateLimit lets the next n calls of a method answer 429 with Retry-After in seconds.
// https://docs.slack.dev/apis/web-api/rate-limits
func (s *Server) RateLimit(method string, n, retryAfter int) {
	s.Faults.Plan(faults.Fault{
		Target: method, Kind: faults.KindStatus, Status: http.StatusTooManyRequests,
		Header: http.Header{"Retry-After": {strconv.Itoa(retryAfter)}},
	}, n)
}

// Refuse lets the next n calls of a method answer with a Slack error word.
func (s *Server) Refuse(method, word string, n int) {
	s.Faults.Plan(faults.Fault{Target: method, Kind: KindError, Body: word}, n)
}

// errorBody is what Slack sends with a status other than 200: JSON for a rate limit, a page for a server error.
func errorBody(f faults.Fault) (contentType string, body []byte) {
	if f.Status == http.StatusTooManyRequests {
		return "application/json; charset=utf-8", []byte(`{"ok":false,"error":"ratelimited"}`)
	}
	return "text/html; charset=utf-8", []byte("<!DOCTYPE html><title>Server Error | Slack</title><h1>Server Error</h1>")
}
