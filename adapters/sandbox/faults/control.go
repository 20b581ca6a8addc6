package faults

import (
	"encoding/json"
	"mime"
	"net/http"
	"strings"
	"time"
)

// ControlPrefix is where an emulator mounts Control, below its own base URL.
const ControlPrefix = "/_control/"

// IsControl reports whether a path belongs to Control; such requests are neither recorded nor made to fail.
func IsControl(path string) bool { return strings.HasPrefix(path, ControlPrefix) }

// Control serves a switch and a recorder to tests in another process. Writes need Content-Type application/json, which no
// web page can send across origins without asking first.
//
//	GET    /_control/requests   {"requests": […], "dropped": 0}
//	DELETE /_control/requests
//	POST   /_control/fail       {"target","kind","status","header","body","times"}  kind defaults to "status", times to 1, -1 is forever
//	POST   /_control/hold       {"target","when"}  when is "before" (default) or "after"
//	POST   /_control/release
//	POST   /_control/latency    {"target","ms"}
//	POST   /_control/clear
//	GET    /_control/held       {"held": 0}; ?target=…
func Control(s *Switch, r *Recorder) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_control/requests", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, map[string]any{"requests": r.Requests(), "dropped": r.Dropped()})
	})
	mux.HandleFunc("GET /_control/held", func(w http.ResponseWriter, req *http.Request) {
		writeJSON(w, map[string]any{"held": s.Held(req.URL.Query().Get("target"))})
	})
	mux.HandleFunc("DELETE /_control/requests", func(w http.ResponseWriter, _ *http.Request) {
		r.Clear()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /_control/fail", command(func(o order) { s.Plan(o.fault(), o.times()) }))
	mux.HandleFunc("POST /_control/hold", command(func(o order) {
		if o.When == After {
			s.HoldAfter(o.Target)
			return
		}
		s.Hold(o.Target)
	}))
	mux.HandleFunc("POST /_control/release", command(func(order) { s.Release() }))
	mux.HandleFunc("POST /_control/clear", command(func(order) { s.Clear() }))
	mux.HandleFunc("POST /_control/latency", command(func(o order) {
		s.Latency(o.Target, time.Duration(o.MS)*time.Millisecond)
	}))
	return mux
}

type order struct {
	Fault
	Times int    `json:"times"`
	When  Moment `json:"when"`
	MS    int    `json:"ms"`
}

func (o order) fault() Fault {
	f := o.Fault
	if f.Kind == "" {
		f.Kind = KindStatus
	}
	if f.Kind == KindStatus && f.Status == 0 {
		f.Status = http.StatusServiceUnavailable
	}
	return f
}

func (o order) times() int {
	if o.Times == 0 {
		return 1
	}
	return o.Times
}

func command(do func(order)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || mediaType != "application/json" {
			http.Error(w, "Content-Type must be application/json", http.StatusUnsupportedMediaType)
			return
		}
		var o order
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&o); err != nil {
			http.Error(w, "body must be one JSON object: "+err.Error(), http.StatusBadRequest)
			return
		}
		do(o)
		w.WriteHeader(http.StatusNoContent)
	}
}

func writeJSON(w http.ResponseWriter, document any) {
	w.Header().Set("Content-Type", "application/json")
	// A write error means that the caller is gone.
	_ = json.NewEncoder(w).Encode(document)
}
