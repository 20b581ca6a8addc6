// Package slack shows review cards in Slack and reads the presses of their buttons. It must not know what a press leads to, nor who may press.
package slack

import "github.com/leadagent/leadagent/ports"

var (
	_ ports.ReviewChannel = (*Slack)(nil)
	_ ports.Clicks        = (*Slack)(nil)
)
