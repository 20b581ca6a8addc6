package slack

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// press is a button pressed on the page. Slack sends the payload of a URL button too, and opens its address.
func (p *pages) press(w http.ResponseWriter, r *http.Request) {
	team, user := r.PathValue("team"), r.PostFormValue("as")
	ts, actionID := r.PostFormValue("ts"), r.PostFormValue("action_id")
	address := p.server.addressOf(team, ts, actionID)
	result, err := p.server.Press(r.Context(), team, ts, actionID, user)
	switch {
	case errors.Is(err, ErrNoSuchControl):
		p.server.notice(team, user, "That button is no longer there.")
	case err != nil:
		p.server.notice(team, user, err.Error())
	default:
		p.server.notice(team, user, result.Trouble())
	}
	if address != "" {
		http.Redirect(w, r, address, http.StatusSeeOther)
		return
	}
	p.back(w, r)
}

func (p *pages) submit(w http.ResponseWriter, r *http.Request) {
	team, user := r.PathValue("team"), r.PostFormValue("as")
	view, open := p.server.OpenView(team, user)
	if !open {
		p.back(w, r)
		return
	}
	values := map[string][]string{}
	for _, b := range view.blocks() {
		if b.Element != nil {
			// Browsers send CRLF for line breaks in a textarea; Slack sends LF.
			values[b.Element.ActionID] = unixLines(r.PostForm[valuePrefix+b.Element.ActionID])
		}
	}
	result, err := p.server.Submit(r.Context(), team, user, values)
	switch {
	case err != nil:
		p.server.notice(team, user, err.Error())
	case result.Closed:
		p.server.notice(team, user, "")
	}
	p.back(w, r)
}

func unixLines(values []string) []string {
	out := slices.Clone(values)
	for i := range out {
		out[i] = strings.ReplaceAll(out[i], "\r\n", "\n")
	}
	return out
}

func (p *pages) dismiss(w http.ResponseWriter, r *http.Request) {
	if err := p.server.Dismiss(r.Context(), r.PathValue("team"), r.PostFormValue("as")); err != nil {
		p.server.notice(r.PathValue("team"), r.PostFormValue("as"), err.Error())
	}
	p.back(w, r)
}

func (p *pages) back(w http.ResponseWriter, r *http.Request) {
	target := url.URL{
		Path:     p.base + "/client/" + r.PathValue("team") + "/" + r.PathValue("channel"),
		RawQuery: url.Values{"as": {r.PostFormValue("as")}}.Encode(),
	}
	http.Redirect(w, r, target.String(), http.StatusSeeOther)
}

// notice is what a person is told above the channel until their next action.
func (s *Server) notice(team, user, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.teams[team]; w != nil {
		w.notices[user] = text
	}
}

// addressOf is the address of a URL button, or "".
func (s *Server) addressOf(team, ts, actionID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.teams[team]
	if w == nil {
		return ""
	}
	m := w.visible(ts)
	if m == nil {
		return ""
	}
	for _, b := range decodeBlocks(m.Blocks) {
		for _, e := range b.interactive() {
			if e.ActionID == actionID {
				return e.URL
			}
		}
	}
	return ""
}
