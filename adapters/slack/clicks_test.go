package slack_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	emulator "github.com/leadagent/leadagent/adapters/sandbox/slack"
	"github.com/leadagent/leadagent/adapters/slack"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/ports"
)

func TestSignatures(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	s, err := slack.New(slack.Options{SigningSecrets: []string{"new", "old"}, Now: func() time.Time { return now }})
	require.NoError(t, err)
	body := []byte("payload=%7B%7D")
	check := func(secret string, off time.Duration, signed, sent []byte) error {
		at := now.Add(off).Unix()
		return s.Verify(emulator.Signature(secret, at, signed), strconv.FormatInt(at, 10), sent)
	}
	for _, off := range []time.Duration{0, 299 * time.Second, -299 * time.Second} {
		require.NoError(t, check("new", off, body, body))
		require.NoError(t, check("old", off, body, body))
	}
	stamp := strconv.FormatInt(now.Unix(), 10)
	right := emulator.Signature("new", now.Unix(), body)
	for name, err := range map[string]error{
		"old":          check("new", -301*time.Second, body, body),
		"future":       check("new", 301*time.Second, body, body),
		"wrong secret": check("other", 0, body, body),
		"empty secret": check("", 0, body, body),
		"other body":   check("new", 0, body, []byte("payload=%7B%7D&x=1")),
		"none":         s.Verify("", stamp, body),
		"no time":      s.Verify(right, "", body),
		"other time":   s.Verify(right, strconv.FormatInt(now.Unix()+1, 10), body),
		"v1":           s.Verify("v1"+strings.TrimPrefix(right, "v0"), stamp, body),
		"huge time":    s.Verify(right, "99999999999999999999", body),
		"distant past": s.Verify(right, "-9223372036854775808", body),
	} {
		require.Equal(t, fault.Unauthenticated, fault.KindOf(err), name)
	}
	for _, secrets := range [][]string{nil, {""}, {"new", ""}, {" "}} {
		_, err := slack.New(slack.Options{SigningSecrets: secrets})
		require.Error(t, err)
	}
}

func TestPressesAreRead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ref, err := b.Post(t.Context(), token, channel, card())
	require.NoError(t, err)
	var ids []string
	for _, action := range []string{"approve", "reject"} {
		raw, err := b.slack.Interaction(team, ref.TS, action, emulator.DemoAcmeAdmin)
		require.NoError(t, err)
		click, asks, err := b.Parse(raw)
		require.NoError(t, err)
		require.True(t, asks)
		again, _, err := b.Parse(raw)
		require.NoError(t, err)
		require.Equal(t, click, again)
		ids = append(ids, click.EventID)
		require.True(t, strings.HasPrefix(click.ResponseURL, b.base))
		require.NoError(t, b.Tell(t.Context(), click.ResponseURL, "Already approved <!channel> & done"))
		click.EventID, click.ResponseURL = "", ""
		require.Equal(t, ports.Click{Team: team, User: emulator.DemoAcmeAdmin, Action: action, Run: runID, Version: 3}, click)
	}
	require.NotEqual(t, ids[0], ids[1])
	told := b.slack.Ephemerals(team, emulator.DemoAcmeAdmin)
	require.Len(t, told, 2)
	require.NotContains(t, told[0].Text, "<!channel>")
	raw, err := b.slack.Interaction(team, ref.TS, "open", emulator.DemoAcmeAdmin)
	require.NoError(t, err)
	_, asks, err := b.Parse(raw)
	require.NoError(t, err)
	require.False(t, asks)
}

func TestBodiesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	press := func(value string) string {
		return `{"type":"block_actions","team":{"id":"T1"},"user":{"id":"U1"},"actions":[{"action_id":"approve","action_ts":"1.1","value":` + strconv.Quote(value) + `}]}`
	}
	for _, payload := range []string{
		"", "{", "[]", press(""), press("{}"), press(`{"run":"x","v":1}`), press(`{"run":"` + string(runID) + `"}`),
		press(`{"run":"` + string(runID) + `","v":-1}`), strings.Replace(press(`{"run":"`+string(runID)+`","v":1}`), "T1", "", 1),
	} {
		_, asks, err := b.Parse([]byte(url.Values{"payload": {payload}}.Encode()))
		require.False(t, asks)
		require.Equal(t, fault.Malformed, fault.KindOf(err), payload)
	}
	for _, raw := range []string{"", "%zz", "x=1"} {
		_, _, err := b.Parse([]byte(raw))
		require.Equal(t, fault.Malformed, fault.KindOf(err), raw)
	}
}
