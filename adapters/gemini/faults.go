package gemini

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
)

// longestWait bounds what a vendor may ask to be waited for, so that a broken header cannot park a run for good.
const longestWait = time.Hour

// said is a vendor's own word for what went wrong, for logs. It is made of checked identifiers only: an error text of the vendor may repeat
// what was sent.
type said string

func (s said) Error() string { return string(s) }

// identifiers is the form of the vendor's status names, reasons and field paths.
var identifiers = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.\[\]]{0,79}$`)

func vendorSaid(prefix string, why reason) said {
	if !identifiers.MatchString(string(why)) {
		why = "?"
	}
	return said(prefix + string(why))
}

func refusal(message, prefix string, why reason) error {
	if why == "" {
		return fault.Wrap(fault.Refused, said(prefix), message)
	}
	return fault.Wrap(fault.Refused, vendorSaid(prefix, why), message)
}

// syntaxOnly keeps what is wrong with a JSON text and drops what the text said.
func syntaxOnly(err error) error {
	var bad *json.SyntaxError
	if errors.As(err, &bad) {
		return said("JSON breaks at byte " + strconv.FormatInt(bad.Offset, 10))
	}
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		return said("JSON has the wrong type at byte " + strconv.FormatInt(mismatch.Offset, 10))
	}
	return said("JSON cannot be read")
}

// statusBody is the vendor's error document (https://google.aip.dev/193), with the details that matter here.
type statusBody struct {
	Error struct {
		Status  string `json:"status"`
		Details []struct {
			RetryDelay string `json:"retryDelay"` // google.rpc.RetryInfo
			Reason     string `json:"reason"`     // google.rpc.ErrorInfo
			Violations []struct {
				Field string `json:"field"`
			} `json:"fieldViolations"` // google.rpc.BadRequest
		} `json:"details"`
	} `json:"error"`
}

// statusFault turns a status other than 2xx into a fault. model is the model's name, for the sentence that says what to do.
func statusFault(status int, header http.Header, body []byte, model string, now time.Time) error {
	var doc statusBody
	// A proxy's HTML page is no document; then the status alone speaks.
	_ = json.Unmarshal(body, &doc)
	cause := doc.said(status)
	wait := max(headerWait(header.Get("Retry-After"), now), doc.wait())
	switch {
	case status == http.StatusTooManyRequests:
		return fault.Wrap(fault.Busy, cause, "The AI model is busy and asked us to wait.").After(wait)
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusConflict, status == statusCancelled:
		return fault.Wrap(fault.Unavailable, cause, "The AI model is not available at the moment.").After(wait)
	default:
		return fault.Wrap(fault.Refused, cause, doc.advice(status, model))
	}
}

// statusCancelled is what the vendor answers when it gave a request up (google.rpc.Code CANCELLED).
const statusCancelled = 499

func (b statusBody) advice(status int, model string) string {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden, b.reasons("API_KEY_INVALID"), b.reasons("API_KEY_EXPIRED"):
		return "The AI model did not accept our API key. An operator has to check GEMINI_API_KEY and what the key may do."
	case status == http.StatusNotFound:
		return "The AI model " + model + " is not offered to us. An operator has to check GEMINI_MODEL and GEMINI_API_URL."
	case status == http.StatusPaymentRequired, b.Error.Status == "FAILED_PRECONDITION":
		return "The AI model's provider asks for billing to be set up. An operator has to check the account behind GEMINI_API_KEY."
	case status == http.StatusRequestEntityTooLarge:
		return "The text was too long for the AI model."
	case status >= 300 && status < 400:
		return "The AI model's address answered with a redirect, which is not followed. An operator has to check GEMINI_API_URL."
	default:
		return "The AI model did not accept the request. An operator has to check that GEMINI_MODEL " + model + " takes structured output."
	}
}

func (b statusBody) reasons(wanted string) bool {
	for _, detail := range b.Error.Details {
		if detail.Reason == wanted {
			return true
		}
	}
	return false
}

func (b statusBody) said(status int) said {
	words := []string{"status " + strconv.Itoa(status), b.Error.Status}
	for _, detail := range b.Error.Details {
		words = append(words, detail.Reason)
		for _, violation := range detail.Violations {
			words = append(words, violation.Field)
		}
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w != words[0] && !identifiers.MatchString(w) })
	return said(strings.Join(words[:min(len(words), 12)], " "))
}

func (b statusBody) wait() time.Duration {
	longest := time.Duration(0)
	for _, detail := range b.Error.Details {
		if d, err := time.ParseDuration(detail.RetryDelay); err == nil {
			longest = max(longest, bounded(d))
		}
	}
	return longest
}

// headerWait reads Retry-After: seconds or a date (RFC 9110, section 10.2.3).
func headerWait(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
		return bounded(time.Duration(min(max(seconds, 0), longestWait.Seconds()) * float64(time.Second)))
	}
	if at, err := http.ParseTime(value); err == nil {
		return bounded(at.Sub(now))
	}
	return 0
}

func bounded(d time.Duration) time.Duration { return min(max(d, 0), longestWait) }
