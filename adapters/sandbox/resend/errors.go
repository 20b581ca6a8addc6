package resend

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
)

// problem is Resend's error document. "Errors".
type problem struct {
	Status  int    `json:"statusCode"`
	Name    string `json:"name"`
	Message string `json:"message"`
}

func missingKey() *problem {
	return &problem{http.StatusUnauthorized, "missing_api_key", "Missing API Key"}
}

func invalidKey() *problem {
	return &problem{http.StatusForbidden, "invalid_api_key", "API key is invalid"}
}

func noEndpoint() *problem {
	return &problem{http.StatusNotFound, "not_found", "The requested endpoint does not exist"}
}

func otherMethod() *problem {
	return &problem{http.StatusMethodNotAllowed, "method_not_allowed", "Method is not allowed for the requested path"}
}

func badKey() *problem {
	return &problem{http.StatusBadRequest, "invalid_idempotency_key", "The key must be between 1-256 chars"}
}

func otherPayload() *problem {
	return &problem{http.StatusConflict, "invalid_idempotent_request", "Same idempotency key used with a different request payload"}
}

func underWay() *problem {
	return &problem{
		http.StatusConflict, "concurrent_idempotent_requests", "Same idempotency key used while original request is still in progress",
	}
}

func internal() *problem {
	return &problem{http.StatusInternalServerError, "internal_server_error", "An unexpected error occurred"}
}

func missing(field string) *problem {
	return &problem{http.StatusUnprocessableEntity, "missing_required_field", fmt.Sprintf("Missing `%s` field.", field)}
}

func invalid(format string, args ...any) *problem {
	return &problem{http.StatusUnprocessableEntity, "validation_error", fmt.Sprintf(format, args...)}
}

func notAddress(field string) *problem {
	return invalid("Invalid `%s` field. The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.", field)
}

func notVerified(domain string) *problem {
	return &problem{
		http.StatusForbidden, "validation_error",
		fmt.Sprintf("The %s domain is not verified. Please, add and verify your domain on https://resend.com/domains", domain),
	}
}

func (p *problem) answer(w http.ResponseWriter) { writeJSON(w, p.Status, p) }

func writeJSON(w http.ResponseWriter, status int, document any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	// A write error means that the caller is gone.
	_ = json.NewEncoder(w).Encode(document)
}

// plannedError names a planned status as Resend would.
func plannedError(f faults.Fault) (contentType string, body []byte) {
	p := problem{f.Status, "application_error", http.StatusText(f.Status)}
	switch {
	case f.Status == http.StatusTooManyRequests:
		p.Name, p.Message = "rate_limit_exceeded", "Too many requests. Please limit the number of requests per second."
	case f.Status < http.StatusInternalServerError:
		p.Name = "validation_error"
	}
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte("{}")
	}
	return "application/json; charset=utf-8", body
}
