package slack

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

const (
	// maxText is the longest top-level text; longer ones are truncated since 2018, and refused once they pass this too.
	// https://docs.slack.dev/reference/methods/chat.postMessage (truncating content)
	maxText = 40000
	// maxMetadata bounds message metadata, in bytes. https://docs.slack.dev/messaging/message-metadata
	maxMetadata = 8000
)

// content is what a message consists of, whichever method brings it.
type content struct {
	text               string
	blocks             json.RawMessage
	metadata           json.RawMessage
	hasText, hasBlocks bool
	hasMetadata        bool
}

// parseContent checks text, blocks and metadata against Slack's limits.
func parseContent(a args) (content, *refusal) {
	c := content{
		text: a.text("text"), hasText: a.has("text") && a.text("text") != "",
		hasBlocks: a.has("blocks"), hasMetadata: a.has("metadata"),
	}
	if utf8.RuneCountInString(c.text) > maxText {
		return content{}, refuse("msg_too_long")
	}
	if c.hasBlocks {
		blocks, no := parseBlocks(a.document("blocks"), surfaceMessage)
		if no != nil {
			return content{}, no
		}
		c.blocks = blocks
	}
	if c.hasMetadata {
		if no := checkMetadata(a.document("metadata")); no != nil {
			return content{}, no
		}
		c.metadata = a.document("metadata")
	}
	return c, nil
}

func (c content) empty() bool { return !c.hasText && len(c.blocks) == 0 }

// checkMetadata: https://docs.slack.dev/messaging/message-metadata
func checkMetadata(raw json.RawMessage) *refusal {
	if len(raw) > maxMetadata {
		return refuse("metadata_too_large")
	}
	if bytes.Equal(bytes.TrimSpace(raw), []byte("{}")) {
		return nil
	}
	var document struct {
		EventType    *string                    `json:"event_type"`
		EventPayload map[string]json.RawMessage `json:"event_payload"`
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		return refuse("invalid_metadata_format")
	}
	if document.EventType == nil || *document.EventType == "" || document.EventPayload == nil {
		return refuse("invalid_metadata_schema")
	}
	return nil
}

// writable finds a channel that the app may post to.
func (c *call) writable(id string) (Channel, *refusal) {
	channel, ok := c.team.channel(id)
	if !ok || (channel.Private && !c.team.joined[id]) {
		return Channel{}, refuse("channel_not_found")
	}
	if !c.team.joined[id] && !c.grant.allows("chat:write.public") {
		return Channel{}, refuse("not_in_channel")
	}
	return channel, nil
}

// chatPostMessage: https://docs.slack.dev/reference/methods/chat.postMessage
func (s *Server) chatPostMessage(c *call) (object, *refusal) {
	channel, no := c.writable(c.args.text("channel"))
	if no != nil {
		return nil, no
	}
	body, no := parseContent(c.args)
	if no != nil {
		return nil, no
	}
	if body.empty() {
		return nil, refuse("no_text")
	}
	m := s.newMessage(channel.ID, body)
	m.ThreadTS = c.args.text("thread_ts")
	// Slack expands links unless told not to; media is expanded by default too.
	m.Unfurl = c.args.flag("unfurl_links") || c.args.text("unfurl_media") != "false"
	c.team.messages = append(c.team.messages, m)
	s.touch()
	return object{"channel": channel.ID, "ts": m.TS, "message": s.messageObject(c.team, m, true)}, nil
}

func (s *Server) newMessage(channel string, body content) *Message {
	return &Message{
		Channel: channel, TS: s.nextTS(), Text: body.text, Blocks: body.blocks, Metadata: body.metadata,
	}
}

// chatPostEphemeral: https://docs.slack.dev/reference/methods/chat.postEphemeral
func (s *Server) chatPostEphemeral(c *call) (object, *refusal) {
	channel, no := c.writable(c.args.text("channel"))
	if no != nil {
		return nil, no
	}
	if _, ok := c.team.person(c.args.text("user")); !ok {
		return nil, refuse("user_not_in_channel")
	}
	body, no := parseContent(c.args)
	if no != nil {
		return nil, no
	}
	if body.empty() {
		return nil, refuse("no_text")
	}
	m := s.newMessage(channel.ID, body)
	m.ThreadTS, m.EphemeralTo = c.args.text("thread_ts"), c.args.text("user")
	c.team.ephemerals = append(c.team.ephemerals, m)
	s.touch()
	return object{"message_ts": m.TS}, nil
}

// chatUpdate: https://docs.slack.dev/reference/methods/chat.update. Ephemeral messages cannot be found by it.
func (s *Server) chatUpdate(c *call) (object, *refusal) {
	channel, no := c.writable(c.args.text("channel"))
	if no != nil {
		return nil, no
	}
	m := c.team.message(channel.ID, c.args.text("ts"))
	if m == nil {
		return nil, refuse("message_not_found")
	}
	body, no := parseContent(c.args)
	if no != nil {
		return nil, no
	}
	if !body.hasText && !body.hasBlocks && !body.hasMetadata {
		return nil, refuse("no_text")
	}
	s.change(m, body)
	return object{
		"channel": channel.ID, "ts": m.TS, "text": escapeControl(m.Text), "message": s.messageObject(c.team, m, true),
	}, nil
}

// change applies an update. Text without blocks takes the blocks away; blocks without text keep the old text; metadata that is
// not mentioned stays, and an empty object removes it.
func (s *Server) change(m *Message, body content) {
	if body.hasBlocks {
		m.Blocks = body.blocks
	} else if body.hasText {
		m.Blocks = nil
		m.EditedTS = s.nextTS()
	}
	if body.hasText {
		m.Text = body.text
	}
	if body.hasMetadata {
		m.Metadata = body.metadata
	}
	m.Updates++
	s.touch()
}

// chatGetPermalink: https://docs.slack.dev/reference/methods/chat.getPermalink
func (s *Server) chatGetPermalink(c *call) (object, *refusal) {
	channel, no := c.readable(c.args.text("channel"))
	if no != nil {
		return nil, no
	}
	m := c.team.message(channel.ID, c.args.text("message_ts"))
	if m == nil {
		return nil, refuse("message_not_found")
	}
	link := s.cfg.BaseURL + "/client/" + c.team.ID + "/" + channel.ID + "#m" + m.TS
	return object{"channel": channel.ID, "permalink": link}, nil
}

// chatDelete: https://docs.slack.dev/reference/methods/chat.delete
func (s *Server) chatDelete(c *call) (object, *refusal) {
	channel, no := c.writable(c.args.text("channel"))
	if no != nil {
		return nil, no
	}
	m := c.team.message(channel.ID, c.args.text("ts"))
	if m == nil {
		return nil, refuse("message_not_found")
	}
	c.team.remove(m)
	s.touch()
	return object{"channel": channel.ID, "ts": m.TS}, nil
}
