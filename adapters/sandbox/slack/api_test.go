package slack_test

import (
	"errors"
	"io"
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

func TestAuthTestNamesTheTeam(t *testing.T) {
	t.Parallel()
	b := setup(t)
	who, err := b.api.AuthTestContext(within(t))
	require.NoError(t, err)
	assert.Equal(t, slack.DemoAcmeTeam, who.TeamID)
	assert.NotEmpty(t, who.BotID)
	other, err := b.client(slack.DemoGlobexToken).AuthTestContext(within(t))
	require.NoError(t, err)
	assert.Equal(t, "Globex", other.Team)
}

func TestTokensAreRefusedAsSlackRefusesThem(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.client("").AuthTestContext(within(t))
	require.EqualError(t, err, "not_authed")
	_, err = b.client("xoxb-unknown").AuthTestContext(within(t))
	require.EqualError(t, err, "invalid_auth")
	_, err = b.api.SendAuthRevokeContext(within(t), "")
	require.NoError(t, err)
	_, err = b.api.AuthTestContext(within(t))
	require.EqualError(t, err, "token_revoked")
	_, err = b.client(slack.DemoGlobexToken).AuthTestContext(within(t))
	require.NoError(t, err, "the other team's installation is untouched")
}

func TestMessageComesBackWithItsMetadata(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ts := b.card(t)
	got, err := b.api.GetConversationHistoryContext(within(t), &slackgo.GetConversationHistoryParameters{
		ChannelID: slack.DemoAcmeChannel, IncludeAllMetadata: true,
	})
	require.NoError(t, err)
	require.Len(t, got.Messages, 1)
	assert.Equal(t, ts, got.Messages[0].Timestamp)
	assert.Equal(t, "run-1", got.Messages[0].Metadata.EventPayload["run"])
	assert.Len(t, got.Messages[0].Blocks.BlockSet, 3)

	got, err = b.api.GetConversationHistoryContext(within(t), &slackgo.GetConversationHistoryParameters{ChannelID: slack.DemoAcmeChannel})
	require.NoError(t, err)
	assert.Empty(t, got.Messages[0].Metadata.EventType, "metadata only when asked for")
}

func TestHistoryPagesNewestFirstWithoutReplies(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var stamps []string
	for _, text := range []string{"one", "two", "three"} {
		_, ts, err := b.api.PostMessageContext(within(t), slack.DemoAcmeChannel, slackgo.MsgOptionText(text, false))
		require.NoError(t, err)
		stamps = append(stamps, ts)
	}
	_, _, err := b.api.PostMessageContext(within(t), slack.DemoAcmeChannel, slackgo.MsgOptionText("reply", false), slackgo.MsgOptionTS(stamps[0]))
	require.NoError(t, err)

	first, err := b.api.GetConversationHistoryContext(within(t), &slackgo.GetConversationHistoryParameters{ChannelID: slack.DemoAcmeChannel, Limit: 2})
	require.NoError(t, err)
	require.True(t, first.HasMore)
	assert.Equal(t, []string{"three", "two"}, []string{first.Messages[0].Text, first.Messages[1].Text})
	second, err := b.api.GetConversationHistoryContext(within(t), &slackgo.GetConversationHistoryParameters{
		ChannelID: slack.DemoAcmeChannel, Limit: 2, Cursor: first.ResponseMetaData.NextCursor,
	})
	require.NoError(t, err)
	require.Len(t, second.Messages, 1)
	assert.Equal(t, 1, second.Messages[0].ReplyCount)

	since, err := b.api.GetConversationHistoryContext(within(t), &slackgo.GetConversationHistoryParameters{ChannelID: slack.DemoAcmeChannel, Oldest: stamps[1]})
	require.NoError(t, err)
	require.Len(t, since.Messages, 1)
	replies, _, _, err := b.api.GetConversationRepliesContext(within(t), &slackgo.GetConversationRepliesParameters{ChannelID: slack.DemoAcmeChannel, Timestamp: stamps[0]})
	require.NoError(t, err)
	assert.Len(t, replies, 2)
}

func TestUpdateChangesAndKeeps(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ts := b.card(t)
	_, _, _, err := b.api.UpdateMessageContext(within(t), slack.DemoAcmeChannel, ts,
		slackgo.MsgOptionText("Approved", false), slackgo.MsgOptionBlocks(slackgo.NewSectionBlock(plainText("Approved by @sam"), nil, nil)))
	require.NoError(t, err)
	m := b.Messages(slack.DemoAcmeTeam)[0]
	assert.Equal(t, "Approved", m.Text)
	assert.Contains(t, string(m.Blocks), "Approved by @sam")
	assert.Contains(t, string(m.Metadata), "run-1", "metadata stays when it is not mentioned")

	_, _, _, err = b.api.UpdateMessageContext(within(t), slack.DemoAcmeChannel, ts, slackgo.MsgOptionText("only text", false))
	require.NoError(t, err)
	assert.Empty(t, b.Messages(slack.DemoAcmeTeam)[0].Blocks, "text alone takes the blocks away")

	_, _, _, err = b.api.UpdateMessageContext(within(t), slack.DemoAcmeChannel, "1.000001", slackgo.MsgOptionText("x", false))
	require.EqualError(t, err, "message_not_found")
}

func TestChannelsAreJoinedBeforePosting(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, _, err := b.api.PostMessageContext(within(t), "C0ACMEGENERAL", slackgo.MsgOptionText("hi", false))
	require.EqualError(t, err, "not_in_channel")
	_, _, err = b.api.PostMessageContext(within(t), slack.DemoGlobexChannel, slackgo.MsgOptionText("hi", false))
	require.EqualError(t, err, "channel_not_found", "another team's channel does not exist here")
	_, _, _, err = b.api.JoinConversationContext(within(t), "C0ACMEGENERAL")
	require.NoError(t, err)
	_, _, err = b.api.PostMessageContext(within(t), "C0ACMEGENERAL", slackgo.MsgOptionText("hi", false))
	require.NoError(t, err)
	channels, _, err := b.api.GetConversationsContext(within(t), &slackgo.GetConversationsParameters{})
	require.NoError(t, err)
	require.Len(t, channels, 2, "the private channel is not listed")
	assert.True(t, channels[1].IsMember)
}

func TestPeopleAreFoundByEmail(t *testing.T) {
	t.Parallel()
	b := setup(t)
	person, err := b.api.GetUserByEmailContext(within(t), "MAYA.lindqvist@acme.example")
	require.NoError(t, err)
	assert.Equal(t, slack.DemoAcmeAdmin, person.ID)
	info, err := b.api.GetUserInfoContext(within(t), slack.DemoAcmeManager)
	require.NoError(t, err)
	assert.Equal(t, "daniel.okafor@acme.example", info.Profile.Email)
	assert.True(t, info.IsEmailConfirmed)
	_, err = b.api.GetUserByEmailContext(within(t), "tomas.varela@globex.example")
	require.EqualError(t, err, "users_not_found")
	_, err = b.api.GetUserInfoContext(within(t), slack.DemoGlobexAdmin)
	require.EqualError(t, err, "user_not_found")
}

func TestFaults(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.RateLimit("chat.postMessage", 1, 7)
	_, _, err := b.api.PostMessageContext(within(t), slack.DemoAcmeChannel, slackgo.MsgOptionText("a", false))
	var limited *slackgo.RateLimitedError
	require.ErrorAs(t, err, &limited)
	assert.Equal(t, 7*time.Second, limited.RetryAfter)

	b.Refuse("chat.postMessage", "token_revoked", 1)
	_, _, err = b.api.PostMessageContext(within(t), slack.DemoAcmeChannel, slackgo.MsgOptionText("b", false))
	require.EqualError(t, err, "token_revoked")

	b.Faults.FailNext(1, http.StatusBadGateway, nil)
	_, _, err = b.api.PostMessageContext(within(t), slack.DemoAcmeChannel, slackgo.MsgOptionText("c", false))
	var status slackgo.StatusCodeError
	require.ErrorAs(t, err, &status)
	assert.Empty(t, b.Messages(slack.DemoAcmeTeam), "a refused call has no effect")

	b.Faults.ResetAfterAccept("chat.postMessage", 1)
	_, _, err = b.api.PostMessageContext(within(t), slack.DemoAcmeChannel, slackgo.MsgOptionText("d", false))
	require.Error(t, err)
	require.Len(t, b.Messages(slack.DemoAcmeTeam), 1, "the message is there although the app cannot know")
	assert.Len(t, b.Recorder.Requests(), 4)
}

func TestJSONBodiesAndArguments(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, test := range map[string]struct{ contentType, body, token, want string }{
		"json":               {"application/json; charset=utf-8", `{"channel":"C0ACMELEADS","text":"hi","unfurl_links":false}`, slack.DemoAcmeToken, `"ok":true`},
		"token in json body": {"application/json", `{"token":"xoxb-sandbox-acme","channel":"C0ACMELEADS","text":"hi"}`, "", `"not_authed"`},
		"not json":           {"application/json", `{`, slack.DemoAcmeToken, `"invalid_json"`},
		"other type":         {"text/plain", `hi`, slack.DemoAcmeToken, `"invalid_post_type"`},
		"nothing to say":     {"application/json", `{"channel":"C0ACMELEADS"}`, slack.DemoAcmeToken, `"no_text"`},
		"bad metadata":       {"application/json", `{"channel":"C0ACMELEADS","text":"x","metadata":{"event_type":"a"}}`, slack.DemoAcmeToken, `"invalid_metadata_schema"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, b.post(t, "/api/chat.postMessage", test.contentType, test.body, test.token), test.want)
		})
	}
	assert.Contains(t, b.post(t, "/api/chat.nonsense", "application/json", `{}`, slack.DemoAcmeToken), "unknown_method")
}

func (b *bundle) post(t *testing.T, path, contentType, body, token string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(within(t), http.MethodPost, b.base+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", contentType)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(answer)
}

func TestInstallation(t *testing.T) {
	t.Parallel()
	b := setup(t, func(c *slack.Config) { c.Teams[0].BotToken = "" })
	const redirect = "http://app.test/slack/callback"
	scopes := []string{"chat:write", "incoming-webhook"}
	exchange := func(code, redirect string) (*slackgo.OAuthV2Response, error) {
		return slackgo.GetOAuthV2ResponseContext(within(t), http.DefaultClient, slack.DemoClientID, slack.DemoClientSecret, code, redirect,
			slackgo.OAuthOptionAPIURL(b.base+"/api/"))
	}
	code := b.authorizeOnPage(t, redirect, strings.Join(scopes, ","))
	_, err := exchange(code, "http://app.test/elsewhere")
	require.EqualError(t, err, "bad_redirect_uri")
	got, err := exchange(code, redirect)
	require.NoError(t, err)
	assert.Equal(t, slack.DemoAcmeTeam, got.Team.ID)
	assert.Equal(t, slack.DemoAcmeChannel, got.IncomingWebhook.ChannelID)
	assert.Equal(t, "bot", got.TokenType)
	assert.Equal(t, slack.DemoAcmeAdmin, got.AuthedUser.ID)
	_, err = exchange(code, redirect)
	require.EqualError(t, err, "code_already_used")

	_, err = b.client(got.AccessToken).GetUserByEmailContext(within(t), "maya.lindqvist@acme.example")
	require.EqualError(t, err, "missing_scope")
	again, err := exchange(b.Authorize(slack.DemoAcmeTeam, slack.DemoAcmeAdmin, "", redirect, []string{"users:read.email"}), redirect)
	require.NoError(t, err)
	assert.Equal(t, got.AccessToken, again.AccessToken, "a second installation keeps the token and adds scopes")

	late := b.Authorize(slack.DemoAcmeTeam, slack.DemoAcmeAdmin, "", redirect, scopes)
	b.clock.advance(11 * time.Minute)
	_, err = exchange(late, redirect)
	require.EqualError(t, err, "invalid_code")
}

// authorizeOnPage presses Allow on the page that the app sends people to, and returns the code of the redirect.
func (b *bundle) authorizeOnPage(t *testing.T, redirect, scope string) string {
	t.Helper()
	query := url.Values{"client_id": {slack.DemoClientID}, "scope": {scope}, "redirect_uri": {redirect}, "state": {"s1"}}
	page := b.get(t, "/oauth/v2/authorize?"+query.Encode())
	require.Contains(t, page, "requesting permission")
	location := b.submitForm(t, "/oauth/v2/authorize?"+query.Encode(), url.Values{
		"team": {slack.DemoAcmeTeam}, "user": {slack.DemoAcmeAdmin}, "channel": {slack.DemoAcmeChannel}, "decision": {"allow"},
	})
	back, err := url.Parse(location)
	require.NoError(t, err)
	assert.Equal(t, "s1", back.Query().Get("state"))
	return back.Query().Get("code")
}

func TestAuthorizePageRefusesForeignRedirects(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, redirect := range []string{"http://evil.test/slack/callback", "http://app.test/slack/callbackevil", ""} {
		query := url.Values{"client_id": {slack.DemoClientID}, "scope": {"chat:write"}, "redirect_uri": {redirect}}
		assert.Contains(t, b.get(t, "/oauth/v2/authorize?"+query.Encode()), "redirect_uri did not match")
	}
	query := url.Values{"client_id": {slack.DemoClientID}, "scope": {"chat:write"}, "redirect_uri": {"http://app.test/slack/callback"}}
	location := b.submitForm(t, "/oauth/v2/authorize?"+query.Encode(), url.Values{"team": {slack.DemoAcmeTeam}, "decision": {"cancel"}})
	assert.Contains(t, location, "error=access_denied")
}

func (b *bundle) get(t *testing.T, path string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(within(t), http.MethodGet, b.base+path, nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(body)
}

// submitForm posts a form as a browser would and returns where it is redirected to.
func (b *bundle) submitForm(t *testing.T, path string, form url.Values) string {
	t.Helper()
	r, err := http.NewRequestWithContext(within(t), http.MethodPost, b.base+path, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusSeeOther, response.StatusCode, string(body))
	return response.Header.Get("Location")
}

func TestConfigurationMistakesAreNamedTogether(t *testing.T) {
	t.Parallel()
	_, err := slack.New(slack.Config{BaseURL: "nowhere", Teams: []slack.Team{{ID: "X1"}}})
	require.Error(t, err)
	for _, part := range []string{"SigningSecret", "BaseURL", "does not begin with T", "no channel"} {
		require.ErrorContains(t, err, part)
	}
	require.False(t, errors.Is(err, slack.ErrNoSuchControl))
}
