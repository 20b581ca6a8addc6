package slack

import (
	"context"
	"encoding/json"
	"fmt"
)

// SendEvent delivers an event_callback as the Events API does: https://docs.slack.dev/apis/events-api. The event needs a "type".
// Use Redeliver for Slack's retries.
func (s *Server) SendEvent(ctx context.Context, team string, event map[string]any) (Delivery, error) {
	s.mu.Lock()
	target := s.cfg.EventsURL
	envelope := object{
		"token": "sandbox-verification-token", "team_id": team, "api_app_id": s.cfg.AppID, "type": "event_callback",
		"event": event, "event_id": "Ev" + randomID(6), "event_time": s.cfg.Now().Unix(),
		"authorizations": []object{}, "is_ext_shared_channel": false,
	}
	s.mu.Unlock()
	body, err := json.Marshal(envelope)
	if err != nil {
		return Delivery{}, fmt.Errorf("sandbox slack: encode event: %w", err)
	}
	return s.deliver(ctx, target, "application/json", body, 0)
}

// VerifyURL sends the url_verification challenge that Slack sends when a request URL is entered, and returns the challenge that the
// app must answer with. https://docs.slack.dev/reference/events/url_verification
func (s *Server) VerifyURL(ctx context.Context) (challenge string, d Delivery, err error) {
	s.mu.Lock()
	target := s.cfg.EventsURL
	s.mu.Unlock()
	challenge = randomID(16)
	body, err := json.Marshal(object{"type": "url_verification", "token": "sandbox-verification-token", "challenge": challenge})
	if err != nil {
		return "", Delivery{}, fmt.Errorf("sandbox slack: encode challenge: %w", err)
	}
	d, err = s.deliver(ctx, target, "application/json", body, 0)
	return challenge, d, err
}

// Uninstall removes the app from a team: its tokens are revoked, and the app gets tokens_revoked and app_uninstalled, in no promised
// order. https://docs.slack.dev/reference/events/app_uninstalled
func (s *Server) Uninstall(ctx context.Context, team string) error {
	s.RevokeTokens(team)
	s.mu.Lock()
	w := s.teams[team]
	s.mu.Unlock()
	if w == nil {
		return fmt.Errorf("%w: team %s", ErrNoSuchControl, team)
	}
	revoked := object{"type": "tokens_revoked", "tokens": object{"oauth": []string{}, "bot": []string{w.botUser()}}}
	if _, err := s.SendEvent(ctx, team, revoked); err != nil {
		return err
	}
	_, err := s.SendEvent(ctx, team, object{"type": "app_uninstalled"})
	return err
}
