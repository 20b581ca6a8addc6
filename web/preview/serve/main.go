// Command serve shows every sample page in a browser, under the content policy that the program
// sends. It is for designing and is part of no program that is deployed.
//
//	go run ./web/preview/serve -addr 127.0.0.1:8090
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/leadagent/leadagent/web"
	"github.com/leadagent/leadagent/web/preview"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func main() {
	addr := flag.String("addr", "127.0.0.1:8090", "address to listen on")
	long := flag.Bool("long", false, "make every untrusted text long and unbreakable")
	flag.Parse()
	if err := run(context.Background(), *addr, preview.Samples(words(*long))); err != nil {
		slog.Error("preview", "error", err)
		os.Exit(1)
	}
}

// words makes the samples' untrusted text: as it is, or long and unbreakable.
func words(long bool) func(string) string {
	if !long {
		return nil
	}
	return func(text string) string { return text + strings.Repeat("ö", 90) }
}

func run(ctx context.Context, addr string, samples []preview.Sample) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: handler(samples), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	slog.Info("preview", "url", "http://"+listener.Addr().String())
	if err := server.Serve(listener); err != nil && ctx.Err() == nil {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

func handler(samples []preview.Sample) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+web.StaticPrefix, asset)
	for _, sample := range samples {
		mux.HandleFunc("GET /"+sample.Name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if err := sample.Page.Render(r.Context(), w); err != nil {
				slog.Error("render", "page", sample.Name, "error", err)
			}
		})
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		for _, sample := range samples {
			_, _ = fmt.Fprintf(w, "<p><a href=%q>%s</a> <code>%s</code></p>\n", "/"+sample.Name, sample.Name, sample.Path)
		}
	})
	return mux
}

func asset(w http.ResponseWriter, r *http.Request) {
	file, ok := web.Lookup(r.URL.Path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", file.ContentType)
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(file.Body)
}
