package webfetch_test

import (
	"context"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/leadagent/leadagent/adapters/sandbox/exa"
	"github.com/leadagent/leadagent/adapters/webfetch"
	"github.com/leadagent/leadagent/domain/fault"
)

// TestSandbox reads pages of the sandbox's corpus the way dev does: a dialer for its hosts, the guard for all others.
func TestSandbox(t *testing.T) {
	t.Parallel()
	web, err := exa.New(exa.Options{})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := web.Pages()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(pages)
	t.Cleanup(server.Close)
	f := fetcher(t, webfetch.Options{Dial: func(ctx context.Context, network, address string) (net.Conn, bool, error) {
		if host, _, err := net.SplitHostPort(address); err != nil || !strings.HasSuffix(host, "northwind-robotics.example") {
			return nil, false, nil
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
		return conn, true, err
	}})
	for _, address := range []string{"http://northwind-robotics.example/", "https://www.northwind-robotics.example/about", "https://northwind-robotics.example/pricing"} {
		got, err := f.Fetch(t.Context(), address)
		if err != nil || !strings.Contains(got.Title+got.Text, "Northwind Robotics") || !strings.Contains(got.URL, "//www.northwind-robotics.example/") || strings.Contains(got.Text, "<") {
			t.Errorf("%s: %+v, %v", address, got, err)
		}

	}
	if _, err := f.Fetch(t.Context(), "http://www.northwind-robotics.example/nothing"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("no page: %v", err)
	}
	if _, err := f.Fetch(t.Context(), "http://"+server.Listener.Addr().String()+"/"); !fault.Is(err, fault.Refused) {
		t.Errorf("the server itself: %v", err)
	}
}
