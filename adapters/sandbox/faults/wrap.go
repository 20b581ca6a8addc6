package faults

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
)

// Vendor tells Wrap how an emulator names its calls and what its vendor's errors look like.
type Vendor struct {
	// Target names a request's call.
	Target func(*http.Request) string
	// ErrorBody is the vendor's error document for a planned status. Nil answers with the status' text.
	ErrorBody func(Fault) (contentType string, body []byte)
}

// Wrap puts the switch in front of an emulator: latency and holds, planned statuses, and resets after the emulator did its
// work. Other kinds of fault reach the emulator through FromContext.
func (s *Switch) Wrap(v Vendor, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		target := v.Target(r)
		fault, failing, err := s.Admit(r.Context(), target)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		if failing && fault.Kind == KindStatus {
			WriteStatus(w, v, fault)
			return
		}
		if failing && fault.Kind != KindReset {
			r = r.WithContext(context.WithValue(r.Context(), contextKey{}, fault))
		}
		s.answer(w, r, target, failing && fault.Kind == KindReset, next)
	})
}

// answer buffers what the emulator says, since a hold or reset after the work must come before the first byte.
func (s *Switch) answer(w http.ResponseWriter, r *http.Request, target string, reset bool, next http.Handler) {
	buffered := httptest.NewRecorder()
	next.ServeHTTP(buffered, r)
	if err := s.Depart(r.Context(), target); err != nil {
		panic(http.ErrAbortHandler)
	}
	if reset {
		Reset(w)
		return
	}
	for name, values := range buffered.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(buffered.Code)
	// A write error means that the caller is gone, which is no concern of an emulator's.
	_, _ = w.Write(buffered.Body.Bytes())
}

// WriteStatus answers with a planned status in the vendor's form.
func WriteStatus(w http.ResponseWriter, v Vendor, f Fault) {
	contentType, body := "text/plain; charset=utf-8", []byte(http.StatusText(f.Status))
	if v.ErrorBody != nil {
		contentType, body = v.ErrorBody(f)
	}
	if f.Body != "" {
		body = []byte(f.Body)
	}
	for name, values := range f.Header {
		for _, value := range values {
			w.Header().Add(name, value)
		}
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(f.Status)
	_, _ = w.Write(body)
}

// Reset cuts the connection with a TCP reset, so that the client sees a failure rather than an end. It does not return to an
// orderly answer: the handler must return at once.
func Reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
