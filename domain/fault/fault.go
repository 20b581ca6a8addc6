// Package fault is the error vocabulary that crosses every layer: what went wrong, in words that are safe to show to the person who met
// it, around a cause that is only logged. It knows nothing of HTTP or of retrying; tables elsewhere map a Kind to either.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of trouble an error is. The zero value is not a Kind.
type Kind uint8

// The kinds of fault. Those from Busy on concern vendors and other outside parties.
const (
	_               Kind = iota
	Invalid              // well-formed input that breaks a rule; Fields name what to correct
	Malformed            // input that cannot be read at all
	TooLarge             // input over its size limit
	Unsupported          // a content type or encoding that is not spoken here
	Unauthenticated      // nobody is signed in
	Forbidden            // the person lacks a permission
	NotFound             // no such thing in this organization
	Conflict             // somebody was faster, or the thing is in another state
	QuotaReached         // the plan's monthly limit is used up and the organization chose to refuse
	TooMany              // the caller is over a rate limit; RetryAfter says how long
	Overloaded           // this program or its database cannot take more now; nothing was stored
	Busy                 // a vendor's rate limit; RetryAfter is what the vendor asked for, if it did
	Unavailable          // a vendor is down, slow, or cut the connection; nothing happened there
	Unusable             // a vendor's answer is not what was asked for, such as broken JSON from a model
	Refused              // a vendor understood and said no for good
	Doubtful             // it cannot be told whether the vendor acted
	Stale                // the lease was lost: another worker goes on with the run
	Internal             // a defect of this program
)

var kindNames = [...]string{
	Invalid: "invalid", Malformed: "malformed", TooLarge: "too large", Unsupported: "unsupported", Unauthenticated: "unauthenticated",
	Forbidden: "forbidden", NotFound: "not found", Conflict: "conflict", QuotaReached: "quota reached", TooMany: "too many",
	Overloaded: "overloaded", Busy: "busy", Unavailable: "unavailable", Unusable: "unusable", Refused: "refused", Doubtful: "doubtful",
	Stale: "stale", Internal: "internal",
}

// String names the kind in a log line.
func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// Field is one input field that has to be corrected.
type Field struct {
	Name    string // as the form and the API name it
	Message string // a whole sentence in the person's words
}

// Error is a fault. Message is shown to people; the wrapped cause never is.
type Error struct {
	Kind       Kind
	Message    string
	Fields     []Field
	RetryAfter time.Duration     // how long to wait before trying again; 0 when nobody said
	Details    map[string]string // machine-readable facts of a conflict, such as decided_by
	cause      error
}

// New makes a fault with a message that is safe to show.
func New(kind Kind, message string) *Error { return &Error{Kind: kind, Message: message} }

// Newf is New with a format. Everything formatted in must be safe to show.
func Newf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Wrap puts a kind and a safe message around a cause.
func Wrap(kind Kind, cause error, message string) *Error {
	return &Error{Kind: kind, Message: message, cause: cause}
}

// InvalidFields is the fault of one or more bad fields.
func InvalidFields(fields ...Field) *Error {
	return &Error{Kind: Invalid, Message: "Some fields need another look.", Fields: fields}
}

// After returns the fault with a time to wait.
func (e *Error) After(d time.Duration) *Error {
	e.RetryAfter = d
	return e
}

// With returns the fault with a machine-readable detail.
func (e *Error) With(key, value string) *Error {
	if e.Details == nil {
		e.Details = map[string]string{}
	}
	e.Details[key] = value
	return e
}

// Error is the text for logs: kind, message and cause.
func (e *Error) Error() string {
	if e.cause == nil {
		return e.Kind.String() + ": " + e.Message
	}
	return e.Kind.String() + ": " + e.Message + ": " + e.cause.Error()
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.cause }

// KindOf tells the kind of the outermost fault in err, Internal for an error that is none, and 0 for nil.
func KindOf(err error) Kind {
	if err == nil {
		return 0
	}
	var f *Error
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}

// Is tells whether err is a fault of this kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// RetryAfter is the wait that err asks for, or 0.
func RetryAfter(err error) time.Duration {
	var f *Error
	if errors.As(err, &f) {
		return f.RetryAfter
	}
	return 0
}
