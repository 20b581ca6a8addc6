package mail_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/domain/fault"
)

// greeted is how every scripted conversation begins.
func greeted(steps ...[2]string) [][2]string {
	return append([][2]string{{"", "220 hello"}, {"EHLO", "250 hello"}}, steps...)
}

func addressed(steps ...[2]string) [][2]string {
	return append(greeted([2]string{"MAIL FROM:<sales@acme.test>", "250 ok"}, [2]string{"RCPT TO:<jane@example.com>", "250 ok"}), steps...)
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		steps  [][2]string
		kind   fault.Kind // 0: sent
		words  string
		handed int
	}{
		"busy at the greeting":           {[][2]string{{"", "421 too many"}}, fault.Unavailable, "421 too many", 0},
		"closed shop":                    {[][2]string{{"", "554 no mail here"}}, fault.Refused, "554 no mail here", 0},
		"silence at the greeting":        {[][2]string{{"", "SILENCE"}}, fault.Unavailable, "", 0},
		"hangs up at the greeting":       {[][2]string{{"", "HANGUP"}}, fault.Unavailable, "", 0},
		"not SMTP":                       {[][2]string{{"", "HTTP/1.1 400 Bad Request"}}, fault.Unavailable, "", 0},
		"endless greeting":               {[][2]string{{"", strings.Repeat("220-"+strings.Repeat("x", 1000)+"\r\n", 1200) + "220 x"}}, fault.Unavailable, "", 0},
		"sender refused":                 {greeted([2]string{"MAIL", "550 5.7.1 unknown sender"}), fault.Refused, "550 5.7.1 unknown sender", 0},
		"sender later":                   {greeted([2]string{"MAIL", "451 later"}), fault.Unavailable, "451 later", 0},
		"hangs up at the sender":         {greeted([2]string{"MAIL", "HANGUP"}), fault.Unavailable, "", 0},
		"recipient refused":              {greeted([2]string{"MAIL", "250 ok"}, [2]string{"RCPT", "550-no such\r\n550 user"}), fault.Refused, "550 no such user", 0},
		"recipient greylisted":           {greeted([2]string{"MAIL", "250 ok"}, [2]string{"RCPT", "450 greylisted"}), fault.Busy, "450 greylisted", 0},
		"closing at the recipient":       {greeted([2]string{"MAIL", "250 ok"}, [2]string{"RCPT", "421 bye"}), fault.Unavailable, "421 bye", 0},
		"silence at the recipient":       {greeted([2]string{"MAIL", "250 ok"}, [2]string{"RCPT", "SILENCE"}), fault.Unavailable, "", 0},
		"DATA refused":                   {addressed([2]string{"DATA", "554 no"}), fault.Refused, "554 no", 1},
		"DATA later":                     {addressed([2]string{"DATA", "452 full"}), fault.Unavailable, "452 full", 1},
		"hangs up at DATA":               {addressed([2]string{"DATA", "HANGUP"}), fault.Unavailable, "", 1},
		"message refused":                {addressed([2]string{"DATA", "354 go"}, [2]string{"DOT", "550 5.7.1 spam"}), fault.Refused, "550 5.7.1 spam", 1},
		"message later":                  {addressed([2]string{"DATA", "354 go"}, [2]string{"DOT", "451 later"}), fault.Unavailable, "451 later", 1},
		"hangs up after the dot":         {addressed([2]string{"DATA", "354 go"}, [2]string{"DOT", "HANGUP"}), fault.Doubtful, "", 1},
		"silence after the dot":          {addressed([2]string{"DATA", "354 go"}, [2]string{"DOT", "SILENCE"}), fault.Doubtful, "", 1},
		"nonsense after the dot":         {addressed([2]string{"DATA", "354 go"}, [2]string{"DOT", "thanks!"}), fault.Doubtful, "", 1},
		"a continuation after the dot":   {addressed([2]string{"DATA", "354 go"}, [2]string{"DOT", "354 more"}), fault.Doubtful, "", 1},
		"hangs up within the message":    {addressed([2]string{"DATA", "354 go"}, [2]string{"Subject:", "HANGUP"}), fault.Doubtful, "", 1},
		"taken, then hangs up":           {addressed([2]string{"DATA", "354 go"}, [2]string{"DOT", "250 ok"}, [2]string{"", "HANGUP"}), 0, "", 1},
		"taken, and QUIT is never heard": {addressed([2]string{"DATA", "354 go"}, [2]string{"DOT", "250 ok"}, [2]string{"QUIT", "HANGUP"}), 0, "", 1},
		"taken with other words":         {addressed([2]string{"DATA", "354 go"}, [2]string{"DOT", "251 will forward"}), 0, "", 1},
		"no EHLO":                        {append([][2]string{{"", "220 hello"}, {"EHLO", "502 what"}, {"HELO", "250 hello"}}, addressed([2]string{"DATA", "354 go"}, [2]string{"DOT", "250 ok"})[2:]...), 0, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := script(t, c.steps...)
			var h handed
			err := sender(t, s.addr).Send(t.Context(), email(), h.over)
			require.Equal(t, c.kind, fault.KindOf(err), "%v", err)
			require.Equal(t, c.handed, h.times)
			if c.words != "" {
				require.ErrorContains(t, err, c.words)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	var h handed
	require.Equal(t, fault.Unavailable, fault.KindOf(sender(t, listener.Addr().String()).Send(t.Context(), email(), h.over)))
	require.Zero(t, h.times)
}

func TestHandoverIsCalledBetweenRecipientAndData(t *testing.T) {
	t.Parallel()
	s := script(t, addressed()...)
	err := sender(t, s.addr).Send(t.Context(), email(), func(context.Context) error { return errOwn })
	require.ErrorIs(t, err, errOwn)
	require.NotContains(t, <-s.heard, "DATA")
}

func TestContextEndsEverything(t *testing.T) {
	t.Parallel()
	t.Run("before the message", func(t *testing.T) {
		t.Parallel()
		s := script(t, greeted([2]string{"MAIL", "SILENCE"})...)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		require.Equal(t, fault.Unavailable, fault.KindOf(sender(t, s.addr).Send(ctx, email(), new(handed).over)))
	})
	t.Run("after the message", func(t *testing.T) {
		t.Parallel()
		s := script(t, addressed([2]string{"DATA", "354 go"}, [2]string{"DOT", "SILENCE"})...)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		require.Equal(t, fault.Doubtful, fault.KindOf(sender(t, s.addr).Send(ctx, email(), new(handed).over)))
	})
	t.Run("cancelled within the handover", func(t *testing.T) {
		t.Parallel()
		s := script(t, addressed([2]string{"DATA", "354 go"})...)
		ctx, cancel := context.WithCancel(t.Context())
		err := sender(t, s.addr).Send(ctx, email(), func(context.Context) error {
			cancel()
			return nil
		})
		require.Contains(t, []fault.Kind{fault.Unavailable, fault.Doubtful}, fault.KindOf(err), "%v", err)
	})
}

func TestARealServersRefusalOfTheMessage(t *testing.T) {
	t.Parallel()
	s := listen(t, false, false)
	s.fail["DATA"] = &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "not wanted"}
	var h handed
	err := sender(t, s.addr).Send(t.Context(), email(), h.over)
	require.Equal(t, fault.Refused, fault.KindOf(err))
	require.Equal(t, 1, h.times)
	require.Empty(t, s.messages())
}
