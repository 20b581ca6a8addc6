package exa

import (
	"net/http"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
)

// Options configure a Server.
type Options struct {
	// Key is the only API key that is accepted; empty accepts every key, but never none.
	Key string
}

// Server is the emulated search API; Pages is the web that it searches. It is safe for concurrent use.
type Server struct {
	// Faults decides what befalls calls. Its targets are "search", and for pages their host without "www.".
	Faults *faults.Switch
	// Recorder keeps the requests to the API, but those of /_control/.
	Recorder *faults.Recorder
	// PageRecorder keeps the requests for pages.
	PageRecorder *faults.Recorder

	key      string
	index    index
	sites    map[string]map[string]page
	recorded http.Handler
	control  http.Handler
}

// TargetSearch is the target of faults for the search API.
const TargetSearch = "search"

// New reads the bundled corpus.
func New(o Options) (*Server, error) {
	companies, err := load()
	if err != nil {
		return nil, err
	}
	s := &Server{
		Faults: &faults.Switch{}, Recorder: &faults.Recorder{}, PageRecorder: &faults.Recorder{}, key: o.Key, sites: map[string]map[string]page{},
	}
	var pages []page
	for i := range companies {
		for _, p := range pagesOf(&companies[i]) {
			pages = append(pages, p)
			if s.sites[p.host] == nil {
				s.sites[p.host] = map[string]page{}
			}
			s.sites[p.host][p.path] = p
		}
	}
	s.index = newIndex(pages)
	api := s.Faults.Wrap(faults.Vendor{Target: func(*http.Request) string { return TargetSearch }, ErrorBody: plannedError}, http.HandlerFunc(s.serve))
	s.recorded = s.Recorder.Wrap(api)
	s.control = faults.Control(s.Faults, s.Recorder)
	return s, nil
}

// ServeHTTP answers the API and, below /_control/, the tests that steer it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if faults.IsControl(r.URL.Path) {
		s.control.ServeHTTP(w, r)
		return
	}
	s.recorded.ServeHTTP(w, r)
}
