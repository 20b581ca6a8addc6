package model_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/leadagent/leadagent/adapters/sandbox/faults"
	"github.com/leadagent/leadagent/adapters/sandbox/model"
)

func TestPlannedStatusesSpeakGoogle(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.server.FailNext(model.RoleJudge, 1, http.StatusTooManyRequests, 7*time.Second)
	b.server.FailNext(model.RoleAny, 1, http.StatusServiceUnavailable, 0)
	status, header, body := b.post(generatePath, judgeRequest(t))
	if status != http.StatusTooManyRequests || header.Get("Retry-After") != "7" || !strings.Contains(string(body), `"retryDelay": "7s"`) || !strings.Contains(string(body), "RESOURCE_EXHAUSTED") {
		t.Errorf("%d %v %s", status, header, body)
	}
	status, _, body = b.post(generatePath, judgeRequest(t))
	if status != http.StatusServiceUnavailable || !strings.Contains(string(body), "UNAVAILABLE") {
		t.Errorf("%d %s", status, body)
	}
	if status, _, _ = b.post(generatePath, judgeRequest(t)); status != http.StatusOK {
		t.Errorf("after the planned failures: %d", status)
	}
}

func TestEveryWayToMisbehave(t *testing.T) {
	t.Parallel()
	text := func(r response) string {
		if len(r.Candidates) == 0 || r.Candidates[0].Content == nil {
			return ""
		}
		return r.Candidates[0].Content.Parts[len(r.Candidates[0].Content.Parts)-1].Text
	}
	for kind, holds := range map[faults.Kind]func(body []byte) bool{
		model.EmptyCandidates: func(body []byte) bool {
			return json.Valid(body) && !strings.Contains(string(body), "candidates\"") && strings.Contains(string(body), "usageMetadata")
		},
		model.EmptyAnswer:   func(body []byte) bool { return strings.TrimSpace(string(body)) == "{}" },
		model.TruncatedBody: func(body []byte) bool { return len(body) > 50 && !json.Valid(body) },
		model.NoContent: func(body []byte) bool {
			r := decode(t, body)
			return len(r.Candidates) == 1 && r.Candidates[0].Content == nil
		},
		model.EmptyText: func(body []byte) bool { r := decode(t, body); return len(r.Candidates) == 1 && text(r) == "" },
		model.TruncatedJSON: func(body []byte) bool {
			r := decode(t, body)
			return text(r) != "" && !json.Valid([]byte(text(r))) && r.Candidates[0].FinishReason == "STOP"
		},
		model.MaxTokens: func(body []byte) bool {
			r := decode(t, body)
			return !json.Valid([]byte(text(r))) && r.Candidates[0].FinishReason == "MAX_TOKENS"
		},
		model.WrongEnum:     func(body []byte) bool { return strings.Contains(text(decode(t, body)), "EXTREMELY_QUALIFIED") },
		model.WrongShape:    func(body []byte) bool { return strings.HasPrefix(text(decode(t, body)), "[") },
		model.Huge:          func(body []byte) bool { return len(body) > 10<<20 },
		model.Blocked:       func(body []byte) bool { return decode(t, body).PromptFeedback["blockReason"] == "SAFETY" },
		model.Safety:        func(body []byte) bool { return decode(t, body).Candidates[0].FinishReason == "SAFETY" },
		model.UnknownFinish: func(body []byte) bool { return decode(t, body).Candidates[0].FinishReason == "CONTENT_OUT_OF_STYLE" },
		model.Thoughts: func(body []byte) bool {
			parts := decode(t, body).Candidates[0].Content.Parts
			return len(parts) == 2 && parts[0].Thought && !parts[1].Thought
		},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.server.Break(model.RoleJudge, kind, 1)
			status, _, body := b.post(generatePath, judgeRequest(t))
			if status != http.StatusOK || !holds(body) {
				t.Errorf("%d %.400s", status, body)
			}
			if _, _, body = b.post(generatePath, judgeRequest(t)); !strings.Contains(text(decode(t, body)), `"QUALIFIED"`) {
				t.Errorf("the call after it: %.300s", body)
			}
		})
	}
}

func TestEndlessToolsNeverEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.server.Break(model.RoleReader, model.EndlessTools, faults.Forever)
	seen := map[string]bool{}
	for range 5 {
		_, _, body := b.post(generatePath, request(t, `{"turn":3,"sources":[],"actions_done":[]}`, readerSchema))
		text := decode(t, body).Candidates[0].Content.Parts[0].Text
		if !strings.Contains(text, `"done":false`) || !strings.Contains(text, `"tool":"search"`) || seen[text] {
			t.Errorf("answered %s", text)
		}
		seen[text] = true
	}
}

func TestScriptSpeaksWhatTheTestSays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.server.Script(model.RoleJudge, `{"category":"QUALIFIED","reason":"<script>alert(1)</script>"}`, "no JSON at all")
	for _, want := range []string{"<script>alert(1)", "no JSON at all"} {
		if _, _, body := b.post(generatePath, judgeRequest(t)); !strings.Contains(decode(t, body).Candidates[0].Content.Parts[0].Text, want) {
			t.Errorf("answered %s, want %s", body, want)
		}
	}
}

func TestHoldByRole(t *testing.T) {
	t.Parallel()
	b, done := setup(t), make(chan int, 1)
	b.server.Hold(model.RoleJudge)
	go func() {
		status, _, _ := b.post(generatePath, judgeRequest(t))
		done <- status
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := b.server.Faults.AwaitHeld(ctx, string(model.RoleJudge), 1); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := b.post(generatePath, request(t, `{"sources":[]}`, readerSchema)); status != http.StatusOK {
		t.Errorf("the reader is held too: %d", status)
	}
	b.server.Release()
	if status := <-done; status != http.StatusOK {
		t.Errorf("released call answered %d", status)
	}
}
