package resend

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptrace"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/leadagent/leadagent/domain/fault"
)

const (
	// longestWait bounds what may be asked to be waited for, so that a broken header cannot stop an email for good.
	longestWait = time.Hour
	// quotaWait is how long an email waits when the day's quota is used up and nobody said how long that lasts.
	quotaWait = time.Hour
	// maxAnswer bounds how much of an answer is read, in bytes; a real one has some hundred.
	maxAnswer = 64 << 10
	// mostWords is how much of Resend's own words is shown, in characters.
	mostWords = 300
)

// passage watches how far a request has come.
type passage struct{ underWay atomic.Bool }

// watch gives a context under which the request is noticed once its headers are written. The body follows them, so that before then Resend
// cannot have got the email.
func (p *passage) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { p.underWay.Store(true) }})
}

// fault is the fault of a request without an answer.
func (p *passage) fault(err error) error {
	if p.underWay.Load() {
		return fault.Wrap(fault.Doubtful, err, "The email was handed to Resend, and its answer never came.")
	}
	return fault.Wrap(fault.Unavailable, err, "Resend could not be reached.")
}

// accepted reads the answer that Resend took the email: its id.
func accepted(resp *http.Response) error {
	var answer struct {
		ID string `json:"id"`
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err == nil {
		err = json.Unmarshal(raw, &answer)
	}
	if err != nil || answer.ID == "" {
		return fault.Wrap(fault.Doubtful, said("status "+strconv.Itoa(resp.StatusCode)), "The email was handed to Resend, and the answer could not be read.")
	}
	return nil
}

// said is Resend's own word for what went wrong, for logs: status and name, nothing that might repeat an address.
type said string

func (s said) Error() string { return string(s) }

// refusal is Resend's error document (https://resend.com/docs/api-reference/errors).
type refusal struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

// names is the form of the errors' names, such as validation_error.
var names = regexp.MustCompile(`^[a-z][a-z0-9_]{0,59}$`)

// statusFault reads an answer that is no acceptance. Of the 5xx only 503 says that nothing was done (RFC 9110, 15.6.4); the others may
// come from a gateway behind which the email was taken.
func (r *Resend) statusFault(resp *http.Response, now time.Time) error {
	var body refusal
	// What can be read of the body is a help, not a need.
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	_ = json.Unmarshal(raw, &body)
	cause := said("status " + strconv.Itoa(resp.StatusCode))
	if names.MatchString(body.Name) {
		cause += said(" " + body.Name)
	}
	wait := headerWait(resp.Header, now)
	switch status := resp.StatusCode; {
	case status == http.StatusTooManyRequests:
		return tooMany(cause, body.Name, wait)
	case status == http.StatusServiceUnavailable, status == http.StatusRequestTimeout:
		return fault.Wrap(fault.Unavailable, cause, "Resend is not available at the moment.").After(wait)
	case status >= http.StatusInternalServerError:
		return fault.Wrap(fault.Doubtful, cause, "Resend went wrong while it had the email.").After(wait)
	case status == http.StatusConflict && body.Name != "invalid_idempotent_request":
		return fault.Wrap(fault.Unavailable, cause, "Resend is still busy with this very email.").After(wait)
	default:
		return fault.Wrap(fault.Refused, cause, advice(status, body.Name, r.words(body.Message)))
	}
}

func tooMany(cause error, name string, wait time.Duration) error {
	switch name {
	case "monthly_quota_exceeded":
		return fault.Wrap(fault.Refused, cause, "Resend's monthly quota is used up. An operator has to look at the plan there, then press Retry.")
	case "daily_quota_exceeded":
		if wait == 0 {
			wait = quotaWait
		}
		return fault.Wrap(fault.Busy, cause, "Resend's daily quota is used up.").After(wait)
	}
	return fault.Wrap(fault.Busy, cause, "Resend is busy and asked us to wait.").After(wait)
}

// advice says what to do about a refusal.
func advice(status int, name, words string) string {
	switch {
	case name == "invalid_idempotent_request":
		return "Resend has this email already, with other words or another sender, and sent nothing more. Look into its log before you press Retry; " +
			"if the settings did not change, tell your operator."
	case status == http.StatusUnauthorized, name == "invalid_api_key", name == "missing_api_key", name == "restricted_api_key":
		return "Resend did not accept our API key. An operator has to check RESEND_API_KEY; then press Retry."
	case status == http.StatusForbidden:
		return "Resend does not let us send from this address. An operator has to verify the domain of EMAIL_FROM there; then press Retry." + words
	case status < http.StatusBadRequest, status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		return "Resend's address is wrong. An operator has to check RESEND_API_URL; then press Retry."
	case status == http.StatusRequestEntityTooLarge:
		return "The email is too long for Resend."
	}
	return "Resend did not accept the email." + words
}

// private is what Resend's words may repeat and nobody has to read: addresses and keys.
var private = regexp.MustCompile(`\S+@\S+|\bre_\S+`)

// words is Resend's message on one line, as a sentence to go on with, or nothing.
func (r *Resend) words(message string) string {
	message = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(message, ""), func(c rune) bool {
		return unicode.IsSpace(c) || !unicode.IsPrint(c)
	}), " ")
	message = private.ReplaceAllString(strings.ReplaceAll(message, r.key, "…"), "…")
	text := []rune(message)
	if len(text) == 0 {
		return ""
	}
	if len(text) > mostWords {
		text = append(text[:mostWords], '…')
	}
	return " It said: " + string(text)
}

// headerWait reads how long Resend asks us to wait: Retry-After (seconds or a date; RFC 9110, 10.2.3), else the seconds until its limit is
// reset (https://resend.com/docs/api-reference/rate-limit).
func headerWait(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if value == "" {
		value = h.Get("Ratelimit-Reset")
	}
	wait := time.Duration(0)
	if seconds, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil && seconds >= 0 {
		wait = time.Duration(min(seconds, longestWait.Seconds()) * float64(time.Second))
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), longestWait)
}
