package slack_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	emulator "github.com/leadagent/leadagent/adapters/sandbox/slack"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/ports"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	for word, kind := range map[string]fault.Kind{
		"token_revoked": fault.Refused, "invalid_auth": fault.Refused, "account_inactive": fault.Refused, "channel_not_found": fault.Refused,
		"not_in_channel": fault.Refused, "is_archived": fault.Refused, "message_not_found": fault.Refused, "msg_too_long": fault.Refused,
		"ratelimited": fault.Busy, "internal_error": fault.Unavailable, "fatal_error": fault.Unavailable, "a_word_of_tomorrow": fault.Refused,
	} {
		b := setup(t)
		b.slack.Refuse("chat.postMessage", word, 1)
		_, err := b.Post(t.Context(), token, channel, card())
		require.Equal(t, kind, fault.KindOf(err), "%s: %v", word, err)
		require.NotContains(t, err.Error(), token)
	}
}

func TestFaultsOfTheConnection(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.slack.RateLimit("chat.postMessage", 1, 17)
	_, err := b.Post(t.Context(), token, channel, card())
	require.Equal(t, fault.Busy, fault.KindOf(err))
	require.Equal(t, 17*time.Second, fault.RetryAfter(err))
	for _, f := range []faults.Fault{
		{Target: "chat.postMessage", Kind: faults.KindStatus, Status: http.StatusInternalServerError},
		{Target: "chat.postMessage", Kind: faults.KindStatus, Status: http.StatusServiceUnavailable},
		{Target: "chat.postMessage", Kind: faults.KindReset},
	} {
		b.slack.Faults.Plan(f, 1)
		_, err := b.Post(t.Context(), token, channel, card())
		require.Equal(t, fault.Unavailable, fault.KindOf(err), "%v: %v", f, err)
	}
}

func TestUpdateAndFind(t *testing.T) {
	t.Parallel()
	b := setup(t)
	began := time.Now()
	_, err := b.Find(t.Context(), token, channel, runID, began.Add(-time.Minute))
	require.Equal(t, fault.NotFound, fault.KindOf(err))
	ref, err := b.Post(t.Context(), token, channel, card())
	require.NoError(t, err)
	other := card()
	other.Run = "0197f0c0-0000-7000-8000-000000000002"
	for range 120 { // more than a page of other cards
		_, err := b.Post(t.Context(), token, channel, other)
		require.NoError(t, err)
	}
	found, err := b.Find(t.Context(), token, channel, runID, began.Add(-time.Minute))
	require.NoError(t, err)
	require.Equal(t, ref, found)
	_, err = b.Find(t.Context(), token, channel, runID, time.Now().Add(time.Hour))
	require.Equal(t, fault.NotFound, fault.KindOf(err))

	done := card()
	done.Outcome = "Approved by Sam 14:02"
	require.NoError(t, b.Update(t.Context(), token, ref, done))
	require.Equal(t, 1, b.slack.Messages(team)[0].Updates)
	require.Contains(t, string(b.slack.Messages(team)[0].Blocks), done.Outcome)
	require.NotContains(t, string(b.slack.Messages(team)[0].Blocks), `"approve"`)
	err = b.Update(t.Context(), token, ports.MessageRef{Channel: channel, TS: "1.000001"}, done)
	require.Equal(t, fault.Refused, fault.KindOf(err))
}

func TestPerson(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.slack.AddTeam(emulator.Team{
		ID: "T0PEOPLE", BotToken: "xoxb-people", Channels: []emulator.Channel{{ID: "C1"}}, People: []emulator.Person{
			{ID: "U0SAM", RealName: "Sam Lee", Email: "sam@acme.test"}, {ID: "U0NEW", Email: "new@acme.test", EmailUnconfirmed: true},
			{ID: "U0GONE", Email: "gone@acme.test", Deleted: true}, {ID: "U0BARE"},
		},
	}))
	email, name, err := b.Person(t.Context(), "xoxb-people", "U0SAM")
	require.NoError(t, err)
	require.Equal(t, []string{"sam@acme.test", "Sam Lee"}, []string{email, name})
	for _, id := range []string{"U0NEW", "U0GONE", "U0BARE", "U0NOBODY", "UB0PEOPLE"} {
		_, _, err := b.Person(t.Context(), "xoxb-people", id)
		require.Equal(t, fault.NotFound, fault.KindOf(err), id)
	}
}

func TestTellStaysWithSlack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var reached bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(elsewhere.Close)
	for _, address := range []string{
		"", "hooks.slack.com", elsewhere.URL + "/actions", "https://hooks.slack.com.evil.test/", "https://hooks.slack.com@evil.test/",
		"http://169.254.169.254/", "file:///etc/passwd",
	} {
		require.Equal(t, fault.Refused, fault.KindOf(b.Tell(t.Context(), address, "hello")), address)
	}
	require.False(t, reached)
}
