package gemini_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leadagent/leadagent/adapters/gemini"
	"github.com/leadagent/leadagent/ports"
)

var update = flag.Bool("update", false, "write the golden files anew")

// request is what the wire must carry, as Google documents generateContent.
type request struct {
	Contents []struct {
		Role  string
		Parts []struct{ Text string }
	}
	SystemInstruction struct {
		Parts []struct{ Text string }
	}
	GenerationConfig struct {
		ResponseMimeType string
		ResponseSchema   struct {
			Type       any
			Properties map[string]any
			Required   []string
		}
		ThinkingConfig  map[string]any
		MaxOutputTokens int
		Temperature     *float64
	}
	Tools any
}

func ask(t *testing.T, role string, m *gemini.Model) {
	t.Helper()
	var err error
	switch role {
	case "reader":
		_, _, err = m.Read(t.Context(), reading())
	case "judge":
		_, _, err = m.Judge(t.Context(), criteria(), facts())
	case "writer":
		_, _, err = m.Write(t.Context(), writing())
	}
	if err != nil {
		t.Fatalf("%s: %v", role, err)
	}
}

func answers() map[string]string {
	return map[string]string{"reader": `{"language":"en","facts":[],"actions":[],"done":true}`, "judge": goodJudgement, "writer": `{"subject":"a","body":"b","facts_used":[]}`}
}

// TestRequests keeps every word that leaves: instructions, task, input and schema of each role.
func TestRequests(t *testing.T) {
	t.Parallel()
	for role, answer := range answers() {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			v := newVendor(t, says(answer))
			ask(t, role, v.model())
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, []byte(sorted(t, v.body(0))), "", "  "); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", role+".request.json")
			if *update {
				if err := os.WriteFile(golden, append(pretty.Bytes(), '\n'), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got := pretty.String() + "\n"; got != string(want) {
				t.Errorf("the request changed; look at it and run go test -update:\n%s", got)
			}
		})
	}
}

func sorted(t *testing.T, body string) string {
	t.Helper()
	var doc any
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		t.Fatalf("request is no JSON: %v", err)
	}
	out, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestTheWire(t *testing.T) {
	t.Parallel()
	properties := map[string][]string{"reader": {"language", "facts", "actions", "done"}, "judge": {"category", "reason", "confidence"}, "writer": {"subject", "body", "facts_used"}}
	for role, answer := range answers() {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			v := newVendor(t, says(answer))
			ask(t, role, v.model())
			if v.urls[0] != "/v1beta/models/"+gemini.DefaultModel+":generateContent" {
				t.Errorf("URL %q", v.urls[0])
			}
			if got := v.headers[0].Values("X-Goog-Api-Key"); len(got) != 1 || got[0] != theKey {
				t.Errorf("key header %q", got)
			}
			if got := v.headers[0].Get("Authorization"); got != "" {
				t.Errorf("Authorization %q", got)
			}
			var sent request
			if err := json.Unmarshal([]byte(v.body(0)), &sent); err != nil {
				t.Fatal(err)
			}
			if len(sent.Contents) != 1 || len(sent.Contents[0].Parts) != 1 || sent.Contents[0].Role != "user" || sent.Tools != nil {
				t.Errorf("contents %+v", sent.Contents)
			}
			if sent.GenerationConfig.ResponseMimeType != "application/json" || sent.GenerationConfig.Temperature != nil || sent.GenerationConfig.MaxOutputTokens != 8192 {
				t.Errorf("config %+v", sent.GenerationConfig)
			}
			for _, name := range properties[role] {
				if _, ok := sent.GenerationConfig.ResponseSchema.Properties[name]; !ok {
					t.Errorf("schema lacks %s", name)
				}
			}
			if len(sent.GenerationConfig.ResponseSchema.Properties) != len(properties[role]) {
				t.Errorf("schema has %v", sent.GenerationConfig.ResponseSchema.Properties)
			}
			wellEnveloped(t, sent.Contents[0].Parts[0].Text)
		})
	}
}

// wellEnveloped checks that the input stands alone between its marks and that nothing in it forges one.
func wellEnveloped(t *testing.T, text string) {
	t.Helper()
	before, rest, ok := strings.Cut(text, "\n<input>\n")
	input, after, closed := strings.Cut(rest, "\n</input>")
	if !ok || !closed || after != "" || strings.ContainsAny(before, "<>\n") || strings.ContainsAny(input, "<>&\n") {
		t.Errorf("envelope: %q", text)
	}
	if !json.Valid([]byte(input)) {
		t.Errorf("input is no JSON: %s", input)
	}
}

func TestThinkingFollowsTheModel(t *testing.T) {
	t.Parallel()
	for model, want := range map[string]string{
		"gemini-3.8-flash": `{"thinkingLevel":"low"}`, "models/gemini-3-flash-preview": `{"thinkingLevel":"low"}`, "gemini-3.1-pro-preview": `{"thinkingLevel":"low"}`,
		"gemini-4-flash": `{"thinkingLevel":"low"}`, "gemini-12.1-flash": `{"thinkingLevel":"low"}`,
		"gemini-2.5-pro": `{"thinkingBudget":512}`, "gemini-2.5-flash-lite": `{"thinkingBudget":512}`,
		"gemini-2.0-flash": `null`, "gemini-flash-latest": `null`, "gemma-4": `null`, "tunedModels/our-own": `null`,
	} {
		t.Run(model, func(t *testing.T) {
			t.Parallel()
			v := newVendor(t, says(goodJudgement))
			ask(t, "judge", v.model(func(o *gemini.Options) { o.Model = model }))
			var sent request
			if err := json.Unmarshal([]byte(v.body(0)), &sent); err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(sent.GenerationConfig.ThinkingConfig)
			if err != nil || string(got) != want {
				t.Errorf("thinkingConfig %s, want %s", got, want)
			}
			if !strings.Contains(v.urls[0], strings.TrimPrefix(model, "models/")+":generateContent") {
				t.Errorf("URL %q", v.urls[0])
			}
		})
	}
}

func TestBaseURLMayHaveAPath(t *testing.T) {
	t.Parallel()
	v := newVendor(t, says(goodJudgement))
	for i, suffix := range []string{"", "/", "/proxy", "/proxy/"} {
		ask(t, "judge", v.model(func(o *gemini.Options) { o.URL += suffix }))
		if want := strings.TrimSuffix(suffix, "/") + "/v1beta/models/"; !strings.HasPrefix(v.urls[i], want) {
			t.Errorf("%q: %q", suffix, v.urls[i])
		}
	}
}

func TestTheJudgeSeesNoAddressAndNoPhone(t *testing.T) {
	t.Parallel()
	hidden := []string{
		"ana.bauer@northwind.example", "ana@localhost", "ANA+x@NORTHWIND.EXAMPLE", "ünal@müller.example", "+43 660 1234567", "0660/1234567",
		"(555) 010-9999", "555-0123", "+1 (555) 010.9999", "5550109999", "030 1234567", "+٤٣٦٦٠١٢٣٤٥٦٧", "+49\u00a0171\u202f1234567",
	}
	shown := []string{
		"400 leads", "1,500,000 euros", "€ 250.000", "2026-11-23", "2026-01-01 to 2026-03-31", "24.12.2026", "01/02/2026", "2019-2026", "ISO 27001", "v1.22.333", "12 000 000 euros",
	}
	v := newVendor(t, says(goodJudgement))
	given := []ports.Fact{}
	for _, s := range append(append([]string{}, hidden...), shown...) {
		given = append(given, ports.Fact{ID: "f", Claim: "They say " + s + ".", Quotation: "It is " + s + " here", SourceKind: "message", URL: "https://x.example/?ana@northwind.example"})
	}
	if _, _, err := v.model().Judge(t.Context(), criteria(), given); err != nil {
		t.Fatal(err)
	}
	for _, s := range hidden {
		if strings.Contains(v.body(0), s) {
			t.Errorf("%q went out", s)
		}
	}
	for _, s := range shown {
		if strings.Count(v.body(0), s) != 2 {
			t.Errorf("%q was masked", s)
		}
	}
}

func TestTheReaderSeesTheDomainOnly(t *testing.T) {
	t.Parallel()
	v := newVendor(t, says(`{}`))
	r := reading()
	r.EmailDomain = "ana.bauer@northwind.example"
	if _, _, err := v.model().Read(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(v.body(0), "ana.bauer") || !strings.Contains(v.body(0), `\"email_domain\":\"northwind.example\"`) {
		t.Error(v.body(0))
	}
}

func TestWithoutToolsTheSchemaHasNoEmptyEnum(t *testing.T) {
	t.Parallel()
	v := newVendor(t, says(`{}`))
	if _, _, err := v.model().Read(t.Context(), ports.Reading{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(v.body(0), `"enum"`) || strings.Contains(v.body(0), ":null") {
		t.Error(v.body(0))
	}
}
