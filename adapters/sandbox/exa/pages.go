package exa

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"strings"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
)

//go:embed site.html
var siteFiles embed.FS

// Pages serves the corpus's websites by the request's Host. Bare hosts redirect to "www.". Each site has /, /about, /team, /pricing
// and /robots.txt; the news host has the reports. An unknown host is answered 421.
func (s *Server) Pages() (http.Handler, error) {
	layout, err := template.ParseFS(siteFiles, "site.html")
	if err != nil {
		return nil, fmt.Errorf("parsing the sites' layout: %w", err)
	}
	site := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.page(w, r, layout) })
	vendor := faults.Vendor{Target: func(r *http.Request) string { return strings.TrimPrefix(hostname(r), "www.") }}
	return s.PageRecorder.Wrap(s.Faults.Wrap(vendor, site)), nil
}

func hostname(r *http.Request) string {
	host := strings.ToLower(r.Host)
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

func (s *Server) page(w http.ResponseWriter, r *http.Request, layout *template.Template) {
	host := hostname(r)
	bare := strings.TrimPrefix(host, "www.")
	pages, known := s.sites[bare]
	switch {
	case !known:
		http.Error(w, "no such site in the sandbox", http.StatusMisdirectedRequest)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	case host == bare:
		http.Redirect(w, r, "http://www."+bare+r.URL.RequestURI(), http.StatusMovedPermanently)
		return
	case r.URL.Path == "/robots.txt":
		robots(w)
		return
	}
	p, found := pages[cleanPath(r.URL.Path)]
	if !found {
		http.Error(w, "no such page", http.StatusNotFound)
		return
	}
	render(w, layout, p)
}

func cleanPath(path string) string {
	if path == "/" || path == "" {
		return "/"
	}
	return strings.TrimSuffix(path, "/")
}

func robots(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	// A write error means that the caller is gone.
	_, _ = w.Write([]byte("User-agent: *\nDisallow: /internal/\nAllow: /\n"))
}

// view is what the layout shows.
type view struct {
	Language, Title, Name, Description string
	Paragraphs                         []string
	Links                              []link
	Fingerprints                       []template.HTML
	Hidden                             []template.HTML
}

type link struct {
	Path, Name string
}

func render(w http.ResponseWriter, layout *template.Template, p page) {
	v := view{Language: p.language, Title: p.title, Name: p.author, Description: p.paragraphs[0], Paragraphs: p.paragraphs}
	if p.host != newsHost {
		v.Links = []link{{"/", "Home"}, {"/about", "About"}, {"/pricing", "Pricing"}, {"/team", "Team"}}
		v.Fingerprints = fingerprints(p.company.Tech)
	}
	if p.company.Hostile && p.host != newsHost {
		v.Hidden = hiddenInstructions()
	}
	var document bytes.Buffer
	if err := layout.ExecuteTemplate(&document, "site.html", v); err != nil {
		http.Error(w, "page could not be rendered", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Server", serverOf(p.company.Tech))
	// A write error means that the caller is gone.
	_, _ = w.Write(document.Bytes())
}
