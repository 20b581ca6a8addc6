package webfetch_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leadagent/leadagent/adapters/webfetch"
)

// TestMain gives the whole test binary a resolver of its own: no test asks the real one.
func TestMain(m *testing.M) {
	stop, err := names.start()
	if err != nil {
		panic(err)
	}
	defer stop()
	net.DefaultResolver = names.resolver()
	m.Run()
}

// trap is a listener that nobody may ever reach except where a test says so.
type trap struct {
	address string
	port    int
	hits    atomic.Int64
}

func newTrap(t *testing.T) *trap {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	tcp, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal("no TCP address")
	}
	tr := &trap{address: listener.Addr().String(), port: tcp.Port}
	// All addresses of version 4 and 6 of loopback share the port, as far as the machine has them.
	listeners := []net.Listener{listener}
	for _, other := range []string{"[::1]", "127.0.0.2"} {
		if l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(strings.Trim(other, "[]"), portOf(tr.address))); err == nil {
			listeners = append(listeners, l)
		}
	}
	for _, l := range listeners {
		t.Cleanup(func() { _ = l.Close() })
		go tr.serve(l)
	}
	return tr
}

func portOf(address string) string { return address[strings.LastIndexByte(address, ':')+1:] }

func (tr *trap) serve(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		tr.hits.Add(1)
		_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
		_, _ = http.ReadRequest(bufio.NewReader(conn))
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret")
		_ = conn.Close()
	}
}

// corpus is a dialer that serves the hosts under corpus.example from a handler, in plain HTTP whatever the scheme.
func corpus(t *testing.T, handler http.HandlerFunc) webfetch.Dial {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return func(ctx context.Context, network, address string) (net.Conn, bool, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil || (host != "corpus.example" && !strings.HasSuffix(host, ".corpus.example")) {
			return nil, false, nil
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
		return conn, true, err
	}
}

func fetcher(t *testing.T, o webfetch.Options) *webfetch.Fetcher {
	t.Helper()
	f, err := webfetch.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func serving(t *testing.T, handler http.HandlerFunc) *webfetch.Fetcher {
	t.Helper()
	return fetcher(t, webfetch.Options{Dial: corpus(t, handler)})
}

func page(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, body)
	}
}
