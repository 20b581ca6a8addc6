package mail_test

import (
	"crypto/x509"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/mail"
	"github.com/leadagent/leadagent/domain/fault"
)

func x509Pool(s *httptest.Server) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return pool
}

func TestEncryptionAndSignIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		implicit bool
		prefix   string
		suffix   string
	}{
		"STARTTLS": {false, "smtp://", "?tls=starttls"},
		"implicit": {true, "smtps://", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := listen(t, true, c.implicit)
			m, err := mail.NewSMTP(c.prefix+"agent:p%40ss%3Aword@"+s.addr+c.suffix, "sales@acme.test", mail.Options{TLS: s.roots})
			require.NoError(t, err)
			require.NoError(t, m.Send(t.Context(), email(), new(handed).over))
			got := s.messages()
			require.Len(t, got, 1)
			require.True(t, got[0].tls)
			require.Equal(t, "agent", got[0].user)
		})
	}
}

func TestNothingGoesWithoutTheEncryptionThatWasAskedFor(t *testing.T) {
	t.Parallel()
	bare := listen(t, false, false)
	m, err := mail.NewSMTP("smtp://agent:secret@"+bare.addr+"?tls=starttls", "sales@acme.test", mail.Options{})
	require.NoError(t, err)
	var h handed
	err = m.Send(t.Context(), email(), h.over)
	require.Equal(t, fault.Refused, fault.KindOf(err), "%v", err)
	require.Contains(t, err.Error(), "STARTTLS")

	strange := listen(t, true, false) // a certificate that nobody trusts
	m, err = mail.NewSMTP("smtp://agent:secret@"+strange.addr+"?tls=starttls", "sales@acme.test", mail.Options{})
	require.NoError(t, err)
	err = m.Send(t.Context(), email(), h.over)
	require.Equal(t, fault.Unavailable, fault.KindOf(err), "%v", err)
	require.Contains(t, err.Error(), "certificate")
	require.Zero(t, h.times)
	require.Empty(t, append(bare.messages(), strange.messages()...))
}

func TestWrongPasswordIsRefusedInTheServersWords(t *testing.T) {
	t.Parallel()
	s := listen(t, false, false)
	m, err := mail.NewSMTP("smtp://agent:wrong@"+s.addr, "sales@acme.test", mail.Options{})
	require.NoError(t, err)
	err = m.Send(t.Context(), email(), new(handed).over)
	require.Equal(t, fault.Refused, fault.KindOf(err), "%v", err)
	require.Contains(t, err.Error(), "no such account")
	require.NotContains(t, err.Error(), "wrong")
}

func TestMistakesOfTheSettingsAreNamedWithoutThePassword(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"":                                      "no host",
		"http://mail.test":                      "begins with",
		"smtp://":                               "no host",
		"smtp://agent@mail.test":                "without a password",
		"smtp://agent:hush@mail.test?tls=off":   "tls=",
		"smtps://agent:hush@mail.test?tls=none": "always encrypted",
		"smtp://agent:hush@mail.test/box":       "behind the host",
		"smtp://agent:hush@mail.test?x=1":       "other than tls",
		"smtp://agent:hu%sh@mail.test":          "cannot be read",
		"smtp://agent:hush@mail.test:port":      "cannot be read",
	} {
		_, err := mail.NewSMTP(url, "two@acme.test, three@acme.test", mail.Options{})
		require.ErrorContains(t, err, want, url)
		require.ErrorContains(t, err, "not one email address")
		require.NotContains(t, err.Error(), "hush")
	}
	for _, from := range []string{"", "nobody", "a@b", "a@b.test\r\nBcc: x@y.test", "jürgen@acme.test"} {
		_, err := mail.NewSMTP("smtp://mail.test", from, mail.Options{})
		require.Error(t, err, from)
	}
}
