package slack

import (
	"encoding/json"
	"strings"
)

// Live is something in a message that is more than characters: a mention, a link or formatting.
type Live struct {
	// Kind is one of user, channel, broadcast, date, link, bold, italic, strike, code, pre, quote.
	Kind string `json:"kind"`
	// Text is what is shown, Target what is linked or mentioned.
	Text   string `json:"text"`
	Target string `json:"target,omitempty"`
}

// Live lists everything in the message that comes alive: in its top-level text and in every mrkdwn object of its blocks. Tests use
// it to prove that untrusted text does not. URL buttons are not listed; they are the app's own.
func (m Message) Live() []Live {
	out := liveIn(parseMrkdwn(m.Text, false))
	var document any
	if json.Unmarshal(m.Blocks, &document) == nil {
		out = append(out, liveInBlocks(document)...)
	}
	return out
}

func liveInBlocks(value any) []Live {
	var out []Live
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			out = append(out, liveInBlocks(item)...)
		}
	case map[string]any:
		if text, ok := v["text"].(string); ok && (v["type"] == "mrkdwn" || v["type"] == "markdown") {
			verbatim, _ := v["verbatim"].(bool)
			return liveIn(parseMrkdwn(text, verbatim))
		}
		for _, item := range v {
			out = append(out, liveInBlocks(item)...)
		}
	}
	return out
}

func liveIn(nodes []node) []Live {
	var out []Live
	for _, n := range nodes {
		if n.kind != nodeText {
			out = append(out, Live{Kind: string(n.kind), Text: n.shown(), Target: n.target})
		}
		out = append(out, liveIn(n.children)...)
	}
	return out
}

func (n node) shown() string {
	var out strings.Builder
	out.WriteString(n.text)
	for _, child := range n.children {
		out.WriteString(child.shown())
	}
	return out.String()
}
