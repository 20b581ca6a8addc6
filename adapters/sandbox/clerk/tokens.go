package clerk

import (
	"crypto/rsa"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/leadagent/leadagent/domain/tenancy"
)

// Token mints a session token for a person in an organization ("" for none), as one just issued to the first app origin. mutate may
// change the claims first, or be nil: "exp" in the past, "sts": "pending", another "iss". The role is that of the membership,
// or member where there is none, so that tests can mint for people and organizations that do not exist.
func (s *Server) Token(userID, orgID string, mutate func(claims map[string]any)) (string, error) {
	s.mu.Lock()
	origin := ""
	if len(s.cfg.AppOrigins) > 0 {
		origin = s.cfg.AppOrigins[0]
	}
	claims := s.claims(randomID("sess_"), userID, orgID, origin)
	s.mu.Unlock()
	if mutate != nil {
		mutate(claims)
	}
	return sign(s.header(), claims, s.keys.key)
}

// Forge signs claims with a header and key of the caller's choosing, for tokens that Clerk never issued. Header fields replace the
// usual ones; a nil key leaves the signature empty.
func (s *Server) Forge(claims, header map[string]any, key *rsa.PrivateKey) (string, error) {
	full := s.header()
	maps.Copy(full, header)
	return sign(full, claims, key)
}

// Claims returns the claims that Token would sign.
func (s *Server) Claims(userID, orgID string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	origin := ""
	if len(s.cfg.AppOrigins) > 0 {
		origin = s.cfg.AppOrigins[0]
	}
	return s.claims(randomID("sess_"), userID, orgID, origin)
}

func (s *Server) header() map[string]any {
	return map[string]any{"alg": "RS256", "cat": "cl_B7d4PD111AAA", "kid": s.keys.id, "typ": "JWT"}
}

// sessionToken issues what a live session gets. The caller holds the mutex.
func (s *Server) sessionToken(x *session, orgID, origin string) (string, error) {
	return sign(s.header(), s.claims(x.id, x.user, orgID, origin), s.keys.key)
}

// claims: https://clerk.com/docs/guides/sessions/session-tokens
func (s *Server) claims(sessionID, userID, orgID, origin string) map[string]any {
	now := s.cfg.Now()
	claims := map[string]any{
		"iss": s.cfg.BaseURL, "sub": userID, "sid": sessionID, "sts": "active", "fva": []int{0, -1},
		"iat": now.Unix(), "nbf": now.Add(-clockSkew).Unix(), "exp": now.Add(tokenLife).Unix(),
	}
	if origin != "" {
		claims["azp"] = origin
	}
	if s.cfg.Version == V2 {
		claims["v"] = 2
	}
	if orgID != "" {
		s.organizationClaims(claims, userID, orgID)
	}
	return claims
}

func (s *Server) organizationClaims(claims map[string]any, userID, orgID string) {
	role, slug := "org:member", strings.TrimPrefix(orgID, "org_")
	if m := s.membership(orgID, userID); m != nil {
		role = m.role
	}
	if o := s.org(orgID); o != nil {
		slug = o.Slug
	}
	if s.cfg.Version == V1 {
		claims["org_id"], claims["org_slug"], claims["org_role"] = orgID, slug, role
		claims["org_permissions"] = permissionKeys(role)
		return
	}
	features, permissions, mapping := compact(role)
	claims["fea"] = features
	claims["o"] = map[string]any{
		"id": orgID, "slg": slug, "rol": strings.TrimPrefix(role, "org:"), "per": permissions, "fpm": mapping,
	}
}

// permissionKeys are the custom permissions of a role, as they would be set up in the dashboard: org:<feature>:<permission>.
func permissionKeys(role string) []string {
	var out []string
	for _, p := range tenancy.ParseRole(role).Permissions() {
		out = append(out, "org:"+string(p))
	}
	return out
}

// compact packs permissions as v2 does: the features with their scope, the permission names, and for each feature a number whose
// bits say which of the names it has.
func compact(role string) (features, permissions, mapping string) {
	var names, order []string
	bits := map[string]int{}
	for _, p := range tenancy.ParseRole(role).Permissions() {
		feature, name, _ := strings.Cut(string(p), ":")
		if !slices.Contains(order, feature) {
			order = append(order, feature)
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		bits[feature] |= 1 << slices.Index(names, name)
	}
	var scoped, numbers []string
	for _, feature := range order {
		scoped = append(scoped, "o:"+feature)
		numbers = append(numbers, strconv.Itoa(bits[feature]))
	}
	return strings.Join(scoped, ","), strings.Join(names, ","), strings.Join(numbers, ",")
}
