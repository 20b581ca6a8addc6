package slack

import (
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// pages serves what a person sees in a browser.
type pages struct {
	server    *Server
	base      string
	templates *template.Template
}

func (s *Server) pageRoutes(mux *http.ServeMux) {
	p := &pages{server: s, templates: template.Must(template.ParseFS(templateFiles, "templates/*.html"))}
	if u, err := url.Parse(s.cfg.BaseURL); err == nil {
		p.base = strings.TrimSuffix(u.Path, "/")
	}
	// Another site must not press buttons here: a POST across origins is refused.
	protected := func(h http.HandlerFunc) http.Handler { return http.NewCrossOriginProtection().Handler(h) }
	mux.HandleFunc("GET /{$}", p.index)
	mux.Handle("GET /static/", http.FileServerFS(staticFiles))
	mux.HandleFunc("GET /client/{team}", p.firstChannel)
	mux.HandleFunc("GET /client/{team}/{channel}", p.channel)
	mux.HandleFunc("GET /client/{team}/{channel}/version", p.version)
	mux.Handle("POST /client/{team}/{channel}/press", protected(p.press))
	mux.Handle("POST /client/{team}/{channel}/submit", protected(p.submit))
	mux.Handle("POST /client/{team}/{channel}/dismiss", protected(p.dismiss))
	mux.Handle("GET /oauth/v2/authorize", s.Recorder.Wrap(http.HandlerFunc(p.authorize)))
	mux.Handle("POST /oauth/v2/authorize", protected(p.decide))
}

func (p *pages) render(w http.ResponseWriter, status int, name string, page any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy",
		"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	if err := p.templates.ExecuteTemplate(w, name, page); err != nil {
		// The status is gone already; what is left is to say so on the page.
		_, _ = fmt.Fprintf(w, "<p>the page could not be rendered: %s</p>", template.HTMLEscapeString(err.Error()))
	}
}

// link is an entry of a list of workspaces, channels or people.
type link struct {
	ID, Name, URL string
	Current       bool
}

type indexPage struct {
	Title, Base string
	Teams       []link
}

func (p *pages) index(w http.ResponseWriter, _ *http.Request) {
	p.server.mu.Lock()
	teams := p.teams("")
	p.server.mu.Unlock()
	p.render(w, http.StatusOK, "index", indexPage{Title: "Slack sandbox", Base: p.base, Teams: teams})
}

func (p *pages) teams(current string) []link {
	out := make([]link, 0, len(p.server.order))
	for _, id := range p.server.order {
		out = append(out, link{ID: id, Name: p.server.teams[id].Name, URL: p.base + "/client/" + id, Current: id == current})
	}
	return out
}

func (p *pages) firstChannel(w http.ResponseWriter, r *http.Request) {
	p.server.mu.Lock()
	team := p.server.teams[r.PathValue("team")]
	p.server.mu.Unlock()
	if team == nil {
		http.NotFound(w, r)
		return
	}
	target := url.URL{Path: p.base + "/client/" + team.ID + "/" + team.Channels[0].ID, RawQuery: r.URL.RawQuery}
	http.Redirect(w, r, target.String(), http.StatusSeeOther)
}
