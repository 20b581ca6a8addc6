package model

import (
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	"github.com/leadagent/leadagent/adapters/sandbox/model/judge"
	"github.com/leadagent/leadagent/adapters/sandbox/model/reader"
	"github.com/leadagent/leadagent/adapters/sandbox/model/signals"
	"github.com/leadagent/leadagent/adapters/sandbox/model/writer"
)

// Options configure a Server.
type Options struct {
	// Key is the only API key that is accepted; empty accepts every key, but never none.
	Key string
}

// Server is the emulated API. Mount it where the adapter's base URL points to. It is safe for concurrent use.
type Server struct {
	// Faults decides what befalls calls. Its targets are roles.
	Faults *faults.Switch
	// Recorder keeps every request but those of /_control/.
	Recorder *faults.Recorder

	key      string
	reader   *reader.Reader
	judge    *judge.Judge
	writer   *writer.Writer
	recorded http.Handler
	control  http.Handler
	answers  atomic.Int64
}

// New prepares a server.
func New(o Options) *Server {
	vocabulary := signals.New()
	s := &Server{
		Faults: &faults.Switch{}, Recorder: &faults.Recorder{}, key: o.Key,
		reader: reader.New(vocabulary), judge: judge.New(vocabulary), writer: writer.New(vocabulary),
	}
	s.recorded = s.Recorder.Wrap(http.HandlerFunc(s.serve))
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

// prefix is the version that is emulated, with the only collection.
const prefix = "/v1beta/models"

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if e := s.authenticate(r); e != nil {
		e.write(w)
		return
	}
	rest, ok := strings.CutPrefix(r.URL.Path, prefix)
	if !ok || rest != "" && rest[0] != '/' {
		notFound().write(w)
		return
	}
	name, method, _ := strings.Cut(strings.TrimPrefix(rest, "/"), ":")
	switch {
	case method == "generateContent" && r.Method == http.MethodPost:
		s.generate(w, r, name)
	case method == "countTokens" && r.Method == http.MethodPost:
		s.count(w, r, name)
	case method == "" && r.Method == http.MethodGet:
		describe(w, name)
	default:
		notFound().write(w)
	}
}

// authenticate takes the key from the header or, as the vendor does, from the query.
func (s *Server) authenticate(r *http.Request) *apiError {
	key := r.Header.Get("X-Goog-Api-Key")
	if key == "" {
		key = r.URL.Query().Get("key")
	}
	switch {
	case key == "":
		return missingKey()
	case s.key != "" && key != s.key:
		return invalidKey()
	}
	return nil
}
