package resend_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/resend"
	"github.com/leadagent/leadagent/adapters/sandbox/mailbox"
	emulator "github.com/leadagent/leadagent/adapters/sandbox/resend"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

// theKey is what no error may show.
const theKey = "re_canary0123456789"

// bench is a sender before an emulated Resend with a mailbox behind it.
type bench struct {
	*resend.Resend
	api *emulator.Server
	box *mailbox.Server
	url string
}

func setup(t *testing.T, change ...func(*emulator.Options)) *bench {
	t.Helper()
	box, err := mailbox.New(mailbox.Options{})
	require.NoError(t, err)
	o := emulator.Options{Key: theKey, Deliver: box.Add}
	for _, f := range change {
		f(&o)
	}
	b := &bench{api: emulator.New(o), box: box}
	server := httptest.NewServer(b.api)
	t.Cleanup(func() {
		b.api.Faults.Clear()
		server.Close()
		_ = box.Close() // it never listened
	})
	b.url = server.URL
	b.Resend = sender(t, server.URL)
	return b
}

// sender sends to a server at the address.
func sender(t *testing.T, url string, change ...func(*resend.Options)) *resend.Resend {
	t.Helper()
	o := resend.Options{APIKey: theKey, URL: url, From: "sales@acme.test"}
	for _, f := range change {
		f(&o)
	}
	r, err := resend.New(o)
	require.NoError(t, err)
	return r
}

// says is a server with one answer.
func says(t *testing.T, status int, body string, header ...string) *resend.Resend {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return sender(t, server.URL)
}

func email() ports.Email {
	return ports.Email{
		ID: "0197-1", FromName: "Acme", ReplyTo: "team@acme.test", To: leads.TrustedEmail("jane@example.com"), Subject: "About your inquiry",
		Body: "Hello Jane,\n\nthank you.\n", MessageID: "0197.1@acme.test",
	}
}

// handed counts the calls of handover.
type handed struct{ times int }

func (h *handed) over(context.Context) error {
	h.times++
	return nil
}

var errOwn = errors.New("the lease is gone")
