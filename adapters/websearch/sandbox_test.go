package websearch_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/leadagent/leadagent/adapters/sandbox/exa"
	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	"github.com/leadagent/leadagent/adapters/websearch"
	"github.com/leadagent/leadagent/domain/fault"
)

// TestSandbox is the adapter against the emulated vendor, which refuses what the vendor refuses.
func TestSandbox(t *testing.T) {
	t.Parallel()
	vendor, err := exa.New(exa.Options{Key: theKey})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(vendor)
	t.Cleanup(server.Close)
	s, err := websearch.New(websearch.Options{APIKey: theKey, URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Search(t.Context(), "Northwind Robotics")
	if err != nil || len(got) == 0 || len(got) > 5 {
		t.Fatalf("got %+v, %v", got, err)
	}
	for _, r := range got {
		if r.Kind != "search" || r.ID != "" || !strings.Contains(r.URL, ".example") || r.Title == "" || r.Text == "" || utf8.RuneCountInString(r.Text) > 2000 {
			t.Errorf("result %+v", r)
		}
	}
	vendor.Faults.FailNext(1, http.StatusTooManyRequests, http.Header{"Retry-After": {"4"}})
	if _, err := s.Search(t.Context(), "x"); !fault.Is(err, fault.Busy) || fault.RetryAfter(err) != 4*time.Second {
		t.Errorf("429: %v", err)
	}
	vendor.Faults.Plan(faults.Fault{Target: exa.TargetSearch, Kind: faults.KindReset}, 1)
	if _, err := s.Search(t.Context(), "x"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("reset: %v", err)
	}
	other, err := websearch.New(websearch.Options{APIKey: "another", URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Search(t.Context(), "x"); !fault.Is(err, fault.Refused) || !strings.Contains(err.Error(), "EXA_API_KEY") {
		t.Errorf("wrong key: %v", err)
	}
}
