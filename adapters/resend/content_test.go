package resend_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/resend"
	"github.com/leadagent/leadagent/adapters/sandbox/mailbox"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

// deliver sends an email and gives what arrived.
func deliver(t *testing.T, e ports.Email) mailbox.Message {
	t.Helper()
	b := setup(t)
	var h handed
	require.NoError(t, b.Send(t.Context(), e, h.over))
	require.Equal(t, 1, h.times)
	got := b.box.Messages()
	require.Len(t, got, 1)
	return got[0]
}

func TestTheRequest(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.Send(t.Context(), email(), new(handed).over))
	calls := b.api.Recorder.Requests()
	require.Len(t, calls, 1)
	got := calls[0]
	require.Equal(t, "POST /emails", got.Method+" "+got.Path)
	for name, want := range map[string]string{
		"Authorization": "Bearer " + theKey, "Content-Type": "application/json", "Idempotency-Key": "email/0197-1", "User-Agent": "leadagent",
	} {
		require.Equal(t, []string{want}, got.Header[name], name)
	}
	require.JSONEq(t, `{"from":"Acme <sales@acme.test>","to":["jane@example.com"],"reply_to":"team@acme.test","subject":"About your inquiry",
		"text":"Hello Jane,\n\nthank you.\n","headers":{"Message-ID":"<0197.1@acme.test>"}}`, got.Body)
}

func TestWhatWasApprovedArrives(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"plain":           "Hello Jane,\n\nthank you.\n",
		"leading dots":    ".\n..\n.hidden\nend.\n",
		"long lines":      strings.Repeat("abcdefghij", 200) + "\n" + strings.Repeat("word ", 400) + "\nend\n",
		"beyond ASCII":    "Grüße, 東京 — 👩🏽‍🚀\n" + strings.Repeat("ü", 1000) + "\n",
		"trailing spaces": "one  \n\ttwo\t\n \nthree=20\n",
		"From line":       "From here on\n>From\n",
		"markup":          "<b>1 < 2</b> & \"so on\"\u2028\n",
		"no line end":     "Hello",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := email()
			e.Body = body
			got := deliver(t, e)
			require.Equal(t, body, got.Text)
			require.Empty(t, got.HTML)
			require.Equal(t, "sales@acme.test", got.EnvelopeFrom)
			require.Equal(t, []string{"jane@example.com"}, got.Recipients)
			require.Equal(t, "team@acme.test", got.ReplyTo)
			require.Equal(t, "0197.1@acme.test", got.MessageID)
		})
	}
}

func TestSubjectsArriveAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, subject := range []string{
		"About your inquiry", "Grüße aus 東京", strings.Repeat("Ünïcödé ", 60) + "end", strings.Repeat("x", 500), "a: b; c, \"d\" <e@f.test>", "%0d%0aBcc: x",
	} {
		e := email()
		e.Subject = subject
		require.Equal(t, subject, deliver(t, e).Subject)
	}
}

func TestHostileNamesMakeNoHeaderAndNoSecondRecipient(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Acme\r\nBcc: evil@x.test", "Acme\nTo: evil@x.test", `Acme" <evil@x.test>, "`, "Acme <evil@x.test>", "a@b.test, c@d.test", "Acme\x00",
		"%0d%0aBcc: evil@x.test", "Acme\u2028Bcc: evil@x.test", "Ümlaut, Inc. (Sales)", strings.Repeat("Ä", 100), `back\slash "quote"`, "Größe und Söhne", "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := email()
			e.FromName = name
			got := deliver(t, e)
			require.Equal(t, []string{"jane@example.com"}, got.Recipients)
			require.Equal(t, "jane@example.com", got.To)
			want := "sales@acme.test"
			if shown := strings.TrimSpace(strings.NewReplacer("\r\n", "  ", "\n", " ", "\x00", " ", "\u2028", " ").Replace(name)); shown != "" {
				want = shown + " <sales@acme.test>"
			}
			require.Equal(t, want, got.From)
		})
	}
}

func TestHostileAddressesAndSubjectsAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var h handed
	hostile := []ports.Email{}
	for _, to := range []string{
		"", "jane", "a@b.test,c@d.test", "a@b.test c@d.test", "a@b.test\r\nBcc: c@d.test", "<a@b.test>", "Jane <a@b.test>", "a@b.test\x00", "a%0d%0a@b.test",
	} {
		e := email()
		e.To = leads.TrustedEmail(to)
		hostile = append(hostile, e)
		if to != "" {
			e = email()
			e.ReplyTo = to
			hostile = append(hostile, e)
		}
	}
	for _, subject := range []string{"Hi\r\nBcc: evil@x.test", "Hi\n", "Hi\rthere", "Hi\x00", "Hi\u2028there", "\tHi"} {
		e := email()
		e.Subject = subject
		hostile = append(hostile, e)
	}
	for _, e := range hostile {
		err := b.Send(t.Context(), e, h.over)
		require.Equal(t, fault.Refused, fault.KindOf(err), "%q %q: %v", e.To, e.Subject, err)
	}
	for _, id := range []string{"", "x", "<a@b>", "a@b\r\nBcc: c@d.test", "a b@c", "@", strings.Repeat("x", 300) + "@y"} {
		e := email()
		e.MessageID = id
		require.Equal(t, fault.Internal, fault.KindOf(b.Send(t.Context(), e, h.over)), id)
	}
	for _, id := range []string{"", "a b", "a\r\nX-Evil: 1", "ü", strings.Repeat("x", 201)} {
		e := email()
		e.ID = id
		require.Equal(t, fault.Internal, fault.KindOf(b.Send(t.Context(), e, h.over)), id)
	}
	require.Zero(t, h.times)
	require.Empty(t, b.api.Recorder.Requests())
}

func TestADomainBeyondASCII(t *testing.T) {
	t.Parallel()
	e := email()
	e.To = leads.TrustedEmail("jane@bücher.example")
	require.Equal(t, []string{"jane@xn--bcher-kva.example"}, deliver(t, e).Recipients)
}

func TestEveryTryOfAnEmailIsTheSameRequest(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := email()
	for range 3 {
		require.NoError(t, b.Send(t.Context(), e, new(handed).over))
	}
	e.ID = "0197-2" // a person wanted it once more
	require.NoError(t, b.Send(t.Context(), e, new(handed).over))
	calls := b.api.Recorder.Requests()
	require.Len(t, calls, 4)
	for _, call := range calls[1:3] {
		require.Equal(t, calls[0].Body, call.Body)
		require.Equal(t, calls[0].Header.Get("Idempotency-Key"), call.Header.Get("Idempotency-Key"))
	}
	require.NotEqual(t, calls[0].Header.Get("Idempotency-Key"), calls[3].Header.Get("Idempotency-Key"))
	require.Len(t, b.box.Messages(), 2)
}

func TestMistakesOfTheSettingsAreNamedWithoutTheKey(t *testing.T) {
	t.Parallel()
	good := resend.Options{APIKey: theKey, From: "sales@acme.test"}
	r, err := resend.New(good)
	require.NoError(t, err)
	require.Equal(t, 24*time.Hour, r.RepeatSafeFor())
	require.Equal(t, "Resend at https://api.resend.com/emails", r.String())
	for name, c := range map[string]struct {
		change func(*resend.Options)
		words  string
	}{
		"no key":        {func(o *resend.Options) { o.APIKey = "" }, "RESEND_API_KEY"},
		"key and space": {func(o *resend.Options) { o.APIKey = theKey + "\r\nX: y" }, "RESEND_API_KEY"},
		"no address":    {func(o *resend.Options) { o.URL = "api.resend.com" }, "RESEND_API_URL"},
		"credentials":   {func(o *resend.Options) { o.URL = "https://" + theKey + "@api.resend.com" }, "RESEND_API_URL"},
		"no sender":     {func(o *resend.Options) { o.From = "" }, "EMAIL_FROM"},
		"two senders":   {func(o *resend.Options) { o.From = "a@b.test, c@d.test" }, "EMAIL_FROM"},
		"umlaut":        {func(o *resend.Options) { o.From = "jürgen@acme.test" }, "EMAIL_FROM"},
		"long window":   {func(o *resend.Options) { o.KeyWindow = 25 * time.Hour }, "EMAIL_KEY_WINDOW"},
		"no window":     {func(o *resend.Options) { o.KeyWindow = -1 }, "EMAIL_KEY_WINDOW"},
	} {
		o := good
		c.change(&o)
		_, err := resend.New(o)
		require.Equal(t, fault.Invalid, fault.KindOf(err), name)
		require.ErrorContains(t, err, c.words)
		require.NotContains(t, err.Error(), theKey)
	}
	o := good
	o.KeyWindow = time.Second
	r, err = resend.New(o)
	require.NoError(t, err)
	require.Equal(t, time.Second, r.RepeatSafeFor())
	require.NotContains(t, fmt.Sprintf("%v %+v %s", r, r, r), theKey)
}
