package clerk

import (
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// pages serves what a person sees in a browser: the counterpart of Clerk's account portal.
type pages struct {
	server    *Server
	base      string
	templates *template.Template
}

func (s *Server) pageRoutes(mux *http.ServeMux) {
	p := &pages{server: s, templates: template.Must(template.ParseFS(templateFiles, "templates/*.html"))}
	if p.base = s.cookiePath(); p.base == "/" {
		p.base = ""
	}
	protected := func(h http.HandlerFunc) http.Handler { return s.crossOrigin.Handler(h) }
	mux.Handle("GET /static/", http.FileServerFS(staticFiles))
	mux.HandleFunc("GET /npm/@clerk/{version}/dist/clerk.browser.js", p.script)
	mux.HandleFunc("GET /{$}", p.signIn)
	mux.HandleFunc("GET /sign-in", p.signIn)
	mux.Handle("POST /sign-in", protected(p.enter))
	mux.HandleFunc("GET /sign-out", p.signOut)
	mux.Handle("POST /sign-out", protected(p.leave))
	mux.HandleFunc("GET /switch", p.switcher)
	mux.Handle("POST /switch", protected(p.change))
	mux.HandleFunc("GET /organizations/{org}", p.organization)
	mux.Handle("POST /organizations/{org}", protected(p.manage))
	mux.HandleFunc("GET /invitations/{invitation}", p.invitation)
	mux.Handle("POST /invitations/{invitation}", protected(p.join))
}

// script is the sandbox's own small stand-in for ClerkJS: the part of its interface that pages use, over the Frontend API above.
func (p *pages) script(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	http.ServeFileFS(w, r, staticFiles, "static/clerk.browser.js")
}

func (p *pages) render(w http.ResponseWriter, status int, name string, page any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	if err := p.templates.ExecuteTemplate(w, name, page); err != nil {
		// The status is gone already; what is left is to say so on the page.
		_, _ = fmt.Fprintf(w, "<p>the page could not be rendered: %s</p>", template.HTMLEscapeString(err.Error()))
	}
}

// head is what every page has.
type head struct {
	Title, Base, Redirect, Problem string
}

// destination is where a page leads on to: redirect_url, if it belongs to the app, or the app's first page. The second result is false for
// an address elsewhere. The caller holds the mutex.
func (s *Server) destination(raw string) (string, bool) {
	if raw == "" {
		if len(s.cfg.AppOrigins) == 0 {
			return "", true
		}
		return s.cfg.AppOrigins[0] + "/", true
	}
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || strings.ContainsAny(raw, "\\\r\n") {
		return "", false
	}
	origin := u.Scheme + "://" + u.Host
	return raw, slices.Contains(s.cfg.AppOrigins, origin) || origin == originOf(s.cfg.BaseURL)
}
