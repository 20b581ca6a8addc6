package model_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/generative-ai-go/genai"
	"google.golang.org/api/option"

	"github.com/leadagent/leadagent/adapters/sandbox/model"
)

const generatePath = "/v1beta/models/gemini-3-flash-preview:generateContent"

// bench is the emulator behind real HTTP.
type bench struct {
	t      *testing.T
	server *model.Server
	url    string
}

func setup(t *testing.T) *bench {
	t.Helper()
	server := model.New(model.Options{Key: "right-key"})
	web := httptest.NewServer(server)
	t.Cleanup(func() { server.Faults.Clear(); web.Close() })
	return &bench{t: t, server: server, url: web.URL}
}

// post sends a body with the right key and returns status, headers and answer.
func (b *bench) post(path, body string) (int, http.Header, []byte) {
	b.t.Helper()
	return b.postAs("right-key", path, body)
}

func (b *bench) postAs(key, path, body string) (int, http.Header, []byte) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, b.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set("X-Goog-Api-Key", key)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(response.Body); err != nil {
		b.t.Fatal(err)
	}
	return response.StatusCode, response.Header, answer.Bytes()
}

const judgeSchema = `{"type":"OBJECT","properties":{"category":{"type":"STRING","enum":["QUALIFIED","FOLLOW_UP","SUPPORT","UNQUALIFIED"]},` +
	`"reason":{"type":"STRING"},"confidence":{"type":"NUMBER"}},"required":["category","reason","confidence"]}`

const readerSchema = `{"type":6,"properties":{"language":{"type":1},"done":{"type":4},` +
	`"facts":{"type":5,"items":{"type":6,"properties":{"claim":{"type":1},"quotation":{"type":1},"source":{"type":1}}}},` +
	`"actions":{"type":5,"items":{"type":6,"properties":{"tool":{"type":1,"enum":["search","fetch_url","crm_search"]},"argument":{"type":1}}}}}}`

// request wraps an input document and a schema the way the program does.
func request(t *testing.T, input, schema string) string {
	t.Helper()
	text, err := json.Marshal("Do your task.\n<input>\n" + input + "\n</input>")
	if err != nil {
		t.Fatal(err)
	}
	return `{"contents":[{"role":"user","parts":[{"text":` + string(text) + `}]}],"systemInstruction":{"parts":[{"text":"You are careful."}]},` +
		`"generationConfig":{"temperature":0,"responseMimeType":"application/json","responseSchema":` + schema + `,"thinkingConfig":{"thinkingLevel":"low"}}}`
}

func judgeRequest(t *testing.T) string {
	t.Helper()
	return request(t, `{"criteria":{},"facts":[{"id":"f1","claim":"Asks for a demonstration","quotation":"a demo","source_kind":"message"},`+
		`{"id":"f2","claim":"Size: 200 users","quotation":"200 users","source_kind":"message"}]}`, judgeSchema)
}

type response struct {
	Candidates []struct {
		Content *struct {
			Role  string
			Parts []struct {
				Text    string
				Thought bool
			}
		}
		FinishReason any
	}
	PromptFeedback map[string]any
	UsageMetadata  struct{ PromptTokenCount, CandidatesTokenCount, TotalTokenCount int }
	ModelVersion   string
	ResponseID     string `json:"responseId"`
}

func decode(t *testing.T, body []byte) response {
	t.Helper()
	var r response
	if err := json.Unmarshal(body, &r); err != nil {
		t.Fatalf("%v in %.300s", err, body)
	}
	return r
}

func TestAnswerHasTheShapeThatGoogleDocuments(t *testing.T) {
	t.Parallel()
	b := setup(t)
	status, _, body := b.post(generatePath, judgeRequest(t))
	r := decode(t, body)
	if status != http.StatusOK || len(r.Candidates) != 1 || r.Candidates[0].FinishReason != "STOP" || r.Candidates[0].Content.Role != "model" {
		t.Fatalf("%d %s", status, body)
	}
	var verdict struct {
		Category   string
		Reason     string
		Confidence float64
	}
	text := r.Candidates[0].Content.Parts[0].Text
	if err := json.Unmarshal([]byte(text), &verdict); err != nil || verdict.Category != "QUALIFIED" || !strings.Contains(verdict.Reason, "200 users") {
		t.Errorf("verdict %+v, %v", verdict, err)
	}
	u := r.UsageMetadata
	if u.PromptTokenCount < 40 || u.CandidatesTokenCount != (len(text)+3)/4 || u.TotalTokenCount != u.PromptTokenCount+u.CandidatesTokenCount {
		t.Errorf("usage %+v for a text of %d", u, len(text))
	}
	if r.ModelVersion != "gemini-3-flash-preview" || r.ResponseID == "" {
		t.Errorf("model %q, response %q", r.ModelVersion, r.ResponseID)
	}
}

func TestTheSameRequestGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, _, first := b.post(generatePath, judgeRequest(t))
	_, _, second := b.post(generatePath, judgeRequest(t))
	if a, z := decode(t, first).Candidates[0].Content.Parts[0].Text, decode(t, second).Candidates[0].Content.Parts[0].Text; a != z {
		t.Errorf("%s\n%s", a, z)
	}
}

func TestRefusesWhatGoogleRefuses(t *testing.T) {
	t.Parallel()
	good := judgeRequest(t)
	for name, c := range map[string]struct {
		key, path, body string
		status          int
		state, says     string
	}{
		"no key":             {"", generatePath, good, 403, "PERMISSION_DENIED", "unregistered callers"},
		"wrong key":          {"other", generatePath, good, 400, "INVALID_ARGUMENT", "API key not valid"},
		"unknown model":      {"right-key", "/v1beta/models/gpt-9:generateContent", good, 404, "NOT_FOUND", "models/gpt-9 is not found"},
		"retired model":      {"right-key", "/v1beta/models/gemini-1.5-pro:generateContent", good, 404, "NOT_FOUND", "is not found"},
		"unknown method":     {"right-key", "/v1beta/models/gemini-3-flash:dream", good, 404, "NOT_FOUND", ""},
		"other version":      {"right-key", "/v2/models/gemini-3-flash:generateContent", good, 404, "NOT_FOUND", ""},
		"empty body":         {"right-key", generatePath, "", 400, "INVALID_ARGUMENT", "Invalid JSON payload"},
		"broken JSON":        {"right-key", generatePath, `{"contents":`, 400, "INVALID_ARGUMENT", "Invalid JSON payload"},
		"two documents":      {"right-key", generatePath, good + "{}", 400, "INVALID_ARGUMENT", "Invalid JSON payload"},
		"no contents":        {"right-key", generatePath, `{}`, 400, "INVALID_ARGUMENT", "contents is not specified"},
		"no parts":           {"right-key", generatePath, `{"contents":[{"role":"user"}]}`, 400, "INVALID_ARGUMENT", "parts must not be empty"},
		"wrong role":         {"right-key", generatePath, `{"contents":[{"role":"assistant","parts":[{"text":"x"}]}]}`, 400, "INVALID_ARGUMENT", "valid role"},
		"unknown field":      {"right-key", generatePath, `{"contents":[{"parts":[{"text":"x"}]}],"prompt":"x"}`, 400, "INVALID_ARGUMENT", `Unknown name "prompt"`},
		"unknown config":     {"right-key", generatePath, strings.Replace(good, `"temperature":0`, `"temperatur":0`, 1), 400, "INVALID_ARGUMENT", `Unknown name "temperatur"`},
		"hot":                {"right-key", generatePath, strings.Replace(good, `"temperature":0`, `"temperature":3`, 1), 400, "INVALID_ARGUMENT", "temperature"},
		"schema as text":     {"right-key", generatePath, strings.Replace(good, "application/json", "text/plain", 1), 400, "INVALID_ARGUMENT", "response_mime_type"},
		"schema type":        {"right-key", generatePath, strings.Replace(good, `{"type":"NUMBER"}`, `{"type":"DECIMAL"}`, 1), 400, "INVALID_ARGUMENT", "Invalid value"},
		"schema no type":     {"right-key", generatePath, strings.Replace(good, `{"type":"NUMBER"}`, `{}`, 1), 400, "INVALID_ARGUMENT", "must be specified"},
		"schema type number": {"right-key", generatePath, strings.Replace(good, `{"type":"NUMBER"}`, `{"type":9}`, 1), 400, "INVALID_ARGUMENT", "must be specified"},
		"array, no items":    {"right-key", generatePath, strings.Replace(good, `{"type":"NUMBER"}`, `{"type":"ARRAY"}`, 1), 400, "INVALID_ARGUMENT", "items: missing field"},
		"object, no fields":  {"right-key", generatePath, strings.Replace(good, `{"type":"NUMBER"}`, `{"type":"OBJECT"}`, 1), 400, "INVALID_ARGUMENT", "non-empty for OBJECT"},
		"undefined required": {"right-key", generatePath, strings.Replace(good, `"required":["category"`, `"required":["mood"`, 1), 400, "INVALID_ARGUMENT", "property is not defined"},
		"JSON schema words":  {"right-key", generatePath, strings.Replace(good, `{"type":"NUMBER"}`, `{"type":"NUMBER","$ref":"x"}`, 1), 400, "INVALID_ARGUMENT", `Unknown name "$ref"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, _, body := setup(t).postAs(c.key, c.path, c.body)
			var refused struct {
				Error struct {
					Code    int
					Message string
					Status  string
				}
			}
			if err := json.Unmarshal(body, &refused); err != nil {
				t.Fatalf("%v in %s", err, body)
			}
			if status != c.status || refused.Error.Code != c.status || refused.Error.Status != c.state || !strings.Contains(refused.Error.Message, c.says) {
				t.Errorf("got %d %s", status, body)
			}
		})
	}
}

func TestReaderSchemaWithNumberedTypesAndSnakeCase(t *testing.T) {
	t.Parallel()
	b := setup(t)
	input := `{"lead":{"company":"","email_domain":"gmail.com"},"tools":[{"name":"search"}],"turn":1,"turns_left":19,` +
		`"sources":[{"id":"message","kind":"message","text":"We need a demo for 200 users."}],"actions_done":[]}`
	body := request(t, input, readerSchema)
	body = strings.NewReplacer("generationConfig", "generation_config", "responseSchema", "response_schema", "responseMimeType", "response_mime_type", "systemInstruction", "system_instruction").Replace(body)
	status, _, answer := b.post(generatePath, body)
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	text := decode(t, answer).Candidates[0].Content.Parts[0].Text
	if !strings.Contains(text, "Size: 200 users") || !strings.Contains(text, `"done":true`) || !strings.Contains(text, `"actions":[]`) {
		t.Errorf("reader answered %s", text)
	}
}

// The client library that the program uses must get through: enums as numbers in both directions, its query, its headers.
func TestGenerativeAIGoGetsThrough(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	client, err := genai.NewClient(ctx, option.WithEndpoint(b.url), option.WithAPIKey("unused"), option.WithHTTPClient(&http.Client{Transport: keyed{}}))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	m := client.GenerativeModel("gemini-3-flash-preview")
	m.ResponseMIMEType = "application/json"
	m.SystemInstruction = genai.NewUserContent(genai.Text("You are careful."))
	m.ResponseSchema = &genai.Schema{Type: genai.TypeObject, Required: []string{"category", "reason"}, Properties: map[string]*genai.Schema{
		"category": {Type: genai.TypeString, Enum: []string{"QUALIFIED", "FOLLOW_UP", "SUPPORT", "UNQUALIFIED"}}, "reason": {Type: genai.TypeString}, "confidence": {Type: genai.TypeNumber},
	}}
	r, err := m.GenerateContent(ctx, genai.Text("Judge.\n<input>\n{\"facts\":[{\"id\":\"f1\",\"claim\":\"Cannot get into an account\",\"source_kind\":\"message\"}]}\n</input>"))
	if err != nil {
		t.Fatal(err)
	}
	text, ok := r.Candidates[0].Content.Parts[0].(genai.Text)
	if !ok || !strings.Contains(string(text), `"SUPPORT"`) || r.Candidates[0].FinishReason != genai.FinishReasonStop || r.UsageMetadata.TotalTokenCount == 0 {
		t.Errorf("answer %v, finish %v, usage %+v", text, r.Candidates[0].FinishReason, r.UsageMetadata)
	}
	if calls := b.server.Calls(); len(calls) != 1 || calls[0].Role != model.RoleJudge || !json.Valid(calls[0].Input) {
		t.Errorf("recorded %+v", calls)
	}
}

// keyed puts the key into the header, as the program does.
type keyed struct{}

func (keyed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Goog-Api-Key", "right-key")
	return http.DefaultTransport.RoundTrip(r)
}

func TestAnUnknownSchemaGetsTheEmptiestDocument(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, _, body := b.post(generatePath, request(t, "{}", `{"type":"OBJECT","properties":{"ok":{"type":"BOOLEAN"},"note":{"type":"STRING"}},"required":["ok"]}`))
	if text := decode(t, body).Candidates[0].Content.Parts[0].Text; text != `{"ok":false}` {
		t.Errorf("answered %s", text)
	}
	_, _, body = b.post(generatePath, `{"contents":[{"parts":[{"text":"ping"}]}]}`)
	if text := decode(t, body).Candidates[0].Content.Parts[0].Text; text == "" {
		t.Error("no text for a request without a schema")
	}
}
