package slack_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

var update = flag.Bool("update", false, "write the golden files anew")

// cards are the cards whose blocks are kept as golden files.
func cards() map[string]ports.Card {
	waiting, hostile, long, decided, spare := card(), card(), card(), card(), card()
	const attack = "<!channel> <@U0ACMEADMIN> <https://evil.test|click> *bold* `code` :tada: &amp;\n> quote"
	hostile.Name, hostile.Company, hostile.Email, hostile.Phone = attack, attack, attack, attack
	hostile.Reason, hostile.Message, hostile.Subject, hostile.Body, hostile.Sources = attack, attack, attack, attack, []string{attack, attack}
	long.Body = strings.Repeat("A line of a long letter.\n", 600)
	decided.Outcome, decided.State = "Approved by Sam 14:02 · sent 14:02", workflows.Completed
	spare = ports.Card{Run: spare.Run, State: spare.State, Category: spare.Category, Name: "Jo", Email: spare.Email, To: spare.To, Subject: "S", Body: "B", DraftVersion: 1, Received: spare.Received, URL: spare.URL}
	return map[string]ports.Card{"waiting": waiting, "hostile": hostile, "long": long, "decided": decided, "spare": spare}
}

// posted gives what the emulator holds after a post: blocks without the ids that Slack adds.
func posted(t *testing.T, c ports.Card) (text string, blocks []map[string]any, unfurl bool) {
	t.Helper()
	b := setup(t)
	ref, err := b.Post(t.Context(), token, channel, c)
	require.NoError(t, err)
	messages := b.slack.Messages(team)
	require.Len(t, messages, 1)
	require.Equal(t, ports.MessageRef{Channel: channel, TS: messages[0].TS}, ref)
	require.JSONEq(t, `{"event_type":"lead_review","event_payload":{"run":"`+string(runID)+`"}}`, string(messages[0].Metadata))
	require.NoError(t, json.Unmarshal(messages[0].Blocks, &blocks))
	for _, block := range blocks {
		delete(block, "block_id")
	}
	return messages[0].Text, blocks, messages[0].Unfurl
}

func TestCardsLookAsTheyShould(t *testing.T) {
	t.Parallel()
	for name, c := range cards() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, blocks, unfurl := posted(t, c)
			require.False(t, unfurl)
			var got bytes.Buffer
			encoder := json.NewEncoder(&got)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", "  ")
			require.NoError(t, encoder.Encode(map[string]any{"text": text, "blocks": blocks}))
			path := filepath.Join("testdata", name+".json")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(path, got.Bytes(), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), got.String())
			checkLimits(t, blocks)
		})
	}
}

// checkLimits holds the documented limits (https://docs.slack.dev/reference/block-kit/blocks), and that nothing but plain text is shown.
func checkLimits(t *testing.T, blocks []map[string]any) {
	t.Helper()
	require.LessOrEqual(t, len(blocks), 50)
	total := 0
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			if text, ok := v["text"].(string); ok {
				require.Equal(t, "plain_text", v["type"])
				n := utf8.RuneCountInString(text)
				require.Positive(t, n)
				require.LessOrEqual(t, n, 3000)
				total += n
			}
			for _, item := range v {
				walk(item)
			}
		}
	}
	for _, block := range blocks {
		walk(any(block))
		if fields, ok := block["fields"].([]any); ok {
			require.LessOrEqual(t, len(fields), 10)
		}
	}
	require.LessOrEqual(t, total, 12_000)
}

// actions are the buttons of a card by their id, with their values.
func actions(blocks []map[string]any) map[string]string {
	found := map[string]string{}
	for _, block := range blocks {
		if block["type"] != "actions" {
			continue
		}
		for _, e := range block["elements"].([]any) {
			button := e.(map[string]any)
			value, _ := button["value"].(string)
			found[button["action_id"].(string)] = value
		}
	}
	return found
}

func TestButtonsFollowTheState(t *testing.T) {
	t.Parallel()
	value := `{"run":"` + string(runID) + `","v":3}`
	for name, want := range map[string]map[string]string{
		"waiting": {"approve": value, "reject": value, "open": ""},
		"hostile": {"approve": value, "reject": value, "open": ""},
		"long":    {"open": ""},
		"decided": {"open": ""},
	} {
		_, blocks, _ := posted(t, cards()[name])
		require.Equal(t, want, actions(blocks), name)
	}
}

func TestTheWholeDraftIsShown(t *testing.T) {
	t.Parallel()
	c := card()
	c.Body = strings.Repeat("Ünïcödé words of a draft. ", 250) // 6,500 characters without a line break
	_, blocks, _ := posted(t, c)
	var shown strings.Builder
	for _, block := range blocks {
		if text, ok := block["text"].(map[string]any); ok && block["type"] == "section" {
			shown.WriteString(text["text"].(string))
		}
	}
	require.Contains(t, shown.String(), c.Body)
	require.Contains(t, actions(blocks), "approve")
}
