package main

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/app/intake"
	"github.com/leadagent/leadagent/web"
)

// TestBotShield sends what bots send. Each is thanked as a person is, and is put aside at no cost.
func TestBotShield(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(nil)
	w.start(nil, "work")
	person := w.postForm("acme-demo", w.typed(1).Encode())
	require.Equal(t, http.StatusSeeOther, person.status, person.body)
	api := w.postJSON(sentJSON(2))
	answered(t, api)

	good := w.stamp("acme-demo", time.Minute)
	flipped := []byte(good)
	flipped[3] ^= 1
	foreignKey := intake.NewStamps([]byte("another program's key"), func() time.Time { return time.Now().Add(-time.Minute) }).Issue("acme-demo")
	bots := map[string]url.Values{
		"the hidden field filled in":         w.typed(10, web.FieldHoneypot, "https://spam.example"),
		"the hidden field with a space":      w.typed(11, web.FieldHoneypot, " "),
		"no time token":                      w.typed(12, web.FieldTimeToken, ""),
		"a made-up time token":               w.typed(13, web.FieldTimeToken, "made-up"),
		"a made-up time token of our length": w.typed(14, web.FieldTimeToken, base64.RawURLEncoding.EncodeToString(make([]byte, 40))),
		"a time token with a bit flipped":    w.typed(15, web.FieldTimeToken, string(flipped)),
		"a time token cut short":             w.typed(16, web.FieldTimeToken, good[:len(good)-4]),
		"a time token with more":             w.typed(17, web.FieldTimeToken, good+"AAAA"),
		"another form's time token":          w.typed(18, web.FieldTimeToken, w.stamp("globex-demo", time.Minute)),
		"another program's time token":       w.typed(19, web.FieldTimeToken, foreignKey),
		"too fast":                           w.typed(20, web.FieldTimeToken, w.stamp("acme-demo", -time.Minute)), // however slow the machine
		"from the future":                    w.typed(21, web.FieldTimeToken, w.stamp("acme-demo", -time.Hour)),
		"opened more than a day ago":         w.typed(22, web.FieldTimeToken, w.stamp("acme-demo", 24*time.Hour+time.Minute)),
	}
	for name, typed := range bots {
		t.Run(name, func(t *testing.T) {
			w := w.with(t)
			answer := w.postForm("acme-demo", typed.Encode())
			requireLike(t, person, answer)
			w.requireQuarantined(typed.Get(web.FieldEmail))
		})
	}
	t.Run("the API's hidden field", func(t *testing.T) {
		w := w.with(t)
		answer := w.postJSON(sentJSON(23, web.FieldHoneypot, "https://spam.example"))
		requireLike(t, api, answer)
		w.requireQuarantined(aLead(23).Email)
		require.Equal(t, answered(t, answer), answered(t, w.postJSON(sentJSON(23, web.FieldHoneypot, "x"))), "a bot's repetition is one lead too")
	})
	t.Run("a person after a bot with the same words", func(t *testing.T) {
		w := w.with(t)
		bot := answered(t, w.postJSON(sentJSON(24, web.FieldHoneypot, "x")))
		require.NotEqual(t, bot, answered(t, w.postJSON(sentJSON(24))), "what a bot sent first stands in nobody's way")
	})
	t.Run("a person as fast as a person can be", func(t *testing.T) {
		w := w.with(t)
		typed := w.typed(25, web.FieldTimeToken, w.stamp("acme-demo", 2*time.Second))
		require.Equal(t, http.StatusSeeOther, w.postForm("acme-demo", typed.Encode()).status)
		require.Equal(t, 1, w.count(`SELECT count(*) FROM leads WHERE email = $1 AND status = 'pending'`, aLead(25).Email))
	})
	t.Run("a mistake corrected at once", func(t *testing.T) {
		w := w.with(t)
		typed := w.typed(26, web.FieldTimeToken, w.stamp("acme-demo", 5*time.Second), web.FieldEmail, "nobody")
		page := w.postForm("acme-demo", typed.Encode())
		requirePage(t, page, http.StatusUnprocessableEntity)
		requireKept(t, page.body, typed)
		typed.Set(web.FieldEmail, aLead(26).Email)
		require.Equal(t, http.StatusSeeOther, w.postForm("acme-demo", typed.Encode()).status)
		require.Equal(t, 1, w.count(`SELECT count(*) FROM leads WHERE email = $1 AND status = 'pending'`, aLead(26).Email))
	})

	// By the time that a lead which came after all of them is ready, the others have been left alone.
	fence := w.submit(aLead(99), "")
	w.awaitState(fence, "awaiting_review", 30*time.Second)
	require.Zero(t, w.count(`SELECT count(*) FROM workflows w JOIN leads l ON l.id = w.lead_id WHERE l.status = 'quarantined'`), "no run")
	require.Zero(t, w.count(`SELECT count(*) FROM usage_periods u WHERE used <> (SELECT count(*) FROM leads l WHERE l.org_id = u.org_id AND l.status <> 'quarantined')`), "no quota")
	asked := 0
	for _, call := range w.box.Model.Calls() {
		asked++
		for n := 10; n < 24; n++ {
			require.NotContains(t, string(call.Input), aLead(n).Message, "no model call")
		}
	}
	require.NotZero(t, asked)
	require.Empty(t, w.box.Mailbox.Messages())
	listed, answer := w.api("user_acmeadmin", http.MethodGet, "/api/leads?status=quarantined&limit=100", nil)
	require.Equal(t, http.StatusOK, listed, answer)
	rows, _ := answer["data"].([]any)
	require.Len(t, rows, len(bots)+2, "an admin sees them")
}

// requireLike wants an answer that tells nothing which the other one does not.
func requireLike(t *testing.T, person, bot sent) {
	t.Helper()
	require.Equal(t, person.status, bot.status, bot.body)
	require.Equal(t, len(person.body), len(bot.body))
	require.Equal(t, len(person.header.Get("Location")), len(bot.header.Get("Location")))
	require.Equal(t, before(person.header.Get("Location"), "ref="), before(bot.header.Get("Location"), "ref="))
	for name := range person.header {
		require.Len(t, bot.header[name], len(person.header[name]), name)
	}
	require.Len(t, bot.header, len(person.header))
	requireSecured(t, bot)
}

func before(s, mark string) string {
	head, _, _ := strings.Cut(s, mark)
	return head
}

// requireQuarantined wants the person's only lead to be put aside.
func (w *world) requireQuarantined(email string) {
	w.t.Helper()
	var status, why string
	w.query(`SELECT status, coalesce(quarantine_reason, '') FROM leads WHERE email = $1`, []any{email}, &status, &why)
	require.Equal(w.t, "quarantined", status)
	require.NotEmpty(w.t, why, "an admin is told why")
}

// TestRateLimits floods the doors that have limits.
func TestRateLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const limit = 3
	perAddress := map[string]string{"RATE_LIMIT_PER_ADDRESS": strconv.Itoa(limit)}
	person := 0
	flood := func(t *testing.T, w *world, want int, headers ...string) {
		t.Helper()
		for range limit {
			person++
			answered(t, w.postJSON(sentJSON(person), headers...))
		}
		w, untouched := w.watched(t)
		answer := w.postJSON(sentJSON(1000), headers...)
		requireProblem(t, answer, want)
		requireWait(t, answer, time.Minute/limit)
		untouched()
	}
	// One after the other: they count in the same Redis.
	t.Run("per address", func(t *testing.T) {
		open, p := w.with(t).served(perAddress)
		defer p.kill()
		flood(t, open, http.StatusTooManyRequests)
		for _, forwarded := range []string{"203.0.113.1", "203.0.113.2, 203.0.113.3", "127.0.0.1", "::1", "unknown", ""} {
			answer := open.postJSON(sentJSON(1000), "X-Forwarded-For", forwarded, "X-Real-Ip", forwarded, "Forwarded", "for="+forwarded)
			requireProblem(t, answer, http.StatusTooManyRequests)
		}
		w, untouched := open.watched(t)
		typed := w.typed(1000)
		page := w.postForm("globex-demo", typed.Encode())
		requirePage(t, page, http.StatusTooManyRequests)
		requireWait(t, page, time.Minute/limit)
		requireKept(t, page.body, typed)
		untouched()
	})
	t.Run("per address behind proxies", func(t *testing.T) {
		open, p := w.with(t).served(map[string]string{"RATE_LIMIT_PER_ADDRESS": strconv.Itoa(limit), "TRUSTED_PROXIES": "127.0.0.1,::1,10.0.0.0/8"})
		defer p.kill()
		from := func(forwarded string) []string { return []string{"X-Forwarded-For", forwarded} }
		flood(t, open, http.StatusTooManyRequests, from("203.0.113.1")...)
		for _, same := range []string{"198.51.100.1, 203.0.113.1", "127.0.0.1,203.0.113.1", "203.0.113.1, 10.1.2.3", "x, 203.0.113.1,10.1.2.3, 10.4.5.6", "203.0.113.1:4711", "::ffff:203.0.113.1"} {
			answer := open.postJSON(sentJSON(1000), from(same)...)
			requireProblem(t, answer, http.StatusTooManyRequests)
		}
		twice := open.postJSON(sentJSON(1000), append(from("198.51.100.9"), from("203.0.113.1")...)...)
		requireProblem(t, twice, http.StatusTooManyRequests)
		flood(t, open, http.StatusTooManyRequests, from("203.0.113.2")...)
		flood(t, open, http.StatusTooManyRequests, from("2001:db8:1:2::1")...)
		requireProblem(t, open.postJSON(sentJSON(1000), from("2001:db8:1:2:ffff::2")...), http.StatusTooManyRequests)
		flood(t, open, http.StatusTooManyRequests, from("2001:db8:1:3::1")...)
	})
	t.Run("per form", func(t *testing.T) {
		open, p := w.with(t).served(map[string]string{"RATE_LIMIT_PER_FORM": strconv.Itoa(limit)})
		defer p.kill()
		flood(t, open, http.StatusTooManyRequests)
		answered(t, open.postJSON(sentJSON(500, "form", "globex-demo")))
		page := open.postForm("acme-demo", open.typed(1000).Encode())
		requirePage(t, page, http.StatusTooManyRequests)
		require.Equal(t, http.StatusOK, open.send(open.request(http.MethodGet, "/f/acme-demo", "")).status, "reading is not limited")
	})
}

// requireWait wants a Retry-After of at least a second and at most the wait, and a second for rounding.
func requireWait(t *testing.T, answer sent, most time.Duration) {
	t.Helper()
	seconds, err := strconv.Atoi(answer.header.Get("Retry-After"))
	require.NoError(t, err, "Retry-After: %q", answer.header.Get("Retry-After"))
	require.GreaterOrEqual(t, seconds, 1)
	require.LessOrEqual(t, time.Duration(seconds)*time.Second, most+time.Second)
}
