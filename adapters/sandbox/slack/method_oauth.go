package slack

import (
	"slices"
	"strings"
	"time"
)

// codeLife is how long an authorization code can be exchanged.
// https://docs.slack.dev/authentication/installing-with-oauth
const codeLife = 10 * time.Minute

// authorization is a code that was handed to a redirect URL.
type authorization struct {
	team, user, channel, redirect string
	scopes                        []string
	expires                       time.Time
	used                          bool
}

// oauthAccess: https://docs.slack.dev/reference/methods/oauth.v2.access
func (s *Server) oauthAccess(a args) (object, *refusal) {
	if a.text("client_id") != s.cfg.ClientID {
		return nil, refuse("invalid_client_id")
	}
	if a.text("client_secret") != s.cfg.ClientSecret {
		return nil, refuse("bad_client_secret")
	}
	code := s.codes[a.text("code")]
	switch {
	case code == nil || s.cfg.Now().After(code.expires):
		return nil, refuse("invalid_code")
	case code.used:
		return nil, refuse("code_already_used")
	case a.text("redirect_uri") != code.redirect:
		return nil, refuse("bad_redirect_uri")
	}
	code.used = true
	return s.install(code), nil
}

// install gives the team's token, the same one for as long as it was not revoked, with the scopes of all installations.
func (s *Server) install(code *authorization) object {
	g := s.liveGrant(code.team)
	if g == nil {
		g = &grant{token: "xoxb-" + strings.ToLower(code.team) + "-" + randomID(16), team: code.team}
		s.grants[g.token] = g
	}
	for _, scope := range code.scopes {
		if !g.allows(scope) {
			g.scopes = append(g.scopes, scope)
		}
	}
	w := s.teams[code.team]
	answer := object{
		"access_token": g.token, "token_type": "bot", "scope": strings.Join(g.scopes, ","), "bot_user_id": w.botUser(), "app_id": s.cfg.AppID,
		"team": object{"id": w.ID, "name": w.Name}, "enterprise": nil, "is_enterprise_install": false,
		"authed_user": object{"id": code.user},
	}
	if channel, ok := w.channel(code.channel); ok && slices.Contains(code.scopes, "incoming-webhook") {
		// The webhook can post to the channel; the bot user is not a member of it by that.
		answer["incoming_webhook"] = object{
			"channel": "#" + channel.Name, "channel_id": channel.ID, "configuration_url": s.cfg.BaseURL + "/client/" + w.ID,
			"url": strings.Join([]string{s.cfg.BaseURL, "services", w.ID, channel.ID, s.webhookSecret(w.ID)}, "/"),
		}
	}
	s.touch()
	return answer
}

func (s *Server) liveGrant(team string) *grant {
	for _, g := range s.grants {
		if g.team == team && !g.revoked {
			return g
		}
	}
	return nil
}

// registered says whether a redirect URL begins with one that the app registered.
func (s *Server) registered(redirect string) bool {
	return slices.ContainsFunc(s.cfg.RedirectURLs, func(known string) bool {
		rest, ok := strings.CutPrefix(redirect, known)
		return ok && (rest == "" || strings.ContainsAny(rest[:1], "/?") || strings.HasSuffix(known, "/"))
	})
}

// Authorize stands in for a person who approves the app on the authorize page, and returns the code that the app's redirect
// URL would receive.
func (s *Server) Authorize(team, user, channel, redirect string, scopes []string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	code := randomID(12) + "." + randomID(16)
	s.codes[code] = &authorization{
		team: team, user: user, channel: channel, redirect: redirect, scopes: scopes, expires: s.cfg.Now().Add(codeLife),
	}
	return code
}
