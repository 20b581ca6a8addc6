package slack_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/slack"
)

func section(text string) string {
	return fmt.Sprintf(`{"type":"section","text":{"type":"plain_text","text":%q}}`, text)
}

func actions(elements ...string) string {
	return `{"type":"actions","elements":[` + strings.Join(elements, ",") + `]}`
}

func button(id, label, value string) string {
	return fmt.Sprintf(`{"type":"button","action_id":%q,"value":%q,"text":{"type":"plain_text","text":%q}}`, id, value, label)
}

func repeated(block string, n int) string {
	return strings.TrimSuffix(strings.Repeat(block+",", n), ",")
}

func TestBlockKitLimits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	field := `{"type":"mrkdwn","text":"a"}`
	for name, test := range map[string]struct{ blocks, want string }{
		"section at the limit":       {section(strings.Repeat("é", 3000)), `"ok":true`},
		"section over the limit":     {section(strings.Repeat("é", 3001)), `must be less than 3001 characters [json-pointer:/blocks/0/text/text]`},
		"empty text":                 {section(""), `must be more than 0 characters`},
		"section without text":       {`{"type":"section"}`, `invalid_blocks`},
		"fifty blocks":               {repeated(`{"type":"divider"}`, 50), `"ok":true`},
		"fifty-one blocks":           {repeated(`{"type":"divider"}`, 51), `no more than 50 items allowed`},
		"all text together":          {repeated(section(strings.Repeat("a", 3000)), 4) + "," + section("b"), `msg_blocks_too_long`},
		"header at the limit":        {`{"type":"header","text":{"type":"plain_text","text":"` + strings.Repeat("h", 150) + `"}}`, `"ok":true`},
		"header over the limit":      {`{"type":"header","text":{"type":"plain_text","text":"` + strings.Repeat("h", 151) + `"}}`, `must be less than 151`},
		"header in mrkdwn":           {`{"type":"header","text":{"type":"mrkdwn","text":"h"}}`, `must be one of: plain_text`},
		"ten fields":                 {`{"type":"section","fields":[` + repeated(field, 10) + `]}`, `"ok":true`},
		"eleven fields":              {`{"type":"section","fields":[` + repeated(field, 11) + `]}`, `no more than 10 items allowed`},
		"field over the limit":       {`{"type":"section","fields":[{"type":"mrkdwn","text":"` + strings.Repeat("f", 2001) + `"}]}`, `must be less than 2001`},
		"eleven context elements":    {`{"type":"context","elements":[` + repeated(field, 11) + `]}`, `no more than 10 items allowed`},
		"button text":                {actions(button("a", strings.Repeat("x", 76), "v")), `must be less than 76`},
		"button value":               {actions(button("a", "x", strings.Repeat("v", 2001))), `must be less than 2001`},
		"button value at the limit":  {actions(button("a", "x", strings.Repeat("v", 2000))), `"ok":true`},
		"action id":                  {actions(button(strings.Repeat("i", 256), "x", "v")), `must be less than 256`},
		"action id twice":            {actions(button("a", "x", "v"), button("a", "y", "v")), "`action_id` a already exists"},
		"action id in two blocks":    {actions(button("a", "x", "v")) + "," + actions(button("a", "y", "v")), "already exists"},
		"twenty-six buttons":         {actions(repeated(`{"type":"button","text":{"type":"plain_text","text":"x"}}`, 26)), `no more than 25 items allowed`},
		"mrkdwn with emoji":          {`{"type":"section","text":{"type":"mrkdwn","text":"a","emoji":true}}`, `invalid additional property: emoji`},
		"plain with verbatim":        {`{"type":"section","text":{"type":"plain_text","text":"a","verbatim":true}}`, `invalid additional property: verbatim`},
		"unknown text type":          {`{"type":"section","text":{"type":"markdown","text":"a"}}`, `must be one of: plain_text, mrkdwn`},
		"unknown block":              {`{"type":"banner"}`, `unsupported type: banner`},
		"unknown property":           {`{"type":"divider","color":"red"}`, `invalid additional property: color`},
		"button outside actions":     {button("a", "x", "v"), `unsupported type: button`},
		"input element in actions":   {actions(`{"type":"plain_text_input","action_id":"a"}`), `unsupported type: plain_text_input`},
		"button style":               {actions(`{"type":"button","style":"green","text":{"type":"plain_text","text":"x"}}`), `must be one of: primary, danger`},
		"button with javascript url": {actions(`{"type":"button","url":"javascript:1","text":{"type":"plain_text","text":"x"}}`), `must be a valid URL`},
		"block id twice":             {`{"type":"divider","block_id":"d"},{"type":"divider","block_id":"d"}`, "`block_id` d already exists"},
		"not an array":               {`"x"`, `invalid_blocks_format`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			form := url.Values{"token": {slack.DemoAcmeToken}, "channel": {slack.DemoAcmeChannel}, "blocks": {"[" + test.blocks + "]"}}
			answer := b.post(t, "/api/chat.postMessage", "application/x-www-form-urlencoded", form.Encode(), "")
			assert.Contains(t, unquoted(t, answer), test.want)
		})
	}
}

// unquoted shows an answer without HTML escapes.
func unquoted(t *testing.T, answer string) string {
	t.Helper()
	var document map[string]any
	require.NoError(t, json.Unmarshal([]byte(answer), &document))
	return fmt.Sprint(answer, document["errors"])
}

func TestOnlyMrkdwnComesAlive(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		blocks string
		want   []string
	}{
		"plain text is inert":  {section("<!channel> <@U0ACMEADMIN> *b* `c` http://evil.example <http://evil.example|x>"), nil},
		"broadcast":            {mrkdwn("hi <!channel> and <!here|x>"), []string{"broadcast", "broadcast"}},
		"mention":              {mrkdwn("<@U0ACMEADMIN>"), []string{"user"}},
		"channel":              {mrkdwn("<#C0ACMELEADS>"), []string{"channel"}},
		"labelled link":        {mrkdwn("<https://evil.example/?a=1&amp;b=2|your bank>"), []string{"link"}},
		"bare link":            {mrkdwn("see https://evil.example/x."), []string{"link"}},
		"host name":            {mrkdwn("see evil.example today"), []string{"link"}},
		"address":              {mrkdwn("jane@acme.example"), []string{"link"}},
		"styles":               {mrkdwn("*b* _i_ ~s~ `c`"), []string{"bold", "italic", "strike", "code"}},
		"mention within bold":  {mrkdwn("*to <@U0ACMEADMIN>*"), []string{"bold", "user"}},
		"mention within code":  {mrkdwn("`<!everyone>`"), []string{"code", "broadcast"}},
		"fence":                {mrkdwn("```a\nb```"), []string{"pre"}},
		"quote":                {mrkdwn("a\n&gt; b"), []string{"quote"}},
		"escaped is inert":     {mrkdwn("&lt;!channel&gt; &amp; &lt;@U1&gt;"), nil},
		"marks within words":   {mrkdwn("snake_case_name 2*3*4"), nil},
		"verbatim":             {`{"type":"section","text":{"type":"mrkdwn","text":"https://a.example @channel","verbatim":true}}`, nil},
		"broadcast word":       {mrkdwn("hello @channel"), []string{"broadcast"}},
		"less than, more than": {mrkdwn("1 < 2 and 3 > 2"), nil},
		"notification text":    {`{"type":"divider"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := slack.Message{Text: "New lead", Blocks: json.RawMessage("[" + test.blocks + "]")}
			var kinds []string
			for _, live := range m.Live() {
				kinds = append(kinds, live.Kind)
			}
			assert.Equal(t, test.want, kinds)
		})
	}
	assert.Len(t, slack.Message{Text: "<!channel> from Jane"}.Live(), 1, "the top-level text is mrkdwn")
}

func mrkdwn(text string) string {
	return fmt.Sprintf(`{"type":"section","text":{"type":"mrkdwn","text":%q}}`, text)
}
