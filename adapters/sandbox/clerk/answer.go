package clerk

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
)

const maxBody = 1 << 20

// refusal is an error answer: https://clerk.com/docs/guides/development/errors/backend-api
type refusal struct {
	status        int
	code, message string
}

func notFound(what string) *refusal {
	return &refusal{http.StatusNotFound, "resource_not_found", "No " + what + " was found with that id."}
}

func invalid(code, message string) *refusal {
	return &refusal{http.StatusUnprocessableEntity, code, message}
}

func (s *Server) write(w http.ResponseWriter, status int, document any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Clerk-Trace-Id", "sandbox")
	w.WriteHeader(status)
	// A write error means that the caller is gone.
	_ = json.NewEncoder(w).Encode(document)
}

func (s *Server) refuse(w http.ResponseWriter, no *refusal) {
	s.write(w, no.status, object{
		"errors":         []object{{"message": no.message, "long_message": no.message, "code": no.code}},
		"clerk_trace_id": "sandbox",
	})
}

func readJSON(r *http.Request, into any) *refusal {
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody)).Decode(into); err != nil {
		return &refusal{http.StatusBadRequest, "request_body_invalid", "The request body is invalid. Please consult the API documentation for more information."}
	}
	return nil
}

const (
	limitDefault = 10
	limitMax     = 500
)

// page cuts one page by limit and offset, and counts all.
func page(all []object, query url.Values) (object, *refusal) {
	limit, offset := limitDefault, 0
	for name, into := range map[string]*int{"limit": &limit, "offset": &offset} {
		if raw := query.Get(name); raw != "" {
			n, err := strconv.Atoi(raw)
			if err != nil || n < 0 {
				return nil, invalid("form_param_format_invalid", name+" must be a non-negative integer.")
			}
			*into = n
		}
	}
	if limit < 1 || limit > limitMax {
		return nil, invalid("form_param_value_invalid", "limit must be between 1 and 500.")
	}
	start := min(offset, len(all))
	shown := all[start:min(start+limit, len(all))]
	if shown == nil {
		shown = []object{}
	}
	return object{"data": shown, "total_count": len(all)}, nil
}
