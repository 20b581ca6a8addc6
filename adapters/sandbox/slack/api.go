package slack

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
)

// object is a JSON object under construction.
type object = map[string]any

// refusal is an answer with "ok": false. Its extra fields go beside the error word.
type refusal struct {
	word  string
	extra object
}

func refuse(word string) *refusal { return &refusal{word: word} }

// call is one Web API call of an authenticated app. The server's mutex is held while a method runs.
type call struct {
	args  args
	grant *grant
	team  *workspace
}

// method is a Web API method: the scope that its token needs, and what it does.
// Slack answers missing_scope with "needed" and "provided": https://docs.slack.dev/reference/scopes
type method struct {
	scope string
	run   func(*Server, *call) (object, *refusal)
}

// methodNamed is the table of emulated methods; docs.slack.dev/reference/methods/NAME is the page of each.
func methodNamed(name string) (method, bool) {
	m, ok := map[string]method{
		"auth.test":             {"", (*Server).authTest},
		"auth.revoke":           {"", (*Server).authRevoke},
		"chat.postMessage":      {"chat:write", (*Server).chatPostMessage},
		"chat.postEphemeral":    {"chat:write", (*Server).chatPostEphemeral},
		"chat.update":           {"chat:write", (*Server).chatUpdate},
		"chat.delete":           {"chat:write", (*Server).chatDelete},
		"chat.getPermalink":     {"", (*Server).chatGetPermalink},
		"conversations.list":    {"channels:read", (*Server).conversationsList},
		"conversations.info":    {"channels:read", (*Server).conversationsInfo},
		"conversations.join":    {"channels:join", (*Server).conversationsJoin},
		"conversations.history": {"channels:history", (*Server).conversationsHistory},
		"conversations.replies": {"channels:history", (*Server).conversationsReplies},
		"users.info":            {"users:read", (*Server).usersInfo},
		"users.list":            {"users:read", (*Server).usersList},
		"users.lookupByEmail":   {"users:read.email", (*Server).usersLookupByEmail},
		"views.open":            {"", (*Server).viewsOpen},
		"views.push":            {"", (*Server).viewsPush},
		"views.update":          {"", (*Server).viewsUpdate},
	}[name]
	return m, ok
}

// defaultScopes are what a pre-installed token holds: what the app's manifest asks for.
func defaultScopes() []string {
	return []string{
		"channels:history", "channels:join", "channels:read", "chat:write", "incoming-webhook", "users:read", "users:read.email",
	}
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	if f, ok := faults.FromContext(r.Context()); ok && f.Kind == KindError {
		writeRefusal(w, refuse(f.Body))
		return
	}
	arguments, no := parseArgs(r)
	if no != nil {
		writeRefusal(w, no)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if name == "oauth.v2.access" {
		writeAnswer(w, answerOf(s.oauthAccess(arguments)))
		return
	}
	writeAnswer(w, answerOf(s.dispatch(name, arguments)))
}

func (s *Server) dispatch(name string, arguments args) (object, *refusal) {
	m, ok := methodNamed(name)
	if !ok {
		return nil, &refusal{"unknown_method", object{"req_method": name}}
	}
	g, no := s.authenticate(arguments.token)
	if no != nil {
		return nil, no
	}
	if !g.allows(m.scope) {
		return nil, &refusal{"missing_scope", object{"needed": m.scope, "provided": strings.Join(g.scopes, ",")}}
	}
	return m.run(s, &call{args: arguments, grant: g, team: s.teams[g.team]})
}

// authenticate finds the installation of a token. https://docs.slack.dev/reference/methods/auth.test lists the errors.
func (s *Server) authenticate(token string) (*grant, *refusal) {
	if token == "" {
		return nil, refuse("not_authed")
	}
	g := s.grants[token]
	if g == nil {
		return nil, refuse("invalid_auth")
	}
	if g.revoked {
		return nil, refuse("token_revoked")
	}
	return g, nil
}

func answerOf(answer object, no *refusal) object {
	if no == nil {
		answer["ok"] = true
		return answer
	}
	out := object{"ok": false, "error": no.word}
	for key, value := range no.extra {
		out[key] = value
	}
	return out
}

func writeRefusal(w http.ResponseWriter, no *refusal) { writeAnswer(w, answerOf(nil, no)) }

func writeAnswer(w http.ResponseWriter, document any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	// A write error means that the caller is gone.
	_ = json.NewEncoder(w).Encode(document)
}
