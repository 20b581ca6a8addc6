package faults

import (
	"context"
	"net/http"
)

// Kind says what goes wrong. The two kinds below are carried out by Switch.Wrap; every other kind is a word between a test and
// the emulator that understands it, which finds it by FromContext or as the result of Switch.Admit.
type Kind string

const (
	// KindStatus answers with Fault.Status and never reaches the emulator.
	KindStatus Kind = "status"
	// KindReset lets the emulator do its work and then resets the connection, so that the caller cannot know.
	KindReset Kind = "reset"
)

// Any is the target that stands for every call.
const Any = ""

// Fault is one planned failure.
type Fault struct {
	// Target names the calls that fail, in the emulator's own words (a model's role, a Slack method, a path). Any is all.
	Target string `json:"target"`
	Kind   Kind   `json:"kind"`
	// Status is the HTTP status of KindStatus.
	Status int `json:"status,omitempty"`
	// Header is added to the answer, for example Retry-After.
	Header http.Header `json:"header,omitempty"`
	// Body replaces the vendor's own error body, or carries what a kind of the emulator's needs.
	Body string `json:"body,omitempty"`
}

type contextKey struct{}

// FromContext returns the fault that Switch.Wrap left for the emulator to carry out, if there is one.
func FromContext(ctx context.Context) (Fault, bool) {
	f, ok := ctx.Value(contextKey{}).(Fault)
	return f, ok
}
