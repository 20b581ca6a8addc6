package resend

import (
	"net/http"
	"time"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
)

// The targets of faults.
const (
	// TargetSend is the whole call, from its arrival to its answer.
	TargetSend = "send"
	// TargetAccept is within the call, when it is checked and has taken its idempotency key, and the email is not yet accepted. Other
	// calls with the key then meet one that is under way. A planned status at this point accepts the email and answers with the status all
	// the same, as a gateway does that lost patience.
	TargetAccept = "accept"
)

// Options configure a Server.
type Options struct {
	// Key is the only API key that is accepted; empty accepts every key, but never none.
	Key string
	// Domains are the sender's domains that are verified; none: every domain is.
	Domains []string
	// Deliver takes an accepted email: the envelope and the message as RFC 5322 has it.
	Deliver func(from string, recipients []string, raw []byte) error
	// Now is the clock by which keys are forgotten; nil: time.Now.
	Now func() time.Time
}

// Server is the emulated API. It is safe for concurrent use.
type Server struct {
	// Faults decides what befalls calls. Its targets are TargetSend and TargetAccept.
	Faults *faults.Switch
	// Recorder keeps the requests, but those of /_control/.
	Recorder *faults.Recorder

	options  Options
	keys     keys
	recorded http.Handler
	control  http.Handler
}

// New makes a Server.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{Faults: &faults.Switch{}, Recorder: &faults.Recorder{}, options: o, keys: keys{taken: map[string]use{}}}
	vendor := faults.Vendor{Target: func(*http.Request) string { return TargetSend }, ErrorBody: plannedError}
	s.recorded = s.Recorder.Wrap(s.Faults.Wrap(vendor, http.HandlerFunc(s.serve)))
	s.control = faults.Control(s.Faults, s.Recorder)
	return s
}

// ServeHTTP answers the API and, below /_control/, the tests that steer it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if faults.IsControl(r.URL.Path) {
		s.control.ServeHTTP(w, r)
		return
	}
	s.recorded.ServeHTTP(w, r)
}
