package mail_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	message "github.com/emersion/go-message/mail"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

// deliver sends an email and reads back what arrived.
func deliver(t *testing.T, e ports.Email) (received, message.Header, string) {
	t.Helper()
	s := listen(t, false, false)
	var h handed
	require.NoError(t, sender(t, s.addr).Send(t.Context(), e, h.over))
	require.Equal(t, 1, h.times)
	got := s.messages()
	require.Len(t, got, 1)
	r, err := message.CreateReader(bytes.NewReader(got[0].data))
	require.NoError(t, err)
	part, err := r.NextPart()
	require.NoError(t, err)
	body, err := io.ReadAll(part.Body)
	require.NoError(t, err)
	_, err = r.NextPart()
	require.ErrorIs(t, err, io.EOF)
	return got[0], r.Header, string(body)
}

func TestWhatWasApprovedArrives(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("abcdefghij", 200) // 2,000 characters without a space
	bodies := map[string]string{
		"plain":           "Hello Jane,\n\nthank you.\n",
		"leading dots":    ".\n..\n.hidden\nend.\n",
		"long lines":      long + "\n" + strings.Repeat("word ", 400) + "\nend\n",
		"beyond ASCII":    "Grüße, 東京 — 👩🏽‍🚀\n" + strings.Repeat("ü", 1000) + "\n",
		"trailing spaces": "one  \n\ttwo\t\n \nthree=20\n",
		"line ends":       "one\r\ntwo\rthree\n",
		"looks like SMTP": "QUIT\n\n.\nMAIL FROM:<x@y.test>\n",
		"From line":       "From here on\n>From\n",
		"no line end":     "Hello",
		"NUL":             "a\x00b\n",
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := email()
			e.Body = body
			got, header, decoded := deliver(t, e)
			want := strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\r", "\n")
			require.Equal(t, strings.TrimRight(want, "\n")+"\n", strings.ReplaceAll(decoded, "\r\n", "\n"))
			require.Equal(t, "sales@acme.test", got.from)
			require.Equal(t, []string{"jane@example.com"}, got.to)
			require.Equal(t, "Fri, 20 Nov 2026 12:00:00 +0000", header.Get("Date"))
			require.Equal(t, "<0197.1@acme.test>", header.Get("Message-Id"))
			for _, unwanted := range []string{"Auto-Submitted", "User-Agent", "X-Mailer", "Bcc", "Cc"} {
				require.Empty(t, header.Get(unwanted))
			}
			for line := range strings.SplitSeq(string(got.data), "\r\n") {
				require.LessOrEqual(t, len(line), 78)
			}
		})
	}
}

func TestSubjectsArriveAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, subject := range []string{
		"", "About your inquiry", "Grüße aus 東京", strings.Repeat("Ünïcödé ", 60) + "end", strings.Repeat("x", 500), "two  spaces   here",
		"=?UTF-8?Q?not_an_encoded_word?=", strings.Repeat("plain words ", 50) + "end", "a: b; c, \"d\" <e@f.test>", "👩🏽‍🚀" + strings.Repeat("👍", 90),
		" leading", "trailing ",
	} {
		e := email()
		e.Subject = subject
		got, header, _ := deliver(t, e)
		decoded, err := header.Subject()
		require.NoError(t, err)
		require.Equal(t, subject, decoded)
		require.Equal(t, 1, strings.Count(strings.ToLower(string(got.data)), "\nsubject:")) // Date stands first
	}
}

func TestHostileValuesMakeNoHeaderAndNoSecondRecipient(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Acme\r\nBcc: evil@x.test", "Acme\nTo: evil@x.test", "Acme\r\n\r\nbody", `Acme" <evil@x.test>, "`, "Acme <evil@x.test>", "a@b.test, c@d.test",
		"Acme\x00", "=?utf-8?q?=0D=0ABcc:_evil@x.test?=", "%0d%0aBcc: evil@x.test", "Acme\u2028Bcc: evil@x.test", "Ümlaut, Inc. (Sales)", strings.Repeat("Ä", 200),
		`back\slash "quote"`, "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := email()
			e.FromName = name
			got, header, body := deliver(t, e)
			require.Equal(t, []string{"jane@example.com"}, got.to)
			require.Equal(t, "Hello Jane,\r\n\r\nthank you.\r\n", body)
			from, err := header.AddressList("From")
			require.NoError(t, err)
			require.Len(t, from, 1)
			require.Equal(t, "sales@acme.test", from[0].Address)
			require.Equal(t, strings.TrimSpace(strings.NewReplacer("\r\n", "  ", "\n", " ", "\x00", " ", "\u2028", " ").
				Replace(strings.ReplaceAll(name, "\r\n\r\n", "    "))), from[0].Name)
			to, err := header.AddressList("To")
			require.NoError(t, err)
			require.Len(t, to, 1)
			names := map[string]bool{}
			for fields := header.Fields(); fields.Next(); {
				require.False(t, names[fields.Key()], fields.Key())
				names[fields.Key()] = true
			}
			require.Len(t, names, 9, "%v", names)
		})
	}
}

func TestHostileAddressesAndSubjectsAreRefused(t *testing.T) {
	t.Parallel()
	s := listen(t, false, false)
	var h handed
	hostile := []ports.Email{}
	for _, to := range []string{
		"", "jane", "a@b.test,c@d.test", "a@b.test c@d.test", "a@b.test\r\nRCPT TO:<c@d.test>", "<a@b.test>", "Jane <a@b.test>", "a@b.test\x00", "a@b.test>",
		"a%0d%0a@b.test",
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
		err := sender(t, s.addr).Send(t.Context(), e, h.over)
		require.Equal(t, fault.Refused, fault.KindOf(err), "%q %q: %v", e.To, e.Subject, err)
	}
	for _, id := range []string{"", "x", "<a@b>", "a@b\r\nBcc: c@d.test", "a b@c", "@", strings.Repeat("x", 300) + "@y"} {
		e := email()
		e.MessageID = id
		require.Equal(t, fault.Internal, fault.KindOf(sender(t, s.addr).Send(t.Context(), e, h.over)), id)
	}
	require.Zero(t, h.times)
	require.Empty(t, s.messages())
}

func TestAddressesBeyondASCII(t *testing.T) {
	t.Parallel()
	e := email()
	e.To = leads.TrustedEmail("jane@bücher.example")
	got, _, _ := deliver(t, e)
	require.Equal(t, []string{"jane@xn--bcher-kva.example"}, got.to)

	e.To = leads.TrustedEmail("jürgen@example.com")
	got, header, _ := deliver(t, e)
	require.Equal(t, []string{"jürgen@example.com"}, got.to)
	to, err := header.AddressList("To")
	require.NoError(t, err)
	require.Equal(t, "jürgen@example.com", to[0].Address)

	bare := script(t, [2]string{"", "220 hello"}, [2]string{"EHLO", "250 hello"})
	err = sender(t, bare.addr).Send(t.Context(), e, new(handed).over)
	require.Equal(t, fault.Refused, fault.KindOf(err), "%v", err)
	require.Contains(t, err.Error(), "SMTPUTF8")
}
