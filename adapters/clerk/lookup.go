package clerk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	clerksdk "github.com/clerk/clerk-sdk-go/v2"
	"github.com/clerk/clerk-sdk-go/v2/organizationmembership"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
)

// Lookup implements ports.Identity by the Backend API (https://clerk.com/docs/reference/backend-api): the membership with its organization, and
// the user's primary address if that is verified. The member's address stays empty otherwise.
func (i *Identity) Lookup(ctx context.Context, org tenancy.OrgID, user tenancy.UserID) (tenancy.Organization, tenancy.Member, error) {
	if !plainID(string(org)) || !plainID(string(user)) {
		return tenancy.Organization{}, tenancy.Member{}, unknownMembership(nil)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found, err := i.membership(ctx, org, user)
	if err != nil {
		return tenancy.Organization{}, tenancy.Member{}, err
	}
	about, err := i.organization(ctx, org, found.Organization)
	if err != nil {
		return tenancy.Organization{}, tenancy.Member{}, err
	}
	member, err := i.member(ctx, user, found)
	if err != nil {
		return tenancy.Organization{}, tenancy.Member{}, err
	}
	return about, member, nil
}

// plainID tells whether an id can stand in a path as it is.
func plainID(id string) bool {
	return id != "" && len(id) <= 128 && !strings.ContainsFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	})
}

func unknownMembership(cause error) error {
	return fault.Wrap(fault.NotFound, cause, "There is no such membership.")
}

func (i *Identity) membership(ctx context.Context, org tenancy.OrgID, user tenancy.UserID) (*clerksdk.OrganizationMembership, error) {
	list, err := i.memberships.List(ctx, &organizationmembership.ListParams{OrganizationID: string(org), UserIDs: []string{string(user)}})
	if err != nil {
		return nil, lookupFault(err)
	}
	for _, m := range list.OrganizationMemberships {
		if m != nil && m.PublicUserData != nil && m.PublicUserData.UserID == string(user) && (m.Organization == nil || m.Organization.ID == string(org)) {
			return m, nil
		}
	}
	return nil, unknownMembership(nil)
}

func (i *Identity) organization(ctx context.Context, org tenancy.OrgID, known *clerksdk.Organization) (tenancy.Organization, error) {
	if known == nil {
		var err error
		if known, err = i.orgs.Get(ctx, string(org)); err != nil {
			return tenancy.Organization{}, lookupFault(err)
		}
	}
	about := tenancy.Organization{ID: org, Name: known.Name, Slug: known.Slug}
	if known.CreatedAt > 0 {
		about.CreatedAt = time.UnixMilli(known.CreatedAt).UTC()
	}
	return about, nil
}

func (i *Identity) member(ctx context.Context, id tenancy.UserID, m *clerksdk.OrganizationMembership) (tenancy.Member, error) {
	member := tenancy.Member{
		UserID: id, Name: fullName(m.PublicUserData.FirstName, m.PublicUserData.LastName), Role: tenancy.ParseRole(m.Role), Active: true,
	}
	u, err := i.users.Get(ctx, string(id))
	switch {
	case err == nil:
	case statusOf(err) == http.StatusNotFound:
		return member, nil // the membership is what was asked for; the address is a convenience
	default:
		return tenancy.Member{}, lookupFault(err)
	}
	if u.Banned {
		return tenancy.Member{}, unknownMembership(nil)
	}
	member.Email = verifiedAddress(u)
	if name := fullName(u.FirstName, u.LastName); name != "" {
		member.Name = name
	}
	return member, nil
}

func fullName(first, last *string) string {
	var parts []string
	for _, part := range []*string{first, last} {
		if part != nil && strings.TrimSpace(*part) != "" {
			parts = append(parts, strings.TrimSpace(*part))
		}
	}
	return strings.Join(parts, " ")
}

func verifiedAddress(u *clerksdk.User) string {
	for _, address := range u.EmailAddresses {
		primary := address != nil && u.PrimaryEmailAddressID != nil && address.ID == *u.PrimaryEmailAddressID
		if primary && address.Verification != nil && address.Verification.Status == "verified" {
			return address.EmailAddress
		}
	}
	return ""
}

func lookupFault(err error) error {
	if statusOf(err) == http.StatusNotFound {
		return unknownMembership(vendorError(err))
	}
	return fault.Wrap(fault.Unavailable, vendorError(err), "The identity provider cannot be reached at the moment.")
}

// statusOf is the HTTP status of a refusal by Clerk itself, or 0. The refusal's own field may be overwritten by what the body says.
func statusOf(err error) int {
	var refused *clerksdk.APIErrorResponse
	if errors.As(err, &refused) && refused.Response != nil {
		return refused.Response.StatusCode
	}
	return 0
}

// vendorError is what may stand in a log of an error of the SDK, which otherwise repeats whole answers.
func vendorError(err error) error {
	var refused *clerksdk.APIErrorResponse
	var unsent *url.Error
	switch {
	case errors.As(err, &refused):
		codes := make([]string, 0, len(refused.Errors))
		for _, e := range refused.Errors {
			codes = append(codes, e.Code)
		}
		return fmt.Errorf("clerk answered %d %.200s", statusOf(err), strings.Join(codes, ","))
	case errors.As(err, &unsent), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.Is(err, errUnknownKey):
		return err
	default:
		return errors.New("clerk answered something that cannot be read")
	}
}
