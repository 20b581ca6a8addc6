package clerk

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
)

// controlRoutes are for tests that run the program as a process, beside those of faults.Control. Posts need
// Content-Type application/json, which no web page can send across origins without asking first.
//
//	POST /_control/token              {"user","org","claims":{…}}   → {"jwt"}; claims replace the usual ones, null removes
//	POST /_control/role               {"user","org","role"}
//	POST /_control/revoke             {"user","org"}                  removes the membership
//	POST /_control/delete             {"org"}                         deletes the organization
//	POST /_control/emit               {"type","data","id"}            → Delivery; the same id repeats an event
//	GET  /_control/jwks               {"fetches"}
//	GET  /_control/deliveries         {"deliveries": […]}
func (s *Server) controlRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /_control/jwks", func(w http.ResponseWriter, _ *http.Request) {
		s.write(w, http.StatusOK, object{"fetches": s.JWKSFetches()})
	})
	mux.HandleFunc("GET /_control/deliveries", func(w http.ResponseWriter, _ *http.Request) {
		s.write(w, http.StatusOK, object{"deliveries": s.Deliveries()})
	})
	mux.HandleFunc("POST /_control/token", s.command(func(_ *http.Request, o order) (any, error) { return s.controlToken(o) }))
	mux.HandleFunc("POST /_control/role", s.command(func(_ *http.Request, o order) (any, error) {
		return object{"ok": true}, s.SetRole(o.Org, o.User, o.Role)
	}))
	mux.HandleFunc("POST /_control/revoke", s.command(func(_ *http.Request, o order) (any, error) {
		return object{"ok": true}, s.RevokeMembership(o.Org, o.User)
	}))
	mux.HandleFunc("POST /_control/delete", s.command(func(_ *http.Request, o order) (any, error) {
		return object{"ok": true}, s.DeleteOrganization(o.Org)
	}))
	mux.HandleFunc("POST /_control/emit", s.command(func(r *http.Request, o order) (any, error) {
		e, err := s.NewEvent(o.Type, o.Data)
		if err != nil {
			return nil, err
		}
		if o.ID != "" {
			e.ID = o.ID
		}
		return s.Deliver(r.Context(), e)
	}))
}

// order is the body of a control request.
type order struct {
	User   string          `json:"user"`
	Org    string          `json:"org"`
	Role   string          `json:"role"`
	Claims map[string]any  `json:"claims"`
	Type   string          `json:"type"`
	Data   json.RawMessage `json:"data"`
	ID     string          `json:"id"`
}

func (s *Server) controlToken(o order) (any, error) {
	token, err := s.Token(o.User, o.Org, func(claims map[string]any) {
		for name, value := range o.Claims {
			if value == nil {
				delete(claims, name)
				continue
			}
			claims[name] = value
		}
	})
	return object{"jwt": token}, err
}

func (s *Server) command(do func(*http.Request, order) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			http.Error(w, "Content-Type must be application/json", http.StatusUnsupportedMediaType)
			return
		}
		var o order
		if no := readJSON(r, &o); no != nil {
			http.Error(w, no.message, no.status)
			return
		}
		result, err := do(r, o)
		if errors.Is(err, ErrUnknown) {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		s.write(w, http.StatusOK, result)
	}
}
