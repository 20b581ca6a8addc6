package websearch

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
)

const (
	// longestWait bounds what may be asked to be waited for, so that a broken header cannot stop research for good.
	longestWait = time.Hour
	// maxRefusal bounds how much of an error's body is read, in bytes.
	maxRefusal = 64 << 10
)

// said is Exa's own word for what went wrong, for logs: its status and its tag, nothing that might repeat the query.
type said string

func (s said) Error() string { return string(s) }

// tags is the form of Exa's error tags, such as INVALID_API_KEY (https://exa.ai/docs/reference/error-codes).
var tags = regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,59}$`)

func statusFault(resp *http.Response, now time.Time) error {
	var body struct {
		Tag string `json:"tag"`
	}
	// What can be read of the body is a help, not a need.
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	_ = json.Unmarshal(raw, &body)
	cause := said("status " + strconv.Itoa(resp.StatusCode))
	if tags.MatchString(body.Tag) {
		cause += said(" " + body.Tag)
	}
	wait := headerWait(resp.Header.Get("Retry-After"), now)
	switch status := resp.StatusCode; {
	case status == http.StatusTooManyRequests:
		return fault.Wrap(fault.Busy, cause, "The web search is busy and asked us to wait.").After(wait)
	case status >= 500, status == http.StatusRequestTimeout:
		return fault.Wrap(fault.Unavailable, cause, "The web search is not available at the moment.").After(wait)
	case status < 300:
		return fault.Wrap(fault.Unusable, cause, "The web search's answer could not be read.")
	default:
		return fault.Wrap(fault.Refused, cause, advice(status))
	}
}

func advice(status int) string {
	switch {
	case status == http.StatusUnauthorized:
		return "The web search did not accept our API key. An operator has to check EXA_API_KEY."
	case status == http.StatusForbidden:
		return "The web search does not allow this search for our API key. An operator may check EXA_API_KEY."
	case status == http.StatusPaymentRequired:
		return "The web search's credits are used up. An operator has to look at the Exa account."
	case status == http.StatusNotFound, status < 400:
		return "The web search's address is wrong. An operator has to check EXA_API_URL."
	default:
		return "The web search did not accept the query."
	}
}

// headerWait reads Retry-After: seconds or a date (RFC 9110, section 10.2.3).
func headerWait(value string, now time.Time) time.Duration {
	wait := time.Duration(0)
	if seconds, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
		wait = time.Duration(min(seconds, longestWait.Seconds()) * float64(time.Second))
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), longestWait)
}
