package gemini_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/leadagent/leadagent/adapters/gemini"
	"github.com/leadagent/leadagent/domain/fault"
)

func googleError(code int, status, details string) string {
	return fmt.Sprintf(`{"error":{"code":%d,"message":"echo of %s and of ana@northwind.example","status":%q,"details":[%s]}}`, code, theKey, status, details)
}

const (
	retryInfo   = `{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"39.5s"}`
	keyInvalid  = `{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}`
	badThinking = `{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"generation_config.thinking_config","description":"ana@northwind.example"}]}`
)

// TestRefusalsOfTheVendor has every status and what is made of it: the kind, the wait, and the word that tells an operator what to do.
func TestRefusalsOfTheVendor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		kind   fault.Kind
		wait   time.Duration
		word   string
	}{
		{"429", raw(429, googleError(429, "RESOURCE_EXHAUSTED", "")), fault.Busy, 0, "busy"},
		{"429 with header", raw(429, "", "Retry-After", "17"), fault.Busy, 17 * time.Second, "busy"},
		{"429 with RetryInfo", raw(429, googleError(429, "RESOURCE_EXHAUSTED", retryInfo)), fault.Busy, 39500 * time.Millisecond, "busy"},
		{"429 with both", raw(429, googleError(429, "RESOURCE_EXHAUSTED", retryInfo), "Retry-After", "60"), fault.Busy, time.Minute, "busy"},
		{"429 with a date", raw(429, "", "Retry-After", "Mon, 02 Jan 2006 15:04:05 GMT"), fault.Busy, 0, "busy"},
		{"429 forever", raw(429, "", "Retry-After", "99999999999999999999"), fault.Busy, time.Hour, "busy"},
		{"429 until the end of time", raw(429, "", "Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"), fault.Busy, time.Hour, "busy"},
		{"429 backwards", raw(429, "", "Retry-After", "-5"), fault.Busy, 0, "busy"},
		{"429 nonsense", raw(429, "<html>", "Retry-After", "soon"), fault.Busy, 0, "busy"},
		{"500", raw(500, googleError(500, "INTERNAL", "")), fault.Unavailable, 0, "not available"},
		{"502 page", raw(502, "<html>bad gateway</html>"), fault.Unavailable, 0, "not available"},
		{"503", raw(503, googleError(503, "UNAVAILABLE", "")), fault.Unavailable, 0, "not available"},
		{"503 with wait", raw(503, "", "Retry-After", "5"), fault.Unavailable, 5 * time.Second, "not available"},
		{"504", raw(504, googleError(504, "DEADLINE_EXCEEDED", "")), fault.Unavailable, 0, "not available"},
		{"499", raw(499, ""), fault.Unavailable, 0, "not available"},
		{"408", raw(408, ""), fault.Unavailable, 0, "not available"},
		{"400", raw(400, googleError(400, "INVALID_ARGUMENT", badThinking)), fault.Refused, 0, "GEMINI_MODEL"},
		{"400 bad key", raw(400, googleError(400, "INVALID_ARGUMENT", keyInvalid)), fault.Refused, 0, "GEMINI_API_KEY"},
		{"400 no billing", raw(400, googleError(400, "FAILED_PRECONDITION", "")), fault.Refused, 0, "billing"},
		{"401", raw(401, googleError(401, "UNAUTHENTICATED", "")), fault.Refused, 0, "GEMINI_API_KEY"},
		{"402", raw(402, ""), fault.Refused, 0, "billing"},
		{"403", raw(403, googleError(403, "PERMISSION_DENIED", "")), fault.Refused, 0, "GEMINI_API_KEY"},
		{"404", raw(404, googleError(404, "NOT_FOUND", "")), fault.Refused, 0, gemini.DefaultModel},
		{"413", raw(413, ""), fault.Refused, 0, "too long"},
		{"418", raw(418, ""), fault.Refused, 0, "did not accept"},
		{"302", raw(302, "", "Location", "https://elsewhere.example/"), fault.Refused, 0, "GEMINI_API_URL"},
		{"204", raw(204, ""), fault.Unusable, 0, "nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v := newVendor(t, c.answer)
			_, spent, err := v.model().Judge(t.Context(), criteria(), facts())
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != c.kind || f.RetryAfter != c.wait || !strings.Contains(f.Message, c.word) {
				t.Errorf("got %v (wait %v)", err, fault.RetryAfter(err))
			}
			if v.calls() != 1 {
				t.Errorf("%d calls: the client must not repeat by itself", v.calls())
			}
			if c.kind != fault.Unusable && (spent.TokensIn != 0 || spent.CostMicros != 0) {
				t.Errorf("a refusal costs nothing, got %+v", spent)
			}
			tellsNothing(t, err)
		})
	}
}

// tellsNothing checks that an error holds neither the key nor what the vendor repeated.
func tellsNothing(t *testing.T, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		for _, text := range []string{e.Error(), fmt.Sprintf("%+v", e), fmt.Sprintf("%#v", e)} {
			if strings.Contains(text, theKey) || strings.Contains(text, "ana@") {
				t.Errorf("the error tells too much: %s", text)
			}
		}
	}
}

func TestAnswersThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	used := map[string]any{"promptTokenCount": 70, "candidatesTokenCount": 3}
	whole := reply(goodJudgement, "STOP", used)
	for _, c := range []struct {
		name, body string
		kind       fault.Kind
		word       string
	}{
		{"nothing", "", fault.Unusable, "nothing"},
		{"empty object", "{}", fault.Unusable, "nothing"},
		{"no JSON", "<html>sign in</html>", fault.Unusable, "could not be read"},
		{"truncated body", whole[:len(whole)/2], fault.Unusable, "could not be read"},
		{"two bodies", whole + whole, fault.Unusable, "could not be read"},
		{"array", "[" + whole + "]", fault.Unusable, "could not be read"},
		{"error with 200", googleError(400, "INVALID_ARGUMENT", ""), fault.Unusable, "nothing"},
		{"empty candidates", `{"candidates":[],"usageMetadata":{"promptTokenCount":70}}`, fault.Refused, "no answer"},
		{"only empty candidates", `{"candidates":[]}`, fault.Refused, "no answer"},
		{"no candidates", `{"usageMetadata":{"promptTokenCount":70}}`, fault.Refused, "no answer"},
		{"prompt blocked", `{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":70}}`, fault.Refused, "safety filter blocked"},
		{"prompt blocked by number", `{"promptFeedback":{"blockReason":1}}`, fault.Refused, "safety filter blocked"},
		{"nil content", `{"candidates":[{"index":0}]}`, fault.Refused, "no answer"},
		{"nil content, other", `{"candidates":[{"finishReason":"OTHER"}]}`, fault.Refused, "no answer"},
		{"empty success", `{"candidates":[{"content":{"role":"model"},"finishReason":"STOP"}]}`, fault.Unusable, "empty"},
		{"empty success without content", `{"candidates":[{"finishReason":"STOP"}]}`, fault.Unusable, "empty"},
		{"empty success with blanks", reply("\n ", "STOP", used), fault.Unusable, "empty"},
		{"only thoughts", `{"candidates":[{"content":{"parts":[{"text":"hm","thought":true}]},"finishReason":"STOP"}]}`, fault.Unusable, "empty"},
		{"safety", reply(goodJudgement, "SAFETY", used), fault.Refused, "safety filter"},
		{"safety by number", `{"candidates":[{"finishReason":3}]}`, fault.Refused, "safety filter"},
		{"recitation", reply(goodJudgement, "RECITATION", used), fault.Refused, "repeated a published text"},
		{"prohibited", `{"candidates":[{"finishReason":"PROHIBITED_CONTENT"}]}`, fault.Refused, "safety filter"},
		{"personal data", `{"candidates":[{"finishReason":"SPII"}]}`, fault.Refused, "safety filter"},
		{"language", `{"candidates":[{"finishReason":"LANGUAGE"}]}`, fault.Refused, "language"},
		{"max tokens", reply(goodJudgement[:20], "MAX_TOKENS", used), fault.Unusable, "cut off"},
		{"max tokens, nothing said", `{"candidates":[{"finishReason":"MAX_TOKENS"}]}`, fault.Unusable, "cut off"},
		{"other", reply(goodJudgement, "OTHER", used), fault.Unusable, "broke off"},
		{"unknown reason", reply(goodJudgement, "TIRED OF "+theKey, used), fault.Unusable, "broke off"},
		{"unknown number", `{"candidates":[{"content":{"parts":[{"text":"{}"}]},"finishReason":77}]}`, fault.Unusable, "broke off"},
		{"text of another type", `{"candidates":[{"content":{"parts":[{"text":7}]},"finishReason":"STOP"}]}`, fault.Unusable, "could not be read"},
		{"null candidate", `{"candidates":[null]}`, fault.Refused, "no answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v := newVendor(t, raw(200, c.body))
			_, spent, err := v.model().Judge(t.Context(), criteria(), facts())
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != c.kind || !strings.Contains(f.Message, c.word) {
				t.Errorf("got %v", err)
			}
			if spent.TokensIn <= 0 || spent.CostMicros <= 0 {
				t.Errorf("the vendor answered, yet spent is %+v", spent)
			}
			if v.calls() != 1 {
				t.Errorf("%d calls", v.calls())
			}
			tellsNothing(t, err)
		})
	}
}

// TestAnswersWithExtras has what newer models mix in and what the vendor's client would panic at or spoil.
func TestAnswersWithExtras(t *testing.T) {
	t.Parallel()
	quoted := strings.ReplaceAll(goodJudgement, `"`, `\"`)
	for name, body := range map[string]string{
		"thoughts first":   `{"candidates":[{"content":{"parts":[{"text":"Let me see {","thought":true},{"text":"` + quoted + `","thoughtSignature":"abc="}]},"finishReason":"STOP"}]}`,
		"signature alone":  `{"candidates":[{"content":{"parts":[{"text":"` + quoted + `"},{"thoughtSignature":"abc="}]},"finishReason":"STOP"}]}`,
		"unknown part":     `{"candidates":[{"content":{"parts":[{"hologram":{"x":1}},{"text":"` + quoted + `"}]},"finishReason":"STOP"}]}`,
		"function answer":  `{"candidates":[{"content":{"parts":[{"functionResponse":{"name":"x"}},{"text":"` + quoted + `"}]},"finishReason":"STOP"}]}`,
		"several parts":    `{"candidates":[{"content":{"parts":[{"text":"` + quoted[:20] + `"},{"text":"` + quoted[20:] + `"}]},"finishReason":"STOP"}]}`,
		"no finish reason": `{"candidates":[{"content":{"parts":[{"text":"` + quoted + `"}]}}]}`,
		"finish by number": `{"candidates":[{"content":{"parts":[{"text":"` + quoted + `"}]},"finishReason":1}]}`,
		"two candidates":   `{"candidates":[{"content":{"parts":[{"text":"` + quoted + `"}]},"finishReason":"STOP"},{"finishReason":"SAFETY"}]}`,
		"kind feedback":    `{"promptFeedback":{"safetyRatings":[]},"candidates":[{"content":{"parts":[{"text":"` + quoted + `"}]},"finishReason":"STOP"}],"modelVersion":"x","responseId":"y"}`,
		"null usage":       `{"usageMetadata":null,"candidates":[{"content":{"parts":[{"text":"` + quoted + `"}]},"finishReason":"STOP"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _, err := newVendor(t, raw(200, body)).model().Judge(t.Context(), criteria(), facts())
			if err != nil || got.Confidence != 0.9 {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestTenMegabytes(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"of answer":  reply(strings.Repeat("x", 10<<20), "STOP", nil),
		"of white":   strings.Repeat(" ", 10<<20),
		"of refusal": strings.Repeat("x", 10<<20),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, kind := 200, fault.Unusable
			if name == "of refusal" {
				status, kind = 400, fault.Refused
			}
			_, spent, err := newVendor(t, raw(status, body)).model().Judge(t.Context(), criteria(), facts())
			if fault.KindOf(err) != kind || len(err.Error()) > 500 || spent.TokensOut > 8192 {
				t.Errorf("got %v, %+v", err, spent)
			}
		})
	}
}

// TestAnEndlessAnswerIsNotReadToItsEnd counts what the vendor could get rid of: little more than the limit and what sockets buffer.
func TestAnEndlessAnswerIsNotReadToItsEnd(t *testing.T) {
	t.Parallel()
	const most = 256
	written := make(chan int, 1)
	chunk := strings.Repeat("x", 1<<20)
	v := newVendor(t, func(w http.ResponseWriter, _ *http.Request) {
		n := 0
		for ; n < most; n++ {
			if _, err := io.WriteString(w, chunk); err != nil {
				break
			}
		}
		written <- n
	})
	_, _, err := v.model().Judge(t.Context(), criteria(), facts())
	if !fault.Is(err, fault.Unusable) {
		t.Errorf("got %v", err)
	}
	select {
	case n := <-written:
		if n > most/4 {
			t.Errorf("%d MiB were taken", n)
		}
	case <-time.After(10 * time.Second):
		t.Error("nobody asked for the page, or it is still being read")
	}
}

func TestTokenCounts(t *testing.T) {
	t.Parallel()
	for name, usage := range map[string]string{
		"huge":     `{"promptTokenCount":9223372036854775807,"candidatesTokenCount":9223372036854775807,"thoughtsTokenCount":9223372036854775807,"totalTokenCount":1e300}`,
		"beyond":   `{"promptTokenCount":1e999,"candidatesTokenCount":"99999999999999999999999"}`,
		"negative": `{"promptTokenCount":-5,"candidatesTokenCount":-7,"totalTokenCount":-12}`,
		"missing":  `{}`, "words": `{"promptTokenCount":"many","candidatesTokenCount":true,"thoughtsTokenCount":null}`,
		"lists": `{"promptTokenCount":[1],"candidatesTokenCount":{"a":1}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := strings.Replace(reply(goodJudgement, "STOP", nil), `"usageMetadata":null`, `"usageMetadata":`+usage, 1)
			v := newVendor(t, raw(200, body))
			got, spent, err := v.model().Judge(t.Context(), criteria(), facts())
			if err != nil || got.Confidence != 0.9 {
				t.Errorf("got %+v, %v", got, err)
			}
			if spent.TokensIn <= 0 || spent.TokensIn > int64(len(v.body(0))) || spent.TokensOut <= 0 || spent.TokensOut > 65_536 || spent.CostMicros <= 0 || spent.CostMicros > 1_000_000 {
				t.Errorf("spent %+v", spent)
			}
		})
	}
}

func TestTimeOut(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(http.ResponseWriter){
		"before the answer": func(http.ResponseWriter) {},
		"within the answer": func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, `{"candidates":[`)
			w.(http.Flusher).Flush()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVendor(t, func(w http.ResponseWriter, r *http.Request) {
				answer(w)
				<-r.Context().Done()
			})
			started := time.Now()
			_, _, err := v.model(func(o *gemini.Options) { o.Timeout = 50 * time.Millisecond }).Judge(t.Context(), criteria(), facts())
			if !fault.Is(err, fault.Unavailable) || !errors.Is(err, context.DeadlineExceeded) || time.Since(started) > 5*time.Second {
				t.Errorf("got %v after %v", err, time.Since(started))
			}
			tellsNothing(t, err)
		})
	}
}

func TestCancelledByTheCaller(t *testing.T) {
	t.Parallel()
	reached := make(chan struct{})
	v := newVendor(t, func(_ http.ResponseWriter, r *http.Request) {
		close(reached)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-reached
		cancel()
	}()
	_, _, err := v.model().Judge(ctx, criteria(), facts())
	if !fault.Is(err, fault.Unavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestConnectionCut(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]string{
		"at once": "", "within the head": "HTTP/1.1 200", "within the body": "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{\"candidates\":[",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVendor(t, func(w http.ResponseWriter, _ *http.Request) {
				conn, _, err := w.(http.Hijacker).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.WriteString(conn, before)
				if tcp, ok := conn.(*net.TCPConn); ok && before == "" {
					_ = tcp.SetLinger(0)
				}
				_ = conn.Close()
			})
			_, _, err := v.model().Judge(t.Context(), criteria(), facts())
			if !fault.Is(err, fault.Unavailable) {
				t.Errorf("got %v", err)
			}
			tellsNothing(t, err)
		})
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	m, err := gemini.New(gemini.Options{APIKey: theKey, URL: "http://" + address})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	_, spent, err := m.Judge(t.Context(), criteria(), facts())
	if !fault.Is(err, fault.Unavailable) || spent.TokensIn != 0 {
		t.Errorf("got %v, %+v", err, spent)
	}
	tellsNothing(t, err)
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the key went elsewhere: %v", r.Header)
	}))
	t.Cleanup(elsewhere.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		v := newVendor(t, raw(status, "", "Location", elsewhere.URL))
		if _, _, err := v.model().Judge(t.Context(), criteria(), facts()); !fault.Is(err, fault.Refused) {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestNewNamesTheMistake(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options gemini.Options
		word    string
	}{
		"no key":          {gemini.Options{}, "GEMINI_API_KEY"},
		"key with break":  {gemini.Options{APIKey: theKey + "\n"}, "GEMINI_API_KEY"},
		"model with path": {gemini.Options{APIKey: theKey, Model: "../../v1/models/x"}, "GEMINI_MODEL"},
		"model with mark": {gemini.Options{APIKey: theKey, Model: "gemini?key=1"}, "GEMINI_MODEL"},
		"no scheme":       {gemini.Options{APIKey: theKey, URL: "generativelanguage.googleapis.com"}, "GEMINI_API_URL"},
		"other scheme":    {gemini.Options{APIKey: theKey, URL: "ftp://x.example"}, "GEMINI_API_URL"},
		"credentials":     {gemini.Options{APIKey: theKey, URL: "https://a:" + theKey + "@x.example"}, "GEMINI_API_URL"},
		"query":           {gemini.Options{APIKey: theKey, URL: "https://x.example/?key=" + theKey}, "GEMINI_API_URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := gemini.New(c.options)
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.word) {
				t.Errorf("got %v", err)
			}
			tellsNothing(t, err)
		})
	}
}

func TestPrices(t *testing.T) {
	t.Parallel()
	count := map[string]any{"promptTokenCount": 1000, "candidatesTokenCount": 1000}
	for model, want := range map[string]int64{
		"gemini-3.8-flash": 9000, "gemini-3.5-flash-lite": 2800, "gemini-3.5-flash": 10_500, "models/gemini-2.5-flash-lite-preview": 500, "gemini-99-ultra": 14_000,
	} {
		t.Run(model, func(t *testing.T) {
			t.Parallel()
			v := newVendor(t, raw(200, reply(goodJudgement, "STOP", count)))
			_, spent, err := v.model(func(o *gemini.Options) { o.Model = model }).Judge(t.Context(), criteria(), facts())
			if err != nil || spent.CostMicros != want {
				t.Errorf("cost %d, want %d (%v)", spent.CostMicros, want, err)
			}
		})
	}
	v := newVendor(t, raw(200, reply(goodJudgement, "STOP", count)))
	m := v.model(func(o *gemini.Options) { o.Prices = gemini.Prices{"gemini-": {In: 1_000_000, Out: 1}} })
	if _, spent, err := m.Judge(t.Context(), criteria(), facts()); err != nil || spent.CostMicros != 1001 {
		t.Errorf("own prices: %+v, %v", spent, err)
	}
}
