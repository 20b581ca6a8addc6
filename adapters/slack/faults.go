package slack

import (
	"errors"
	"net/http"

	api "github.com/slack-go/slack"

	"github.com/leadagent/leadagent/domain/fault"
)

// words are Slack's refusals that a person can mend, and how (the error tables of https://docs.slack.dev/reference/methods).
var words = map[string]string{
	"token_revoked":       "Slack says that the app was removed. Install it again.",
	"invalid_auth":        "Slack does not accept the app's token. Install the app again.",
	"not_authed":          "Slack does not accept the app's token. Install the app again.",
	"account_inactive":    "Slack says that the app was removed. Install it again.",
	"missing_scope":       "The app lacks a permission in Slack. Install it again.",
	"channel_not_found":   "Slack cannot find the channel. Choose another one.",
	"not_in_channel":      "The app is not in its Slack channel. Invite it there.",
	"is_archived":         "The Slack channel is archived. Choose another one.",
	"message_not_found":   "The card was deleted in Slack. The review waits in the dashboard.",
	"user_not_found":      "Slack knows no such person.",
	"msg_too_long":        "The card is too long for Slack. The review waits in the dashboard.",
	"msg_blocks_too_long": "The card is too long for Slack. The review waits in the dashboard.",
	"invalid_blocks":      "Slack refused the card. The review waits in the dashboard.",
}

// passing are Slack's own troubles, which pass.
var passing = map[string]bool{"internal_error": true, "fatal_error": true, "service_unavailable": true, "request_timeout": true, "team_added_to_org": true}

// toFault turns what slack-go returns into faults.
func toFault(err error) error {
	var limited *api.RateLimitedError
	var answer api.SlackErrorResponse
	var status api.StatusCodeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &limited):
		return fault.Wrap(fault.Busy, err, "Slack asks us to slow down.").After(limited.RetryAfter)
	case errors.As(err, &answer):
		return ofWord(err, answer.Err)
	case errors.As(err, &status) && status.Code < http.StatusInternalServerError && status.Code != http.StatusTooManyRequests:
		return fault.Wrap(fault.Refused, err, "Slack refused the request.")
	}
	return fault.Wrap(fault.Unavailable, err, "Slack cannot be reached.")
}

func ofWord(err error, word string) error {
	switch {
	case word == "ratelimited":
		return fault.Wrap(fault.Busy, err, "Slack asks us to slow down.")
	case passing[word]:
		return fault.Wrap(fault.Unavailable, err, "Slack has trouble of its own.")
	case word == "user_not_found" || word == "users_not_found":
		return fault.Wrap(fault.NotFound, err, words["user_not_found"])
	}
	if message := words[word]; message != "" {
		return fault.Wrap(fault.Refused, err, message)
	}
	return fault.Wrap(fault.Refused, err, "Slack refused the request.")
}
