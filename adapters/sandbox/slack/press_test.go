package slack_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/slack"
)

func TestPressSendsASignedPayload(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ts := b.card(t)
	result, err := b.Press(within(t), slack.DemoAcmeTeam, ts, "approve", slack.DemoAcmeManager)
	require.NoError(t, err)
	assert.True(t, result.Acknowledged())
	got := b.app.callbacks()
	require.Len(t, got, 1)
	call := got[0]
	assert.Equal(t, slackgo.InteractionTypeBlockActions, call.Type)
	assert.Equal(t, "run-1:3", call.ActionCallback.BlockActions[0].Value)
	assert.Equal(t, "decide", call.ActionCallback.BlockActions[0].BlockID)
	assert.Equal(t, slack.DemoAcmeManager, call.User.ID)
	assert.Equal(t, slack.DemoAcmeTeam, call.Team.ID)
	assert.Equal(t, slack.DemoAppID, call.APIAppID)
	assert.Equal(t, slack.DemoAcmeChannel, call.Channel.ID)
	assert.Equal(t, ts, call.Message.Timestamp)
	assert.Equal(t, ts, call.Container.MessageTs)
	assert.Equal(t, "run-1", call.Message.Metadata.EventPayload["run"])
	assert.Equal(t, result.ResponseURL, call.ResponseURL)
	assert.Contains(t, call.ActionCallback.BlockActions[0].Text.Text, "Approve &amp; send", "plain text comes back with entities")

	_, err = b.Press(within(t), slack.DemoAcmeTeam, ts, "no-such", slack.DemoAcmeManager)
	require.ErrorIs(t, err, slack.ErrNoSuchControl)
	_, err = b.Press(within(t), slack.DemoAcmeTeam, ts, "approve", slack.DemoGlobexAdmin)
	require.ErrorIs(t, err, slack.ErrNoSuchControl)
}

func TestDoubleClickAndRedelivery(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ts := b.card(t)
	results, err := b.PressTwice(within(t), slack.DemoAcmeTeam, ts, "approve", slack.DemoAcmeManager)
	require.NoError(t, err)
	assert.NotEqual(t, results[0].TriggerID, results[1].TriggerID)
	again, err := b.Redeliver(within(t), results[0].ID, 1)
	require.NoError(t, err)
	assert.True(t, again.Acknowledged())
	b.app.mu.Lock()
	defer b.app.mu.Unlock()
	require.Len(t, b.app.raw, 3)
	assert.Equal(t, "1", b.app.headers[2].Get("X-Slack-Retry-Num"))
	assert.Contains(t, []string{string(b.app.raw[0]), string(b.app.raw[1])}, string(b.app.raw[2]), "the same bytes again")
}

func TestSignaturesOfTheTestsChoosing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ts := b.card(t)
	body, err := b.Interaction(slack.DemoAcmeTeam, ts, "approve", slack.DemoAcmeManager)
	require.NoError(t, err)
	target := b.appURL(t)
	for name, test := range map[string]struct {
		secret string
		at     time.Time
		want   int
	}{
		"right":        {slack.DemoSigningSecret, time.Now(), http.StatusOK},
		"other secret": {"wrong", time.Now(), http.StatusUnauthorized},
		"too old":      {slack.DemoSigningSecret, time.Now().Add(-301 * time.Second), http.StatusUnauthorized},
		"too new":      {slack.DemoSigningSecret, time.Now().Add(302 * time.Second), http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := slack.SignedRequest(within(t), target, "application/x-www-form-urlencoded", body, test.secret, test.at)
			require.NoError(t, err)
			response, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			defer func() { _ = response.Body.Close() }()
			assert.Equal(t, test.want, response.StatusCode)
		})
	}
}

// appURL finds the app's address by pressing once.
func (b *bundle) appURL(t *testing.T) string {
	t.Helper()
	challenge, d, err := b.VerifyURL(within(t))
	require.NoError(t, err)
	assert.Equal(t, challenge, string(d.Response))
	return d.URL
}

func TestSlowAppTimesOut(t *testing.T) {
	t.Parallel()
	b := setup(t, func(c *slack.Config) { c.AckTimeout = 50 * time.Millisecond })
	ts := b.card(t)
	gate := make(chan struct{})
	b.app.respond(func(http.ResponseWriter, slackgo.InteractionCallback) { <-gate })
	location := b.submitForm(t, "/client/"+slack.DemoAcmeTeam+"/"+slack.DemoAcmeChannel+"/press", url.Values{
		"as": {slack.DemoAcmeManager}, "ts": {ts}, "action_id": {"approve"},
	})
	close(gate)
	assert.Contains(t, b.get(t, strings.TrimPrefix(location, "/slack")), "operation timed out")
	assert.True(t, b.Deliveries()[0].TimedOut)
}

func TestResponseURL(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ts := b.card(t)
	press := func() slack.PressResult {
		result, err := b.Press(within(t), slack.DemoAcmeTeam, ts, "approve", slack.DemoAcmeManager)
		require.NoError(t, err)
		return result
	}
	hook := press().ResponseURL
	post := func(options ...slackgo.MsgOption) error {
		_, _, err := b.api.PostMessageContext(within(t), "", options...)
		return err
	}
	require.NoError(t, post(slackgo.MsgOptionResponseURL(hook, slackgo.ResponseTypeEphemeral), slackgo.MsgOptionText("Already approved", false)))
	assert.Equal(t, "Already approved", b.Ephemerals(slack.DemoAcmeTeam, slack.DemoAcmeManager)[0].Text)
	assert.Empty(t, b.Ephemerals(slack.DemoAcmeTeam, slack.DemoAcmeAdmin), "only the one who pressed sees it")
	require.NoError(t, post(slackgo.MsgOptionReplaceOriginal(hook), slackgo.MsgOptionText("gone", false)))
	assert.Equal(t, "gone", b.Messages(slack.DemoAcmeTeam)[0].Text)
	for range 3 {
		require.NoError(t, post(slackgo.MsgOptionResponseURL(hook, slackgo.ResponseTypeInChannel), slackgo.MsgOptionText("more", false)))
	}
	require.Error(t, post(slackgo.MsgOptionResponseURL(hook, ""), slackgo.MsgOptionText("sixth", false)), "five uses")
	assert.Contains(t, b.post(t, strings.TrimPrefix(hook, b.base), "application/json", `{"text":"x"}`, ""), "used_url")

	second := b.card(t)
	result, err := b.Press(within(t), slack.DemoAcmeTeam, second, "reject", slack.DemoAcmeManager)
	require.NoError(t, err)
	b.clock.advance(31 * time.Minute)
	assert.Contains(t, b.post(t, strings.TrimPrefix(result.ResponseURL, b.base), "application/json", `{"text":"x"}`, ""), "expired_url")
}

func rejectModal() slackgo.ModalViewRequest {
	note := slackgo.NewPlainTextInputBlockElement(plainText("Why?"), "note").WithMultiline(true).WithMaxLength(10)
	reasons := slackgo.NewRadioButtonsBlockElement("reason",
		slackgo.NewOptionBlockObject("tone", plainText("Tone"), nil), slackgo.NewOptionBlockObject("spam", plainText("Spam"), nil))
	redraft := slackgo.NewCheckboxGroupsBlockElement("redraft", slackgo.NewOptionBlockObject("yes", plainText("Redraft"), nil))
	optional := slackgo.NewInputBlock("b-note", plainText("Note"), nil, note).WithOptional(true)
	check := slackgo.NewInputBlock("b-redraft", plainText("Then"), nil, redraft).WithOptional(true)
	return slackgo.ModalViewRequest{
		Type: slackgo.VTModal, Title: plainText("Reject"), Submit: plainText("Reject"), Close: plainText("Cancel"),
		CallbackID: "reject", PrivateMetadata: "run-1:3",
		Blocks: slackgo.Blocks{BlockSet: []slackgo.Block{slackgo.NewInputBlock("b-reason", plainText("Reason"), nil, reasons), optional, check}},
	}
}

func TestModal(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ts := b.card(t)
	b.app.respond(func(w http.ResponseWriter, call slackgo.InteractionCallback) {
		if call.Type == slackgo.InteractionTypeViewSubmission {
			w.Header().Set("Content-Type", "application/json")
			if call.View.State.Values["b-note"]["note"].Value == "" {
				_ = json.NewEncoder(w).Encode(slackgo.NewErrorsViewSubmissionResponse(map[string]string{"b-note": "Say why"}))
			}
			return
		}
		_, err := b.api.OpenViewContext(t.Context(), call.TriggerID, rejectModal())
		assert.NoError(t, err)
		_, err = b.api.OpenViewContext(t.Context(), call.TriggerID, rejectModal())
		assert.EqualError(t, err, "exchanged_trigger_id")
	})
	_, err := b.Press(within(t), slack.DemoAcmeTeam, ts, "reject", slack.DemoAcmeManager)
	require.NoError(t, err)
	page := b.get(t, "/client/"+slack.DemoAcmeTeam+"/"+slack.DemoAcmeChannel+"?as="+slack.DemoAcmeManager)
	assert.Contains(t, page, "<dialog open")
	assert.NotContains(t, b.get(t, "/client/"+slack.DemoAcmeTeam+"/"+slack.DemoAcmeChannel+"?as="+slack.DemoAcmeAdmin), "<dialog")

	submit := func(values map[string][]string) slack.SubmitResult {
		result, err := b.Submit(within(t), slack.DemoAcmeTeam, slack.DemoAcmeManager, values)
		require.NoError(t, err)
		return result
	}
	assert.Contains(t, submit(nil).Errors, "b-reason", "Slack itself asks for required fields")
	assert.Contains(t, submit(map[string][]string{"reason": {"tone"}, "note": {"eleven chars"}}).Errors, "b-note")
	assert.Equal(t, map[string]string{"b-note": "Say why"}, submit(map[string][]string{"reason": {"tone"}, "note": {""}}).Errors)
	shown := b.get(t, "/client/"+slack.DemoAcmeTeam+"/"+slack.DemoAcmeChannel+"?as="+slack.DemoAcmeManager)
	assert.Contains(t, shown, "Say why")
	assert.Contains(t, shown, `value="tone" checked`, "what was chosen stays")

	done := submit(map[string][]string{"note": {"too stiff"}, "redraft": {"yes"}})
	assert.True(t, done.Closed)
	calls := b.app.callbacks()
	last := calls[len(calls)-1]
	assert.Equal(t, "run-1:3", last.View.PrivateMetadata)
	assert.Equal(t, "reject", last.View.CallbackID)
	assert.Equal(t, "tone", last.View.State.Values["b-reason"]["reason"].SelectedOption.Value)
	assert.Equal(t, "too stiff", last.View.State.Values["b-note"]["note"].Value)
	assert.Equal(t, "yes", last.View.State.Values["b-redraft"]["redraft"].SelectedOptions[0].Value)
}

func TestTriggersExpire(t *testing.T) {
	t.Parallel()
	b := setup(t)
	result, err := b.Press(within(t), slack.DemoAcmeTeam, b.card(t), "reject", slack.DemoAcmeManager)
	require.NoError(t, err)
	_, err = b.client(slack.DemoGlobexToken).OpenViewContext(within(t), result.TriggerID, rejectModal())
	require.EqualError(t, err, "invalid_trigger_id", "another team's app cannot use it")
	b.clock.advance(3*time.Second + time.Millisecond)
	_, err = b.api.OpenViewContext(within(t), result.TriggerID, rejectModal())
	require.EqualError(t, err, "expired_trigger_id")
}

func TestViewsAreCheckedAndUpdated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	result, err := b.Press(within(t), slack.DemoAcmeTeam, b.card(t), "reject", slack.DemoAcmeManager)
	require.NoError(t, err)
	long := rejectModal()
	long.Title = plainText(strings.Repeat("t", 25))
	_, err = b.api.OpenViewContext(within(t), result.TriggerID, long)
	require.EqualError(t, err, "invalid_arguments")
	draft := rejectModal()
	body := slackgo.NewPlainTextInputBlockElement(nil, "body").WithInitialValue(strings.Repeat("d", 3001))
	draft.Blocks.BlockSet = append(draft.Blocks.BlockSet, slackgo.NewInputBlock("b-body", plainText("Body"), nil, body))
	_, err = b.api.OpenViewContext(within(t), result.TriggerID, draft)
	require.EqualError(t, err, "invalid_arguments", "an input holds 3,000 characters at most")

	opened, err := b.api.OpenViewContext(within(t), result.TriggerID, rejectModal())
	require.NoError(t, err, "a refused view does not use up the trigger")
	next := rejectModal()
	next.Title = plainText("Newer draft")
	updated, err := b.api.UpdateViewContext(within(t), next, "", opened.View.Hash, opened.View.ID)
	require.NoError(t, err)
	_, err = b.api.UpdateViewContext(within(t), next, "", opened.View.Hash, opened.View.ID)
	require.EqualError(t, err, "hash_conflict")
	_, err = b.client(slack.DemoGlobexToken).UpdateViewContext(within(t), next, "", "", updated.View.ID)
	require.EqualError(t, err, "not_found")
	require.NoError(t, b.Dismiss(within(t), slack.DemoAcmeTeam, slack.DemoAcmeManager))
	_, open := b.OpenView(slack.DemoAcmeTeam, slack.DemoAcmeManager)
	assert.False(t, open)
}

func TestEventsAndUninstall(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.Uninstall(within(t), slack.DemoAcmeTeam))
	_, err := b.api.AuthTestContext(within(t))
	require.EqualError(t, err, "token_revoked")
	kinds := []string{}
	for _, d := range b.Deliveries() {
		var envelope struct {
			Event struct {
				Type string `json:"type"`
			} `json:"event"`
		}
		require.NoError(t, json.Unmarshal(d.Body, &envelope))
		kinds = append(kinds, envelope.Event.Type)
	}
	assert.ElementsMatch(t, []string{"tokens_revoked", "app_uninstalled"}, kinds)
}

func TestPageShowsWhatWouldComeAlive(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ts := b.card(t)
	_, _, err := b.api.PostMessageContext(within(t), slack.DemoAcmeChannel,
		slackgo.MsgOptionText("hello <@U0ACMEADMIN> <https://x.example|&lt;script&gt;alert(1)> *&lt;b&gt;* `&lt;i&gt;` <https://y.example/\"x=\"|y> <javascript:alert(1)|z>", false), slackgo.MsgOptionTS(ts))
	require.NoError(t, err)
	page := b.get(t, "/client/"+slack.DemoAcmeTeam+"/"+slack.DemoAcmeChannel+"?as="+slack.DemoAcmeManager)
	assert.Contains(t, page, "Sandbox.")
	assert.Contains(t, page, "&lt;!channel&gt; &lt;@U0ACMEADMIN&gt; *not bold* https://evil.example", "plain text stays plain")
	assert.Contains(t, page, `class="mention user">@Maya</span>`)
	assert.Contains(t, page, `href="https://x.example"`)
	for _, markup := range []string{"<script>alert", "<b>", "<i>", `example/"x="`, `href="javascript`} {
		assert.NotContains(t, page, markup)
	}
	assert.NotContains(t, page, "style=")
	assert.Contains(t, page, "Approve &amp; send")
}

func TestPageRefusesOtherSites(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ts := b.card(t)
	form := url.Values{"as": {slack.DemoAcmeManager}, "ts": {ts}, "action_id": {"approve"}}
	r, err := http.NewRequestWithContext(within(t), http.MethodPost,
		b.base+"/client/"+slack.DemoAcmeTeam+"/"+slack.DemoAcmeChannel+"/press", strings.NewReader(form.Encode()))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "http://evil.test")
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	assert.Equal(t, http.StatusForbidden, response.StatusCode)
	assert.Empty(t, b.app.callbacks())
}

func TestControlForOtherProcesses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ts := b.card(t)
	order := fmt.Sprintf(`{"team":%q,"ts":%q,"action_id":"approve","user":%q}`, slack.DemoAcmeTeam, ts, slack.DemoAcmeManager)
	assert.Contains(t, b.post(t, "/_control/press", "application/json", order, ""), `"status":200`)
	var dump struct {
		Messages []slack.Message `json:"messages"`
	}
	require.NoError(t, json.Unmarshal([]byte(b.get(t, "/_control/messages?team="+slack.DemoAcmeTeam)), &dump))
	require.Len(t, dump.Messages, 1)
	assert.Equal(t, ts, dump.Messages[0].TS)
	assert.Contains(t, b.post(t, "/_control/press", "text/plain", order, ""), "application/json")
	for _, path := range []string{"/", "/static/slack.css", "/static/slack.js"} {
		assert.NotEmpty(t, b.get(t, path))
	}
}
