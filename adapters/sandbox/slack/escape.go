package slack

import (
	"encoding/json"
	"strings"
)

// escapeControl turns text into the form in which Slack hands it back: a loose "&" is an entity, while special sequences in angle
// brackets stay. https://docs.slack.dev/messaging/formatting-message-text (escaping text)
func escapeControl(text string) string {
	var out strings.Builder
	for i, r := range text {
		out.WriteRune(r)
		if r == '&' && !startsEntity(text[i:]) {
			out.WriteString("amp;")
		}
	}
	return out.String()
}

func startsEntity(text string) bool {
	return strings.HasPrefix(text, "&amp;") || strings.HasPrefix(text, "&lt;") || strings.HasPrefix(text, "&gt;")
}

// unescape decodes the three entities that Slack decodes for display, each once.
func unescape(text string) string {
	return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(text)
}

// escapedBlocks is how blocks come back in payloads and histories: in plain_text objects "&", "<" and ">" are entities.
func escapedBlocks(raw json.RawMessage) any {
	var document any
	if err := json.Unmarshal(raw, &document); err != nil {
		return raw
	}
	return escapeValue(document)
}

func escapeValue(value any) any {
	switch v := value.(type) {
	case []any:
		for i := range v {
			v[i] = escapeValue(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = escapeValue(v[key])
		}
		if text, ok := v["text"].(string); ok {
			text = escapeControl(text)
			if v["type"] == "plain_text" {
				text = strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(text)
			}
			v["text"] = text
		}
	}
	return value
}
