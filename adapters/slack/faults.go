package slack

import (
	"errors"
	"net/http"

	api "github.com/slack-go/slack"

	"github.com/leadagent/leadagent/domain/fault"
)

// words are Slack's refusals that a person can mend, and how (the error tables of https://docs.slack.dev/reference/methods).
func words(word string) string {
	switch word {
	case "token_revoked":
		return "Slack says that the app was removed. Install it again."
	case "invalid_auth":
		return "Slack does not accept the app's token. Install the app again."
	case "not_authed":
		return "Slack does not accept the app's token. Install the app again."
	case "account_inactive":
		return "Slack says that the app was removed. Install it again."
	case "missing_scope":
		return "The app lacks a permission in Slack. Install it again."
	case "channel_not_found":
		return "Slack cannot find the channel. Choose another one."
	case "not_in_channel":
		return "The app is not in its Slack channel. Invite it there."
	case "is_archived":
		return "The Slack channel is archived. Choose another one."
	case "message_not_found":
		return "The card was deleted in Slack. The review waits in the dashboard."
	case "user_not_found":
		return "Slack knows no such person."
	case "msg_too_long":
		return "The card is too long for Slack. The review waits in the dashboard."
	case "msg_blocks_too_long":
		return "The card is too long for Slack. The review waits in the dashboard."
	case "invalid_blocks":
		return "Slack refused the card. The review waits in the dashboard."
	}
	return ""
}

// passing are Slack's own troubles, which pass.
func passing(word string) bool {
	switch word {
	case "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org":
		return true
	}
	return false
}

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
	case passing(word):
		return fault.Wrap(fault.Unavailable, err, "Slack has trouble of its own.")
	case word == "user_not_found" || word == "users_not_found":
		return fault.Wrap(fault.NotFound, err, words("user_not_found"))
	}
	if message := words(word); message != "" {
		return fault.Wrap(fault.Refused, err, message)
	}
	return fault.Wrap(fault.Refused, err, "Slack refused the request.")
}
