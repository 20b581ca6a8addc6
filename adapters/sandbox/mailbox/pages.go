package mailbox

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
)

//go:embed pages/*.html pages/mailbox.css
var pageFiles embed.FS

// listPage is what the list shows, newest first.
type listPage struct {
	Messages []Message
}

// messagePage is what a single message's page shows.
type messagePage struct {
	Message
}

// Recipient is the address that a list shows: the header's, or the envelope's where there is none.
func (m Message) Recipient() string {
	if m.To != "" {
		return m.To
	}
	return strings.Join(m.Recipients, ", ")
}

// routes uses relative links only, so that the pages work below any prefix.
func (s *Server) routes() (http.Handler, error) {
	views, err := template.ParseFS(pageFiles, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("parsing the mailbox's pages: %w", err)
	}
	css, err := pageFiles.ReadFile("pages/mailbox.css")
	if err != nil {
		return nil, fmt.Errorf("reading the mailbox's style: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle(faults.ControlPrefix, faults.Control(s.Faults, &faults.Recorder{}))
	mux.HandleFunc("GET /mailbox.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		// A write error means that the caller is gone.
		_, _ = w.Write(css)
	})
	mux.HandleFunc("GET /messages.json", s.list)
	mux.HandleFunc("DELETE /messages.json", s.clear)
	mux.HandleFunc("GET /messages/{id}", func(w http.ResponseWriter, r *http.Request) { s.show(w, r, views) })
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		messages := s.Messages()
		slices.Reverse(messages)
		render(w, views, "list.html", listPage{Messages: messages})
	})
	return withHeaders(mux), nil
}

// withHeaders adds what keeps a hostile message harmless, and leads a prefix without its slash to the list.
func withHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		if r.URL.Path == "" {
			path, _, _ := strings.Cut(r.RequestURI, "?")
			http.Redirect(w, r, path+"/", http.StatusFound)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) show(w http.ResponseWriter, r *http.Request, views *template.Template) {
	number, original := strings.CutSuffix(r.PathValue("id"), ".eml")
	id, err := strconv.Atoi(number)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	m, found := s.find(id)
	if !found {
		http.NotFound(w, r)
		return
	}
	if original {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		// A write error means that the caller is gone.
		_, _ = w.Write(m.Raw)
		return
	}
	render(w, views, "message.html", messagePage{Message: m})
}

func (s *Server) list(w http.ResponseWriter, _ *http.Request) {
	messages := s.Messages()
	if messages == nil {
		messages = []Message{}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	// A write error means that the caller is gone.
	_ = json.NewEncoder(w).Encode(map[string]any{"messages": messages})
}

func (s *Server) clear(w http.ResponseWriter, _ *http.Request) {
	if err := s.Clear(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func render(w http.ResponseWriter, views *template.Template, name string, page any) {
	var document bytes.Buffer
	if err := views.ExecuteTemplate(&document, name, page); err != nil {
		http.Error(w, "the page could not be rendered", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// A write error means that the caller is gone.
	_, _ = w.Write(document.Bytes())
}
