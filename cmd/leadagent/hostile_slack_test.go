package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/slack"
)

const slackForm = "application/x-www-form-urlencoded"

// pressed is the body of a press of Approve on a lead's card, as a person of a team would send it.
func (w *world) pressed(to ids, team, user string) []byte {
	w.t.Helper()
	var ts string
	for _, m := range w.box.Slack.Messages(team) {
		if strings.Contains(string(m.Metadata), to.run) {
			ts = m.TS
		}
	}
	require.NotEmpty(w.t, ts, "the card is there")
	body, err := w.box.Slack.Interaction(team, ts, "approve", user)
	require.NoError(w.t, err)
	return body
}

// signed sends a body to the door for Slack as Slack signs it.
func (w *world) signed(body []byte, at time.Time, change func(*http.Request)) sent {
	w.t.Helper()
	request, err := slack.SignedRequest(w.t.Context(), w.base+"/api/slack", slackForm, body, slack.DemoSigningSecret, at)
	require.NoError(w.t, err)
	if change != nil {
		change(request)
	}
	return w.send(request)
}

// rewritten changes the payload of a press.
func rewritten(t *testing.T, body []byte, change func(payload map[string]any)) []byte {
	t.Helper()
	form, err := url.ParseQuery(string(body))
	require.NoError(t, err)
	var payload map[string]any
	require.NoError(t, json.Unmarshal([]byte(form.Get("payload")), &payload))
	change(payload)
	raw, err := json.Marshal(payload)
	require.NoError(t, err)
	return []byte(url.Values{"payload": {string(raw)}}.Encode())
}

// naming lets a press name another run.
func naming(t *testing.T, body []byte, run string) []byte {
	t.Helper()
	return rewritten(t, body, func(payload map[string]any) {
		actions, _ := payload["actions"].([]any)
		action, _ := actions[0].(map[string]any)
		value, err := json.Marshal(map[string]any{"run": run, "v": 1})
		require.NoError(t, err)
		action["value"] = string(value)
	})
}

// TestHostileSlack sends to the door for Slack what Slack would not send.
func TestHostileSlack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(nil)
	w.start(nil, "work")
	ours, theirs := w.reviewed("acme-demo", 1), w.reviewed("globex-demo", 2)
	press := w.pressed(ours, slack.DemoAcmeTeam, slackManager)
	now := time.Now()
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	untouched := func(t *testing.T) {
		t.Helper()
		require.Zero(t, w.count(`SELECT count(*) FROM webhook_events`), "nothing is stored")
		require.Zero(t, w.count(`SELECT count(*) FROM decisions`))
		require.Equal(t, "awaiting_review", w.state(ours.lead))
		require.Equal(t, "awaiting_review", w.state(theirs.lead))
	}

	otherSecret := slack.Signature("another secret", now.Unix(), press)
	ofAnother := slack.Signature(slack.DemoSigningSecret, now.Unix(), []byte("payload=%7B%7D"))
	good := slack.Signature(slack.DemoSigningSecret, now.Unix(), press)
	for name, change := range map[string]func(*http.Request){
		"no signature":            func(r *http.Request) { r.Header.Del("X-Slack-Signature") },
		"an empty signature":      set("X-Slack-Signature", ""),
		"v0 alone":                set("X-Slack-Signature", "v0="),
		"another version":         set("X-Slack-Signature", "v1="+strings.TrimPrefix(good, "v0=")),
		"no version":              set("X-Slack-Signature", strings.TrimPrefix(good, "v0=")),
		"another secret's":        set("X-Slack-Signature", otherSecret),
		"another body's":          set("X-Slack-Signature", ofAnother),
		"cut short":               set("X-Slack-Signature", good[:len(good)-1]),
		"with more":               set("X-Slack-Signature", good+"0"),
		"no time":                 func(r *http.Request) { r.Header.Del("X-Slack-Request-Timestamp") },
		"a time that is none":     set("X-Slack-Request-Timestamp", "now"),
		"another time":            set("X-Slack-Request-Timestamp", "1"),
		"a time beyond 64 bits":   set("X-Slack-Request-Timestamp", "99999999999999999999"),
		"the last of 64 bits":     set("X-Slack-Request-Timestamp", "9223372036854775807"),
		"a time with a sign":      set("X-Slack-Request-Timestamp", "+"+"1"),
		"the body of another app": func(r *http.Request) { r.Body = http.NoBody; r.ContentLength = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			requireProblem(t, w.with(t).signed(press, now, change), http.StatusUnauthorized)
			untouched(t)
		})
	}
	for name, off := range map[string]time.Duration{"301 seconds old": -301 * time.Second, "301 seconds ahead": 302 * time.Second, "a day old": -24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			requireProblem(t, w.with(t).signed(press, time.Now().Add(off), nil), http.StatusUnauthorized)
			untouched(t)
		})
	}
	t.Run("a byte changed after signing", func(t *testing.T) {
		request, err := slack.SignedRequest(t.Context(), w.base+"/api/slack", slackForm, press, slack.DemoSigningSecret, now)
		require.NoError(t, err)
		changed := bytes.Replace(press, []byte("approve"), []byte("reject1"), 1)
		tampered := w.with(t).request(http.MethodPost, "/api/slack", string(changed))
		tampered.Header = request.Header
		requireProblem(t, w.with(t).send(tampered), http.StatusUnauthorized)
		untouched(t)
	})
	t.Run("compressed", func(t *testing.T) {
		requireProblem(t, w.with(t).signed(press, now, set("Content-Encoding", "gzip")), http.StatusUnsupportedMediaType)
		untouched(t)
	})
	t.Run("over a megabyte", func(t *testing.T) {
		requireProblem(t, w.with(t).signed([]byte("payload="+strings.Repeat("x", 1024*kibi)), now, nil), http.StatusRequestEntityTooLarge)
		untouched(t)
	})
	for name, body := range map[string]string{
		"nothing": "", "no payload": "a=b", "no JSON": "payload=x", "an array": "payload=%5B%5D", "a number": "payload=1", "half": "payload=%7B%22type%22", "bad percent": "payload=%zz",
		"JSON, not a form": `{"type":"block_actions"}`, "NUL": "payload=%7B%22type%22%3A%22%00%22%7D", "deep": "payload=" + strings.Repeat("%5B", 20_000),
		"a button of nothing": "payload=" + url.QueryEscape(`{"type":"block_actions","team":{"id":"T0ACME0001"},"user":{"id":"U"},"actions":[{"action_id":"approve","value":"x"}]}`),
		"a run that is none":  "payload=" + url.QueryEscape(`{"type":"block_actions","team":{"id":"T0ACME0001"},"user":{"id":"U"},"actions":[{"action_id":"approve","value":"{\"run\":\"1\",\"v\":1}"}]}`),
		"a version of none":   "payload=" + url.QueryEscape(`{"type":"block_actions","team":{"id":"T0ACME0001"},"user":{"id":"U"},"actions":[{"action_id":"approve","value":"{\"run\":\"`+ours.run+`\",\"v\":0}"}]}`),
		"nobody":              "payload=" + url.QueryEscape(`{"type":"block_actions","team":{"id":"T0ACME0001"},"actions":[{"action_id":"approve","value":"{\"run\":\"`+ours.run+`\",\"v\":1}"}]}`),
	} {
		t.Run("signed: "+name, func(t *testing.T) {
			requireProblem(t, w.with(t).signed([]byte(body), now, nil), http.StatusBadRequest)
			untouched(t)
		})
	}
	for name, body := range map[string][]byte{
		"another organization's run":                naming(t, press, theirs.run),
		"a run of nobody":                           naming(t, press, uuid.Must(uuid.NewV7()).String()),
		"our run from another organization's Slack": naming(t, w.pressed(theirs, slack.DemoGlobexTeam, slack.DemoGlobexManager), ours.run),
		"a team that has not installed us":          rewritten(t, press, func(p map[string]any) { p["team"] = map[string]any{"id": "T0NOBODY"} }),
		"a team with NUL":                           rewritten(t, press, func(p map[string]any) { p["team"] = map[string]any{"id": "T0\x00"} }),
		"a button that is not ours": rewritten(t, press, func(p map[string]any) {
			actions, _ := p["actions"].([]any)
			action, _ := actions[0].(map[string]any)
			action["action_id"] = "delete_everything"
		}),
		"no button":      rewritten(t, press, func(p map[string]any) { p["actions"] = []any{} }),
		"something else": rewritten(t, press, func(p map[string]any) { p["type"] = "shortcut" }),
	} {
		t.Run(name, func(t *testing.T) {
			answer := w.with(t).signed(body, time.Now(), nil)
			require.Equal(t, http.StatusOK, answer.status, answer.body)
			requireSecured(t, answer)
			untouched(t)
		})
	}
	t.Run("another organization's person on our card", func(t *testing.T) {
		body := rewritten(t, press, func(p map[string]any) { p["user"] = map[string]any{"id": slack.DemoGlobexManager} })
		w := w.with(t)
		require.Equal(t, http.StatusOK, w.signed(body, time.Now(), nil).status)
		w.until(20*time.Second, "the press is dealt with", func() bool {
			return w.count(`SELECT count(*) FROM webhook_events WHERE processed_at IS NULL`) == 0 && w.count(`SELECT count(*) FROM webhook_events`) == 1
		})
		require.Equal(t, "awaiting_review", w.state(ours.lead))
		require.Zero(t, w.count(`SELECT count(*) FROM decisions`))
	})
	t.Run("delivered again and again", func(t *testing.T) {
		w := w.with(t)
		answers := w.together(20, func(int) *http.Request {
			request, err := slack.SignedRequest(t.Context(), w.base+"/api/slack", slackForm, press, slack.DemoSigningSecret, time.Now())
			require.NoError(t, err)
			return request
		})
		for _, a := range answers {
			require.Equal(t, http.StatusOK, a.status, a.body)
			require.Less(t, a.took, 3*time.Second)
		}
		w.awaitState(ours.lead, "completed", 20*time.Second)
		require.Equal(t, http.StatusOK, w.signed(press, time.Now().Add(-4*time.Minute), nil).status, "and once more, late")
		require.Equal(t, 1, w.count(`SELECT count(*) FROM webhook_events WHERE vendor = 'slack' AND body = $1`, press), "one press")
		require.Equal(t, 1, w.count(`SELECT count(*) FROM decisions`), "one decision")
		require.Len(t, w.box.Mailbox.Messages(), 1, "one email")
	})
	w.checkBooks([]string{ours.lead, theirs.lead})
}

// TestSlackWithSlowPostgres presses a button while the database needs 2.5 seconds for what is asked of it. Slack is answered in time, and the press either
// counts, or the presser is told that it does not and the next one does.
func TestSlackWithSlowPostgres(t *testing.T) {
	t.Parallel()
	const slow = 2500 * time.Millisecond
	for name, how := range map[string]func(t *testing.T, w *world, proxy *wire) (over func()){
		"every statement": func(_ *testing.T, _ *world, proxy *wire) func() {
			proxy.Slow(slow)
			return proxy.Mend
		},
		"the table of presses": func(t *testing.T, w *world, _ *wire) func() {
			release := w.lockPresses()
			timer := time.AfterFunc(slow, release)
			t.Cleanup(func() { timer.Stop() })
			return func() {}
		},
		"no answer at all": func(_ *testing.T, _ *world, proxy *wire) func() {
			proxy.Freeze()
			return proxy.Mend
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			proxy, through := wireTo(t, w.db.AppURL)
			w.serve(map[string]string{"DATABASE_URL": through})
			w.start(nil, "work")
			lead := w.submit(aLead(1), "")
			w.awaitState(lead, "awaiting_review", 30*time.Second)
			card := w.card(lead)
			over := how(t, w, proxy)
			pressed, err := w.box.Slack.Press(t.Context(), card.team, card.ts, "approve", slackManager)
			require.NoError(t, err)
			require.False(t, pressed.TimedOut, "answered within three seconds, after %s", pressed.Took)
			require.Less(t, pressed.Took, 3*time.Second)
			t.Logf("answered %d after %s", pressed.Status, pressed.Took)
			over()
			if !pressed.Acknowledged() {
				w.until(15*time.Second, "the presser is told", func() bool { return len(w.box.Slack.Ephemerals(card.team, slackManager)) > 0 })
				_, err := w.box.Slack.Press(t.Context(), card.team, card.ts, "approve", slackManager)
				require.NoError(t, err)
			}
			w.awaitState(lead, "completed", 20*time.Second)
			require.Equal(t, 1, w.count(`SELECT count(*) FROM decisions WHERE decision = 'approved' AND decided_by = $1`, clerk.AcmeManagerID))
			require.Len(t, w.box.Mailbox.Messages(), 1)
			w.checkBooks([]string{lead})
		})
	}
}

// lockPresses keeps everybody from the table of stored presses until release is called.
func (w *world) lockPresses() (release func()) {
	w.t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, w.db.SuperuserURL)
	require.NoError(w.t, err)
	_, err = conn.Exec(ctx, `BEGIN; LOCK TABLE webhook_events IN ACCESS EXCLUSIVE MODE`)
	require.NoError(w.t, err)
	return func() { _ = conn.Close(ctx) } // ends the transaction, and with it the lock
}
