package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	"github.com/leadagent/leadagent/adapters/sandbox/resend"
)

// newResendWorld is a world whose program sends by Resend, with a lead that waits for its review. changes are for the worker, which runs.
func newResendWorld(t *testing.T, changes map[string]string) (w *world, worker *process, lead string) {
	t.Helper()
	w = newWorld(t)
	delete(w.vars, "SMTP_URL")
	c := w.box.Credentials()
	w.vars["RESEND_API_KEY"], w.vars["RESEND_API_URL"] = c.ResendAPIKey, c.ResendAPIURL
	w.serve(nil)
	worker = w.start(changes, "work")
	lead = w.submit(aLead(1), "")
	w.awaitState(lead, "awaiting_review", 30*time.Second)
	return w, worker, lead
}

// sentOnce wants exactly the approved email in the mailbox, one row of it, and every request for it under one key and with one body.
func (w *world) sentOnce(lead string, requests int) {
	w.t.Helper()
	var id, messageID, to, subject, body, status string
	w.query(`SELECT e.id, e.message_id, e.to_address, d.subject, d.body, e.status FROM emails e JOIN workflows r ON r.org_id = e.org_id AND r.id = e.workflow_id
		JOIN drafts d ON d.org_id = r.org_id AND d.workflow_id = r.id AND d.version = r.draft_version WHERE r.lead_id = $1`,
		[]any{lead}, &id, &messageID, &to, &subject, &body, &status)
	require.Equal(w.t, "sent", status)
	mail := w.box.Mailbox.Messages()
	require.Len(w.t, mail, 1)
	require.Equal(w.t, []string{to}, mail[0].Recipients)
	require.Equal(w.t, "Acme <hello@leadagent.example>", mail[0].From)
	require.Equal(w.t, subject, mail[0].Subject)
	require.Equal(w.t, trimEnd(body), trimEnd(mail[0].Text))
	require.Equal(w.t, messageID, mail[0].MessageID)
	calls := w.box.Resend.Recorder.Requests()
	require.Len(w.t, calls, requests)
	for _, call := range calls {
		require.Equal(w.t, "email/"+id, call.Header.Get("Idempotency-Key"))
		require.Equal(w.t, calls[0].Body, call.Body)
	}
	require.Zero(w.t, w.count(`SELECT count(*) FROM timeline WHERE kind = 'send_doubtful'`), "there was no doubt")
	w.checkBooks([]string{lead})
}

// doubted wants the run to wait for a person with a doubtful email.
func (w *world) doubted(lead string, within time.Duration) {
	w.t.Helper()
	w.awaitState(lead, "needs_attention", within)
	require.Equal(w.t, 1, w.count(`SELECT count(*) FROM emails WHERE status = 'doubtful'`))
	require.Equal(w.t, 1, w.count(`SELECT count(*) FROM workflows WHERE doubt AND lead_id = $1`, lead))
	w.checkBooks([]string{lead})
}

// TestResend: what befalls a call to Resend, and what comes of it.
func TestResend(t *testing.T) {
	t.Parallel()
	status := func(target string, code int, body string, header ...string) faults.Fault {
		f := faults.Fault{Target: target, Kind: faults.KindStatus, Status: code, Body: body, Header: http.Header{}}
		for i := 0; i+1 < len(header); i += 2 {
			f.Header.Set(header[i], header[i+1])
		}
		return f
	}
	for name, c := range map[string]struct {
		plan     []faults.Fault
		requests int
		doubt    bool // the first request leaves one
	}{
		"nothing":                          {nil, 1, false},
		"reset after accepting":            {[]faults.Fault{{Target: resend.TargetSend, Kind: faults.KindReset}}, 2, true},
		"twice":                            {[]faults.Fault{{Target: resend.TargetSend, Kind: faults.KindReset}, {Target: resend.TargetSend, Kind: faults.KindReset}}, 3, true},
		"a gateway's error after it":       {[]faults.Fault{status(resend.TargetAccept, 502, "")}, 2, true},
		"reset, then an outage":            {[]faults.Fault{{Target: resend.TargetSend, Kind: faults.KindReset}, status(resend.TargetSend, 503, ""), status(resend.TargetSend, 429, "")}, 4, true},
		"an outage":                        {[]faults.Fault{status(resend.TargetSend, 503, "")}, 2, false},
		"another call with the key is on":  {[]faults.Fault{status(resend.TargetSend, 409, `{"statusCode":409,"name":"concurrent_idempotent_requests","message":"x"}`)}, 2, false},
		"an answer that is none":           {[]faults.Fault{status(resend.TargetAccept, 200, "<html>")}, 2, true},
		"too many requests, and no header": {[]faults.Fault{status(resend.TargetSend, 429, "")}, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _, lead := newResendWorld(t, nil)
			for _, f := range c.plan {
				w.box.Resend.Faults.Plan(f, 1)
			}
			w.approve(lead)
			w.awaitState(lead, "completed", resumeWithin)
			w.sentOnce(lead, c.requests)
			var handedOver time.Time
			w.query(`SELECT handed_over_at FROM emails`, nil, &handedOver)
			first := w.box.Resend.Recorder.Requests()[0].Time
			require.Equal(t, c.doubt || c.requests == 1, handedOver.Before(first), "the window begins with the first try that may have been accepted")
		})
	}
}

// TestResendBusy: the wait that Resend asks for is kept, and seen.
func TestResendBusy(t *testing.T) {
	t.Parallel()
	w, _, lead := newResendWorld(t, nil)
	w.box.Resend.Faults.FailNext(1, http.StatusTooManyRequests, http.Header{"Retry-After": {"5"}})
	w.approve(lead)
	w.until(20*time.Second, "the run waits, visibly", func() bool {
		return w.count(`SELECT count(*) FROM timeline WHERE kind = 'waiting' AND data->>'for' = 'the mail server'`) == 1
	})
	require.Equal(t, 1, w.count(`SELECT count(*) FROM emails WHERE status = 'queued' AND handed_over_at IS NULL`), "nothing went")
	w.awaitState(lead, "completed", resumeWithin)
	calls := w.box.Resend.Recorder.Requests()
	require.GreaterOrEqual(t, calls[1].Time.Sub(calls[0].Time), 5*time.Second)
	w.sentOnce(lead, 2)
}

// TestResendRefuses: a refusal is told in words and not repeated; Retry sends the same email once what was wrong is right.
func TestResendRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status      int
		body, words string
	}{
		"another body under the key": {409, `{"statusCode":409,"name":"invalid_idempotent_request","message":"x"}`, "Resend has this email already"},
		"the key":                    {403, `{"statusCode":403,"name":"invalid_api_key","message":"API key is invalid"}`, "RESEND_API_KEY"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _, lead := newResendWorld(t, nil)
			w.box.Resend.Faults.Plan(faults.Fault{Target: resend.TargetSend, Kind: faults.KindStatus, Status: c.status, Body: c.body}, 1)
			w.approve(lead)
			w.awaitState(lead, "needs_attention", 20*time.Second)
			var run, problem string
			w.query(`SELECT id, error FROM workflows WHERE lead_id = $1 AND NOT doubt`, []any{lead}, &run, &problem)
			require.Contains(t, problem, c.words)
			require.NotContains(t, problem, w.vars["RESEND_API_KEY"])
			require.Empty(t, w.box.Mailbox.Messages())
			code, answer := w.api(clerk.AcmeAdminID, http.MethodPost, "/api/workflows/"+run+"/retry", nil)
			require.Equal(t, http.StatusOK, code, answer)
			w.awaitState(lead, "completed", resumeWithin)
			w.sentOnce(lead, 2)
		})
	}
}

// TestResendRepeatRefused: what a repeat hears says nothing of the first try, which had been accepted.
func TestResendRepeatRefused(t *testing.T) {
	t.Parallel()
	w, _, lead := newResendWorld(t, nil)
	w.box.Resend.Faults.ResetAfterAccept(resend.TargetSend, 1)
	w.box.Resend.Faults.Plan(faults.Fault{Target: resend.TargetSend, Kind: faults.KindStatus, Status: 403, Body: `{"name":"invalid_api_key"}`}, 1)
	w.approve(lead)
	w.doubted(lead, resumeWithin)
	require.Len(t, w.box.Mailbox.Messages(), 1)
	require.Equal(t, 1, w.count(`SELECT count(*) FROM workflows WHERE error LIKE '%at the first try%RESEND_API_KEY%'`))
}

// TestResendWorkerKilled: a killed worker's email is handed over again under its key, whatever Resend had done with it.
func TestResendWorkerKilled(t *testing.T) {
	t.Parallel()
	for name, hold := range map[string]func(*faults.Switch){
		"before it is accepted": func(s *faults.Switch) { s.Hold(resend.TargetSend) },
		"while it is accepted":  func(s *faults.Switch) { s.Hold(resend.TargetAccept) },
		"after it was accepted": func(s *faults.Switch) { s.HoldAfter(resend.TargetSend) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, worker, lead := newResendWorld(t, nil)
			hold(w.box.Resend.Faults)
			w.approve(lead)
			w.until(20*time.Second, "the call is held", func() bool { return w.box.Resend.Faults.Held(faults.Any) == 1 })
			var handedOver time.Time
			w.query(`SELECT handed_over_at FROM emails WHERE status = 'handing_over'`, nil, &handedOver)
			worker.kill()
			killed := time.Now()
			w.start(nil, "work")
			if name == "while it is accepted" {
				w.until(resumeWithin, "the successor met the first call", func() bool { return len(w.box.Resend.Recorder.Requests()) > 1 })
			}
			w.box.Resend.Faults.Release()
			w.awaitState(lead, "completed", resumeWithin-time.Since(killed))
			w.sentOnce(lead, len(w.box.Resend.Recorder.Requests()))
			var kept time.Time
			w.query(`SELECT handed_over_at FROM emails`, nil, &kept)
			require.Equal(t, handedOver, kept, "the window began with the first handing over")
		})
	}
}

// TestResendWindowOver: once Resend may have forgotten the key, a doubt is a person's matter.
func TestResendWindowOver(t *testing.T) {
	t.Parallel()
	short := map[string]string{"EMAIL_KEY_WINDOW": "300ms"}
	t.Run("no answer", func(t *testing.T) {
		t.Parallel()
		w, _, lead := newResendWorld(t, short)
		w.box.Resend.Faults.ResetAfterAccept(resend.TargetSend, 1)
		w.approve(lead)
		w.doubted(lead, resumeWithin)
		require.Len(t, w.box.Mailbox.Messages(), 1)
		require.Len(t, w.box.Resend.Recorder.Requests(), 1)
	})
	t.Run("killed", func(t *testing.T) {
		t.Parallel()
		w, worker, lead := newResendWorld(t, short)
		w.box.Resend.Faults.HoldAfter(resend.TargetSend)
		w.approve(lead)
		w.until(20*time.Second, "the call is held", func() bool { return w.box.Resend.Faults.Held(faults.Any) == 1 })
		worker.kill()
		w.box.Resend.Faults.Release()
		w.start(short, "work")
		w.doubted(lead, resumeWithin)
		require.Len(t, w.box.Mailbox.Messages(), 1)
		require.Len(t, w.box.Resend.Recorder.Requests(), 1)
	})
}

// TestResendSlow: an answer after 35 seconds is one; a later one is not waited for, and the repeat finds the email accepted.
func TestResendSlow(t *testing.T) {
	t.Parallel()
	t.Run("an answer after 35 seconds", func(t *testing.T) {
		t.Parallel()
		w, _, lead := newResendWorld(t, nil)
		w.box.Resend.Faults.Latency(resend.TargetSend, 35*time.Second)
		w.approve(lead)
		w.awaitState(lead, "completed", time.Minute)
		w.sentOnce(lead, 1)
	})
	t.Run("no answer within the patience", func(t *testing.T) {
		t.Parallel()
		w, _, lead := newResendWorld(t, nil)
		w.box.Resend.Faults.HoldAfter(resend.TargetSend)
		w.approve(lead)
		w.until(time.Minute, "the run waits, visibly", func() bool {
			return w.count(`SELECT count(*) FROM timeline WHERE kind = 'waiting' AND data->>'for' = 'the mail server'`) == 1
		})
		w.box.Resend.Faults.Release()
		w.awaitState(lead, "completed", resumeWithin)
		w.sentOnce(lead, 2)
	})
}
