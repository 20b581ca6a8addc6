package slack

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Message is a message as the workspace holds it. Blocks and Metadata are JSON as stored, with the block ids that Slack adds.
type Message struct {
	Channel  string `json:"channel"`
	TS       string `json:"ts"`
	ThreadTS string `json:"thread_ts,omitempty"`
	// Text is the top-level text: the message itself, or the notification when there are blocks.
	Text     string          `json:"text"`
	Blocks   json.RawMessage `json:"blocks,omitempty"`
	Metadata json.RawMessage `json:"metadata,omitempty"`
	// EphemeralTo is the one person who sees the message, for an ephemeral one.
	EphemeralTo string `json:"ephemeral_to,omitempty"`
	// EditedTS is when chat.update last changed the text.
	EditedTS string `json:"edited_ts,omitempty"`
	// Updates counts the changes since posting.
	Updates int `json:"updates"`
	// Unfurl says that links and media in the message may be expanded with a preview.
	Unfurl bool `json:"unfurl"`
}

// workspace is the mutable state of one team. The server's mutex guards it.
type workspace struct {
	Team
	joined     map[string]bool
	messages   []*Message
	ephemerals []*Message
	notices    map[string]string
}

// grant is an installation: what a bot token may do.
type grant struct {
	token   string
	team    string
	scopes  []string
	revoked bool
}

func (g *grant) allows(scope string) bool {
	return scope == "" || slices.Contains(g.scopes, scope)
}

type trigger struct {
	team, user string
	expires    time.Time
	used       bool
}

func newWorkspace(t Team) *workspace {
	w := &workspace{Team: t, joined: map[string]bool{}, notices: map[string]string{}}
	for _, c := range t.Channels {
		w.joined[c.ID] = c.BotIsMember
	}
	return w
}

func (w *workspace) channel(id string) (Channel, bool) {
	i := slices.IndexFunc(w.Channels, func(c Channel) bool { return c.ID == id })
	if i < 0 {
		return Channel{}, false
	}
	return w.Channels[i], true
}

func (w *workspace) person(id string) (Person, bool) {
	i := slices.IndexFunc(w.People, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return w.People[i], true
}

// botUser is the id of the app's bot user in the workspace, derived so that it stays the same over installations.
func (w *workspace) botUser() string { return "UB" + strings.TrimPrefix(w.ID, "T") }

func (w *workspace) botID() string { return "B" + strings.TrimPrefix(w.ID, "T") }

func (w *workspace) message(channel, ts string) *Message {
	for _, m := range w.messages {
		if m.TS == ts && (channel == "" || m.Channel == channel) {
			return m
		}
	}
	return nil
}

// visible finds a message, ephemeral ones included.
func (w *workspace) visible(ts string) *Message {
	if m := w.message("", ts); m != nil {
		return m
	}
	for _, m := range w.ephemerals {
		if m.TS == ts {
			return m
		}
	}
	return nil
}

func (w *workspace) remove(target *Message) {
	gone := func(m *Message) bool { return m == target }
	w.messages = slices.DeleteFunc(w.messages, gone)
	w.ephemerals = slices.DeleteFunc(w.ephemerals, gone)
}

// nextTS returns a message timestamp, which is also a message's id and therefore unique and increasing.
func (s *Server) nextTS() string {
	micros := s.cfg.Now().UnixMicro()
	if micros <= s.lastMicros {
		micros = s.lastMicros + 1
	}
	s.lastMicros = micros
	return fmt.Sprintf("%d.%06d", micros/1e6, micros%1e6)
}

// touch makes waiting tests and polling pages look again. The caller holds the mutex.
func (s *Server) touch() {
	s.version++
	close(s.changed)
	s.changed = make(chan struct{})
}

func randomID(bytes int) string {
	raw := make([]byte, bytes)
	// crypto/rand.Read never returns an error.
	_, _ = rand.Read(raw)
	return hex.EncodeToString(raw)
}

func (s *Server) newTrigger(team, user string) string {
	id := fmt.Sprintf("%d.%s.%s", s.cfg.Now().UnixMilli(), strings.ToLower(team), randomID(16))
	s.triggers[id] = &trigger{team: team, user: user, expires: s.cfg.Now().Add(triggerLife)}
	return id
}
