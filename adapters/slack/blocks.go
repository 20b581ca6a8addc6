package slack

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	api "github.com/slack-go/slack"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// Slack's limits, in characters (https://docs.slack.dev/reference/block-kit/blocks), with room for what stands around a text.
const (
	maxHeader  = 140
	maxSection = 2900
	maxField   = 300
	maxReason  = 700
	maxQuoted  = 600    // of the prospect's message, which is at most 500
	maxLine    = 400    // of the footing and the outcome
	maxMessage = 11_500 // of all texts of a card together; Slack takes 12,000
)

// blocks is the card. Everything that people or the model wrote stands in plain_text objects, in which nothing comes alive.
func blocks(c ports.Card) []api.Block {
	list := []api.Block{
		api.NewHeaderBlock(plain(clip(headline(c), maxHeader))),
		api.NewSectionBlock(nil, fields(c), nil),
	}
	list = append(list, texts("Why", clip(c.Reason, maxReason))...)
	list = append(list, texts("Message", clip(c.Message, maxQuoted))...)
	list = append(list, api.NewDividerBlock())
	draft := append(texts("To", c.To), texts("Subject", c.Subject)...)
	draft = append(draft, texts("", c.Body)...)
	fits := length(c) <= maxMessage
	if fits {
		list = append(list, draft...)
	} else {
		list = append(list, texts("Draft", "This draft is too long for Slack. Open the full draft to decide.")...)
	}
	if line := footing(c); line != "" {
		list = append(list, api.NewContextBlock("", plain(clip(line, maxLine))))
	}
	return append(list, ending(c, fits)...)
}

// ending is the buttons while a decision is wanted, else what came of it.
func ending(c ports.Card, fits bool) []api.Block {
	open := api.NewButtonBlockElement(actionOpen, "", plain("Open"))
	if !fits {
		open.Text = plain("Open the full draft")
	}
	open.URL = c.URL
	if c.Outcome != "" || c.State != workflows.AwaitingReview {
		line := c.Outcome
		if c.Problem != "" {
			line = strings.TrimPrefix(line+" · "+c.Problem, " · ")
		}
		if line == "" {
			line = "No decision is needed now."
		}
		return []api.Block{api.NewSectionBlock(plain(clip(line, maxLine)), nil, nil), api.NewActionBlock("", open)}
	}
	if !fits {
		return []api.Block{api.NewActionBlock("", open)}
	}
	approve := api.NewButtonBlockElement(actionApprove, button(c), plain("Approve & send"))
	approve.Style = api.StylePrimary
	reject := api.NewButtonBlockElement(actionReject, button(c), plain("Reject"))
	reject.Style = api.StyleDanger
	return []api.Block{api.NewActionBlock("", approve, reject, open)}
}

func button(c ports.Card) string {
	raw, err := json.Marshal(value{Run: c.Run, Version: c.DraftVersion})
	if err != nil {
		return "" // two plain fields always encode
	}
	return string(raw)
}

func headline(c ports.Card) string {
	who := c.Name
	if c.Company != "" {
		who += ", " + c.Company
	}
	return categoryTitle(c.Category) + " · " + who
}

func categoryTitle(c leads.Category) string {
	if c == leads.FollowUp {
		return "FOLLOW UP"
	}
	return string(c)
}

func fields(c ports.Card) []*api.TextBlockObject {
	category := categoryTitle(c.Category)
	if c.Confidence > 0 {
		category += fmt.Sprintf(" (%.0f %% sure)", c.Confidence*100)
	}
	due := ""
	if c.State == workflows.AwaitingReview && !c.ReviewDue.IsZero() {
		due = stamp(c, c.ReviewDue)
	}
	var list []*api.TextBlockObject
	for _, f := range [][2]string{
		{"Email", c.Email}, {"Company", c.Company}, {"Phone", c.Phone}, {"Category", category}, {"Received", stamp(c, c.Received)},
		{"Review due", due},
	} {
		if f[1] != "" {
			list = append(list, plain(clip(f[0]+"\n"+f[1], maxField)))
		}
	}
	return list
}

func stamp(c ports.Card, t time.Time) string {
	if c.Zone != nil {
		t = t.In(c.Zone)
	}
	return t.Format("Mon 2 Jan 15:04 MST")
}

// texts splits a text over as many sections as it needs.
func texts(label, s string) []api.Block {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	if label != "" {
		s = label + ": " + s
	}
	var list []api.Block
	for _, part := range split(s, maxSection) {
		list = append(list, api.NewSectionBlock(plain(part), nil, nil))
	}
	return list
}

// split cuts at the last line break before the limit, or in the line where there is none.
func split(s string, most int) []string {
	var parts []string
	for r := []rune(s); len(r) > 0; {
		n := min(most, len(r))
		if n < len(r) {
			if at := strings.LastIndexByte(string(r[:n]), '\n'); at > 0 {
				n = utf8.RuneCountInString(string(r[:n])[:at+1])
			}
		}
		if part := strings.Trim(string(r[:n]), "\n"); strings.TrimSpace(part) != "" {
			parts = append(parts, part)
		}
		r = r[n:]
	}
	return parts
}

func footing(c ports.Card) string {
	var parts []string
	switch n := len(c.Sources); {
	case n == 1:
		parts = append(parts, "Read "+c.Sources[0])
	case n > 1:
		parts = append(parts, fmt.Sprintf("Read %s and %d more", c.Sources[0], n-1))
	}
	if c.CostMicros > 0 {
		parts = append(parts, fmt.Sprintf("Cost $%.4f", float64(c.CostMicros)/1e6))
	}
	parts = append(parts, fmt.Sprintf("Draft %d", c.DraftVersion))
	return strings.Join(parts, " · ")
}

func length(c ports.Card) int {
	// Header, fields, footing, outcome, labels and the notification, at their longest.
	n := maxHeader + 6*maxField + 2*maxLine + 300 + 200 + maxReason + maxQuoted
	for _, s := range []string{c.To, c.Subject, c.Body} {
		n += utf8.RuneCountInString(s)
	}
	return n
}

// notification is the top-level text, which phones show.
func notification(c ports.Card) string {
	if c.Outcome != "" {
		return clip(c.Outcome+": "+headline(c), 300)
	}
	return clip("Review wanted: "+headline(c), 300)
}

func plain(s string) *api.TextBlockObject {
	emoji := false
	return &api.TextBlockObject{Type: api.PlainTextType, Text: s, Emoji: &emoji}
}

// escape keeps the three characters that Slack reads in top-level texts from coming alive
// (https://docs.slack.dev/messaging/formatting-message-text#escaping).
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
