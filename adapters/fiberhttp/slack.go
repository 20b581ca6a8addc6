package fiberhttp

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/domain/fault"
)

// slackPatience is how long a press may take to be stored: Slack gives up after three seconds
// (https://api.slack.com/interactivity/handling#acknowledgment_response).
const slackPatience = 2700 * time.Millisecond

// slack takes what Slack sends: the signature is checked on the raw body, the press is stored, and Slack is answered before anything is done about
// it. A press that cannot be stored is answered with an error, upon which Slack tells the presser that it did not work.
func (s *Server) slack(c *fiber.Ctx) error {
	if s.Clicks == nil {
		return fiber.NewError(http.StatusNotFound)
	}
	raw := c.BodyRaw()
	if err := s.Clicks.Verify(c.Get("X-Slack-Signature"), c.Get("X-Slack-Request-Timestamp"), raw); err != nil {
		return err
	}
	if challenge, is := challengeOf(raw); is {
		return c.JSON(fiber.Map{"challenge": challenge})
	}
	click, asks, err := s.Clicks.Parse(raw)
	if err != nil {
		return err
	}
	if !asks {
		return c.SendStatus(http.StatusOK)
	}
	ctx, cancel := detached(slackPatience)
	defer cancel()
	org, err := s.Directory.SlackRun(ctx, click.Team, string(click.Run))
	switch {
	case fault.Is(err, fault.NotFound):
		s.tellLater(click.ResponseURL, "This lead does not exist any more, so nothing was recorded.")
		return c.SendStatus(http.StatusOK)
	case err == nil:
		err = s.Desk.ReceiveClick(ctx, org, click, raw, s.NewID())
	}
	if err != nil {
		s.tellLater(click.ResponseURL, "Your decision was not recorded. Press again in a moment.")
		return fault.Wrap(fault.Overloaded, err, "Not recorded. Press again.")
	}
	return c.SendStatus(http.StatusOK)
}

// tellLater answers the presser alone, after Slack has its own answer.
func (s *Server) tellLater(responseURL, text string) {
	go func() {
		ctx, cancel := detached(5 * time.Second)
		defer cancel()
		s.Desk.Tell(ctx, responseURL, text)
	}()
}

// challengeOf reads the question by which Slack checks an address (https://api.slack.com/events/url_verification).
func challengeOf(raw []byte) (string, bool) {
	var body struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
	}
	if json.Unmarshal(raw, &body) != nil || body.Type != "url_verification" {
		return "", false
	}
	return body.Challenge, true
}
