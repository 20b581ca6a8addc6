package model

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
)

// apiError is Google's error document (AIP-193): {"error": {"code", "message", "status", "details"}}.
type apiError struct {
	Code    int              `json:"code"`
	Message string           `json:"message"`
	Status  string           `json:"status"`
	Details []map[string]any `json:"details,omitempty"`
}

func (e *apiError) body() []byte {
	body, err := json.MarshalIndent(map[string]any{"error": e}, "", "  ")
	if err != nil {
		return []byte(`{"error":{"code":500,"status":"INTERNAL"}}`)
	}
	return body
}

func (e *apiError) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(e.Code)
	// A write error means that the caller is gone.
	_, _ = w.Write(e.body())
}

func missingKey() *apiError {
	return &apiError{Code: http.StatusForbidden, Status: "PERMISSION_DENIED", Message: "Method doesn't allow unregistered callers " +
		"(callers without established identity). Please use API Key or other form of API consumer identity to call this API."}
}

func invalidKey() *apiError {
	return &apiError{Code: http.StatusBadRequest, Status: "INVALID_ARGUMENT", Message: "API key not valid. Please pass a valid API key.",
		Details: []map[string]any{{
			"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com",
			"metadata": map[string]string{"service": "generativelanguage.googleapis.com"},
		}}}
}

func notFound() *apiError {
	return &apiError{Code: http.StatusNotFound, Status: "NOT_FOUND", Message: "Requested entity was not found."}
}

func unknownModel(name, method string) *apiError {
	return &apiError{Code: http.StatusNotFound, Status: "NOT_FOUND", Message: fmt.Sprintf("models/%s is not found for API version v1beta, "+
		"or is not supported for %s. Call ListModels to see the list of available models and their supported methods.", name, method)}
}

// invalid is a 400 that names the field.
func invalid(field, format string, args ...any) *apiError {
	description := fmt.Sprintf(format, args...)
	message := description
	if field != "" {
		message = "* " + field + ": " + description + "\n"
	}
	return &apiError{Code: http.StatusBadRequest, Status: "INVALID_ARGUMENT", Message: message}
}

// unknownField is what the vendor's JSON transcoding says of a name that the message does not have.
func unknownField(name, at string) *apiError {
	where := ""
	if at != "" {
		where = " at '" + at + "'"
	}
	message := fmt.Sprintf("Invalid JSON payload received. Unknown name %q%s: Cannot find field.", name, where)
	return &apiError{Code: http.StatusBadRequest, Status: "INVALID_ARGUMENT", Message: message, Details: []map[string]any{{
		"@type":           "type.googleapis.com/google.rpc.BadRequest",
		"fieldViolations": []map[string]string{{"field": at, "description": message}},
	}}}
}

// planned is the vendor's error document for a status that a test asked for. A Retry-After header in seconds also becomes a
// google.rpc.RetryInfo.
func planned(f faults.Fault) *apiError {
	e := &apiError{Code: f.Status, Status: statusName(f.Status), Message: statusMessage(f.Status)}
	if seconds, err := strconv.Atoi(strings.TrimSpace(f.Header.Get("Retry-After"))); err == nil {
		e.Details = append(e.Details, map[string]any{
			"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": strconv.Itoa(seconds) + "s",
		})
	}
	return e
}

func statusName(code int) string {
	switch code {
	case http.StatusBadRequest:
		return "INVALID_ARGUMENT"
	case http.StatusUnauthorized:
		return "UNAUTHENTICATED"
	case http.StatusForbidden:
		return "PERMISSION_DENIED"
	case http.StatusNotFound:
		return "NOT_FOUND"
	case http.StatusTooManyRequests:
		return "RESOURCE_EXHAUSTED"
	case http.StatusServiceUnavailable:
		return "UNAVAILABLE"
	case http.StatusGatewayTimeout:
		return "DEADLINE_EXCEEDED"
	}
	return "INTERNAL"
}

func statusMessage(code int) string {
	switch code {
	case http.StatusTooManyRequests:
		return "You exceeded your current quota, please check your plan and billing details."
	case http.StatusServiceUnavailable:
		return "The model is overloaded. Please try again later."
	}
	return "An internal error has occurred."
}
