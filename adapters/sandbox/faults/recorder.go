package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	// maxBody bounds one request's body, in bytes; a longer one is refused with 413.
	maxBody = 16 << 20
	// maxKept bounds what a Recorder keeps, in bytes of bodies; past it the oldest requests are let go.
	maxKept = 128 << 20
)

// Request is one request as it arrived.
type Request struct {
	Method string      `json:"method"`
	Path   string      `json:"path"`
	Query  string      `json:"query,omitempty"`
	Header http.Header `json:"header"`
	Body   string      `json:"body"`
	Time   time.Time   `json:"time"`
}

// Recorder keeps the requests that an emulator received, in order of arrival. The zero value is ready. It is safe for
// concurrent use. It keeps 128 MiB of bodies; Dropped tells whether older requests had to go.
type Recorder struct {
	mu       sync.Mutex
	requests []Request
	bytes    int
	dropped  int
	changed  chan struct{}
}

// Add records a request.
func (r *Recorder) Add(req Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, req)
	r.bytes += len(req.Body)
	for r.bytes > maxKept && len(r.requests) > 1 {
		r.bytes -= len(r.requests[0].Body)
		r.requests = r.requests[1:]
		r.dropped++
	}
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
}

// Requests returns a copy of what was recorded, oldest first.
func (r *Recorder) Requests() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

// Dropped counts the requests that were let go for want of room.
func (r *Recorder) Dropped() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dropped
}

// Clear forgets everything recorded.
func (r *Recorder) Clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests, r.bytes, r.dropped = nil, 0, 0
}

// Await returns the recorded requests as soon as at least n of them satisfy match (nil matches all), or the context's error.
func (r *Recorder) Await(ctx context.Context, n int, match func(Request) bool) ([]Request, error) {
	for {
		found, changed := r.matching(match)
		if len(found) >= n {
			return found, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return found, fmt.Errorf("waiting for %d requests, have %d: %w", n, len(found), ctx.Err())
		}
	}
}

func (r *Recorder) matching(match func(Request) bool) ([]Request, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []Request
	for _, req := range r.requests {
		if match == nil || match(req) {
			found = append(found, req)
		}
	}
	if r.changed == nil {
		r.changed = make(chan struct{})
	}
	return found, r.changed
}

// Wrap records each request before next sees it, and gives next the body again.
func (r *Recorder) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxBody))
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			http.Error(w, "request body too large", http.StatusRequestEntityTooLarge)
			return
		}
		if err != nil {
			http.Error(w, "request body not readable", http.StatusBadRequest)
			return
		}
		r.Add(Request{
			Method: req.Method, Path: req.URL.Path, Query: req.URL.RawQuery,
			Header: req.Header.Clone(), Body: string(body), Time: time.Now(),
		})
		req.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, req)
	})
}
