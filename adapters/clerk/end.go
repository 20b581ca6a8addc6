package clerk

import (
	"context"
	"errors"
	"net/http"

	clerksdk "github.com/clerk/clerk-sdk-go/v2"
	clerksession "github.com/clerk/clerk-sdk-go/v2/session"

	"github.com/leadagent/leadagent/domain/fault"
)

// End implements ports.Identity by the Backend API (https://clerk.com/docs/reference/backend-api, RevokeSession).
func (i *Identity) End(ctx context.Context, id string) error {
	if !plainID(id) {
		return nil // no session of Clerk's has such an id
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := i.sessions.Revoke(ctx, &clerksession.RevokeParams{ID: id})
	var answer *clerksdk.APIErrorResponse
	if err == nil || errors.As(err, &answer) && (answer.HTTPStatusCode == http.StatusNotFound || answer.HTTPStatusCode == http.StatusUnprocessableEntity ||
		answer.HTTPStatusCode == http.StatusBadRequest) {
		return nil
	}
	return fault.Wrap(fault.Unavailable, err, "The identity provider cannot be reached. Try again in a moment.")
}
