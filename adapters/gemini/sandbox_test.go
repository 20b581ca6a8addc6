package gemini_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/leadagent/leadagent/adapters/gemini"
	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	"github.com/leadagent/leadagent/adapters/sandbox/model"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/ports"
)

// sandboxed is the adapter against the emulated vendor, which refuses what the vendor refuses.
func sandboxed(t *testing.T, change ...func(*gemini.Options)) (*gemini.Model, *model.Server) {
	t.Helper()
	vendor := model.New(model.Options{Key: theKey})
	server := httptest.NewServer(vendor)
	t.Cleanup(server.Close)
	o := gemini.Options{APIKey: theKey, URL: server.URL}
	for _, f := range change {
		f(&o)
	}
	m, err := gemini.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m, vendor
}

func TestSandboxUnderstandsTheRoles(t *testing.T) {
	t.Parallel()
	m, vendor := sandboxed(t)
	r := reading()
	r.Message = "Hello, we are Northwind and get about 400 leads a month. Our budget is 2,000 euros a month and we want to start in March. Could you show us a demo?"
	r.Turn, r.TurnsLeft, r.Done = 1, 19, nil
	r.Sources = []ports.SourceText{{ID: "message", Kind: "message", Text: r.Message}}
	found, spent, err := m.Read(t.Context(), r)
	if err != nil || found.Language != "en" || len(found.Facts) == 0 || spent.TokensIn == 0 {
		t.Fatalf("reader: %+v, %+v, %v", found, spent, err)
	}
	for i, f := range found.Facts {
		if !strings.Contains(r.Message, f.Quotation) {
			t.Errorf("fact %d quotes %q", i, f.Quotation)
		}
	}
	judged, spent, err := m.Judge(t.Context(), criteria(), facts())
	if err != nil || judged.Reason == "" || spent.TokensOut == 0 {
		t.Fatalf("judge: %+v, %+v, %v", judged, spent, err)
	}
	letter, spent, err := m.Write(t.Context(), writing())
	if err != nil || letter.Subject == "" || letter.Body == "" || spent.CostMicros == 0 {
		t.Fatalf("writer: %+v, %+v, %v", letter, spent, err)
	}
	if calls := vendor.Calls(); len(calls) != 3 || calls[0].Role != model.RoleReader || calls[1].Role != model.RoleJudge || calls[2].Role != model.RoleWriter || !json.Valid(calls[2].Input) {
		t.Errorf("the vendor saw %+v", calls)
	}
}

func TestSandboxMisbehaves(t *testing.T) {
	t.Parallel()
	for kind, want := range map[faults.Kind]fault.Kind{
		model.EmptyCandidates: fault.Refused, model.EmptyAnswer: fault.Unusable, model.EmptyText: fault.Unusable, model.NoContent: fault.Unusable,
		model.TruncatedJSON: fault.Unusable, model.TruncatedBody: fault.Unusable, model.MaxTokens: fault.Unusable, model.WrongEnum: fault.Unusable,
		model.WrongShape: fault.Unusable, model.Huge: fault.Unusable, model.Blocked: fault.Refused, model.Safety: fault.Refused,
		model.UnknownFinish: fault.Unusable, model.Thoughts: 0, faults.KindReset: fault.Unavailable,
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			m, vendor := sandboxed(t)
			vendor.Break(model.RoleJudge, kind, 1)
			if _, _, err := m.Judge(t.Context(), criteria(), facts()); fault.KindOf(err) != want {
				t.Errorf("got %v, want %v", err, want)
			}
			if _, _, err := m.Judge(t.Context(), criteria(), facts()); err != nil || len(vendor.Calls()) != 2 {
				t.Errorf("afterwards: %v, %d calls", err, len(vendor.Calls()))
			}
		})
	}
}

func TestSandboxRefuses(t *testing.T) {
	t.Parallel()
	m, vendor := sandboxed(t)
	vendor.FailNext(model.RoleAny, 1, 429, 7*time.Second)
	if _, _, err := m.Judge(t.Context(), criteria(), facts()); !fault.Is(err, fault.Busy) || fault.RetryAfter(err) != 7*time.Second {
		t.Errorf("429: %v", err)
	}
	vendor.FailNext(model.RoleAny, 1, 503, 0)
	if _, _, err := m.Judge(t.Context(), criteria(), facts()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("503: %v", err)
	}
	wrongKey, _ := sandboxed(t, func(o *gemini.Options) { o.APIKey = "another" })
	if _, _, err := wrongKey.Judge(t.Context(), criteria(), facts()); !fault.Is(err, fault.Refused) || !strings.Contains(err.Error(), "GEMINI_API_KEY") {
		t.Errorf("wrong key: %v", err)
	}
	wrongModel, _ := sandboxed(t, func(o *gemini.Options) { o.Model = "gemini-1.5-pro" })
	if _, _, err := wrongModel.Judge(t.Context(), criteria(), facts()); !fault.Is(err, fault.Refused) || !strings.Contains(err.Error(), "GEMINI_MODEL") {
		t.Errorf("retired model: %v", err)
	}
	held, slow := sandboxed(t, func(o *gemini.Options) { o.Timeout = 100 * time.Millisecond })
	slow.Hold(model.RoleJudge)
	t.Cleanup(slow.Release)
	if _, _, err := held.Judge(t.Context(), criteria(), facts()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("held: %v", err)
	}
}
