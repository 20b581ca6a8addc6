package slack

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// A response URL can be used five times within 30 minutes.
// https://docs.slack.dev/interactivity/handling-user-interaction (message responses)
const (
	hookUses = 5
	hookLife = 30 * time.Minute
)

// hook is what stands behind a response URL.
type hook struct {
	team, user, channel, messageTS string
	secret                         string
	expires                        time.Time
	left                           int
}

// newHook makes a response URL for an interaction with a message. The caller holds the mutex.
func (s *Server) newHook(team, user string, m *Message) string {
	id, secret := randomID(6), randomID(12)
	s.hooks[id] = &hook{
		team: team, user: user, channel: m.Channel, messageTS: m.TS, secret: secret,
		expires: s.cfg.Now().Add(hookLife), left: hookUses,
	}
	return strings.Join([]string{s.cfg.BaseURL, "actions", team, id, secret}, "/")
}

// hookRequest is the body of a post to a response URL.
type hookRequest struct {
	ResponseType    string `json:"response_type"`
	ReplaceOriginal bool   `json:"replace_original"`
	DeleteOriginal  bool   `json:"delete_original"`
	ThreadTS        string `json:"thread_ts"`
}

func (s *Server) serveHook(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.hooks[r.PathValue("id")]
	if h == nil || h.team != r.PathValue("team") || h.secret != r.PathValue("secret") {
		hookRefused(w, http.StatusNotFound, "invalid_url")
		return
	}
	if s.cfg.Now().After(h.expires) {
		hookRefused(w, http.StatusNotFound, "expired_url")
		return
	}
	if h.left == 0 {
		hookRefused(w, http.StatusNotFound, "used_url")
		return
	}
	var request hookRequest
	arguments := args{values: map[string]json.RawMessage{}}
	if no := arguments.addJSON(r); no != nil || !decodable(arguments, &request) {
		hookRefused(w, http.StatusBadRequest, "invalid_payload")
		return
	}
	h.left--
	if no := s.respond(h, request, arguments); no != nil {
		hookRefused(w, http.StatusBadRequest, no.word)
		return
	}
	s.touch()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok"))
}

func decodable(a args, into *hookRequest) bool {
	raw, err := json.Marshal(a.values)
	return err == nil && json.Unmarshal(raw, into) == nil
}

// respond carries out what was posted to a response URL: replace or delete the message that was acted on, or add one.
func (s *Server) respond(h *hook, request hookRequest, a args) *refusal {
	w := s.teams[h.team]
	source := w.visible(h.messageTS)
	if request.DeleteOriginal {
		if source == nil {
			return refuse("message_not_found")
		}
		w.remove(source)
		return nil
	}
	// Messages from response URLs carry no metadata; clients send an empty object.
	delete(a.values, "metadata")
	body, no := parseContent(a)
	if no != nil {
		return no
	}
	if body.empty() {
		return refuse("no_text")
	}
	if request.ReplaceOriginal {
		if source == nil {
			return refuse("message_not_found")
		}
		s.change(source, body)
		return nil
	}
	m := s.newMessage(h.channel, body)
	m.ThreadTS = request.ThreadTS
	if request.ResponseType == "in_channel" {
		w.messages = append(w.messages, m)
		return nil
	}
	m.EphemeralTo = h.user
	w.ephemerals = append(w.ephemerals, m)
	return nil
}

func hookRefused(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(object{"ok": false, "error": word})
}

// serveIncomingWebhook: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
func (s *Server) serveIncomingWebhook(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	team := s.teams[r.PathValue("team")]
	if team == nil || r.PathValue("secret") != s.webhookSecret(r.PathValue("team")) {
		http.Error(w, "no_service", http.StatusNotFound)
		return
	}
	channel, ok := team.channel(r.PathValue("channel"))
	if !ok {
		http.Error(w, "channel_not_found", http.StatusNotFound)
		return
	}
	arguments := args{values: map[string]json.RawMessage{}}
	if no := arguments.addJSON(r); no != nil {
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	body, no := parseContent(arguments)
	if no != nil || body.empty() {
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	team.messages = append(team.messages, s.newMessage(channel.ID, body))
	s.touch()
	_, _ = w.Write([]byte("ok"))
}

// webhookSecret is the last part of a team's incoming webhook URL, the same for as long as the app's secret is.
func (s *Server) webhookSecret(team string) string {
	return Signature(s.cfg.ClientSecret, 0, []byte(team))[3:27]
}
