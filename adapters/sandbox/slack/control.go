package slack

import (
	"encoding/json"
	"mime"
	"net/http"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
)

// controlRoutes are for tests that run the program as a process, beside those of faults.Control. Posts need
// Content-Type application/json, which no web page can send across origins without asking first.
//
//	GET  /_control/messages?team=T…   {"messages": […], "ephemerals": […], "views": […]}
//	GET  /_control/deliveries         {"deliveries": […]}
//	POST /_control/press              {"team","ts","action_id","user"}      → PressResult
//	POST /_control/submit             {"team","user","values":{action_id: [value]}} → SubmitResult
//	POST /_control/revoke             {"team"}
func (s *Server) controlRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/messages", s.controlMessages)
	mux.HandleFunc("GET /_control/deliveries", func(w http.ResponseWriter, _ *http.Request) {
		writeAnswer(w, object{"deliveries": s.Deliveries()})
	})
	mux.HandleFunc("POST /_control/press", command(func(r *http.Request, o order) (any, error) {
		return s.Press(r.Context(), o.Team, o.TS, o.ActionID, o.User)
	}))
	mux.HandleFunc("POST /_control/submit", command(func(r *http.Request, o order) (any, error) {
		return s.Submit(r.Context(), o.Team, o.User, o.Values)
	}))
	mux.HandleFunc("POST /_control/revoke", command(func(_ *http.Request, o order) (any, error) {
		s.RevokeTokens(o.Team)
		return object{"ok": true}, nil
	}))
	mux.Handle(faults.ControlPrefix, faults.Control(s.Faults, s.Recorder))
}

// order is the body of a control request.
type order struct {
	Team     string              `json:"team"`
	TS       string              `json:"ts"`
	ActionID string              `json:"action_id"`
	User     string              `json:"user"`
	Values   map[string][]string `json:"values"`
}

func command(do func(*http.Request, order) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			http.Error(w, "Content-Type must be application/json", http.StatusUnsupportedMediaType)
			return
		}
		var o order
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&o); err != nil {
			http.Error(w, "the body must be one JSON object: "+err.Error(), http.StatusBadRequest)
			return
		}
		result, err := do(r, o)
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		writeAnswer(w, result)
	}
}

func (s *Server) controlMessages(w http.ResponseWriter, r *http.Request) {
	team := r.URL.Query().Get("team")
	s.mu.Lock()
	known := s.teams[team]
	if known == nil {
		s.mu.Unlock()
		http.Error(w, "unknown team", http.StatusNotFound)
		return
	}
	ephemerals := copied(known.ephemerals)
	views := []View{}
	for _, v := range s.views {
		if v.Team == team {
			views = append(views, *v)
		}
	}
	s.mu.Unlock()
	writeAnswer(w, object{"messages": s.Messages(team), "ephemerals": ephemerals, "views": views})
}
