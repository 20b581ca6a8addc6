package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"sync"
)

// ErrNoSuchControl means that there is no such team, message, person or control to act on.
var ErrNoSuchControl = errors.New("sandbox slack: no such control")

// PressResult is what a press led to by the time the app had acknowledged it, or failed to.
type PressResult struct {
	Delivery
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	// Ephemerals are the ephemeral messages that the person was shown since the press. More may follow; see Server.Wait.
	Ephemerals []Message `json:"ephemerals"`
}

// click is a press that is ready to be sent.
type click struct {
	body                   []byte
	target                 string
	triggerID, responseURL string
	seen                   int
}

// Press presses a button of a message as a person: it sends a signed block_actions payload to the interactivity URL. It
// fails with ErrNoSuchControl when the button is not, or no longer, there.
func (s *Server) Press(ctx context.Context, team, messageTS, actionID, userID string) (PressResult, error) {
	c, err := s.click(team, messageTS, actionID, userID)
	if err != nil {
		return PressResult{}, err
	}
	return s.pressed(ctx, team, userID, c)
}

// PressTwice is a double click: two payloads with triggers and response URLs of their own, sent at the same time.
func (s *Server) PressTwice(ctx context.Context, team, messageTS, actionID, userID string) ([2]PressResult, error) {
	var clicks [2]click
	for i := range clicks {
		c, err := s.click(team, messageTS, actionID, userID)
		if err != nil {
			return [2]PressResult{}, err
		}
		clicks[i] = c
	}
	var results [2]PressResult
	var failures [2]error
	var both sync.WaitGroup
	for i, c := range clicks {
		both.Go(func() { results[i], failures[i] = s.pressed(ctx, team, userID, c) })
	}
	both.Wait()
	return results, errors.Join(failures[0], failures[1])
}

// Interaction builds the body that a press would send, without sending it, for tests that tamper with it or its signature. The
// content type is application/x-www-form-urlencoded.
func (s *Server) Interaction(team, messageTS, actionID, userID string) ([]byte, error) {
	c, err := s.click(team, messageTS, actionID, userID)
	return c.body, err
}

func (s *Server) pressed(ctx context.Context, team, userID string, c click) (PressResult, error) {
	d, err := s.deliver(ctx, c.target, formType, c.body, 0)
	if err != nil {
		return PressResult{}, err
	}
	shown := s.Ephemerals(team, userID)
	return PressResult{
		Delivery: d, TriggerID: c.triggerID, ResponseURL: c.responseURL, Ephemerals: shown[min(c.seen, len(shown)):],
	}, nil
}

func (s *Server) click(team, messageTS, actionID, userID string) (click, error) {
	seen := len(s.Ephemerals(team, userID))
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.teams[team]
	if w == nil {
		return click{}, fmt.Errorf("%w: team %s", ErrNoSuchControl, team)
	}
	person, ok := w.person(userID)
	if !ok {
		return click{}, fmt.Errorf("%w: person %s", ErrNoSuchControl, userID)
	}
	m := w.visible(messageTS)
	if m == nil {
		return click{}, fmt.Errorf("%w: message %s", ErrNoSuchControl, messageTS)
	}
	action, ok := s.actionOf(m.Blocks, actionID)
	if !ok {
		return click{}, fmt.Errorf("%w: action %s", ErrNoSuchControl, actionID)
	}
	return s.messageClick(w, person, m, action, seen)
}

// actionOf finds the interactive element of that action_id and makes the entry of the payload's "actions".
func (s *Server) actionOf(blocks json.RawMessage, actionID string) (object, bool) {
	for _, b := range decodeBlocks(blocks) {
		for _, e := range b.interactive() {
			if e.ActionID != actionID || actionID == "" {
				continue
			}
			action := object{
				"action_id": e.ActionID, "block_id": b.BlockID, "type": e.Type, "action_ts": s.nextTS(),
				"text": object{"type": "plain_text", "text": escapeControl(e.Text.Text), "emoji": true},
			}
			if e.Value != "" {
				action["value"] = e.Value
			}
			if e.Style != "" {
				action["style"] = e.Style
			}
			return action, true
		}
	}
	return nil, false
}

// messageClick: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
func (s *Server) messageClick(w *workspace, p Person, m *Message, action object, seen int) (click, error) {
	channel, _ := w.channel(m.Channel)
	c := click{
		target: s.cfg.InteractivityURL, triggerID: s.newTrigger(w.ID, p.ID), responseURL: s.newHook(w.ID, p.ID, m), seen: seen,
	}
	container := object{"type": "message", "message_ts": m.TS, "channel_id": m.Channel, "is_ephemeral": m.EphemeralTo != ""}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	payload := s.payload("block_actions", w, p, c.triggerID)
	payload["container"] = container
	payload["channel"] = object{"id": channel.ID, "name": channel.Name}
	payload["message"] = s.messageObject(w, m, true)
	payload["state"] = object{"values": object{}}
	payload["response_url"] = c.responseURL
	payload["actions"] = []object{action}
	body, err := encodePayload(payload)
	c.body = body
	return c, err
}

// payload holds the fields that every interaction has.
func (s *Server) payload(kind string, w *workspace, p Person, triggerID string) object {
	return object{
		"type": kind, "api_app_id": s.cfg.AppID, "token": "sandbox-verification-token", "trigger_id": triggerID,
		"user":       object{"id": p.ID, "username": p.Handle, "name": p.Handle, "team_id": w.ID},
		"team":       object{"id": w.ID, "domain": w.Domain},
		"enterprise": nil, "is_enterprise_install": false,
	}
}

func encodePayload(payload object) ([]byte, error) {
	document, err := json.Marshal(payload)
	if err != nil {
		return nil, fmt.Errorf("sandbox slack: encode payload: %w", err)
	}
	return []byte(url.Values{"payload": {string(document)}}.Encode()), nil
}
