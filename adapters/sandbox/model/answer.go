package model

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// bytesPerToken is the vendor's rule of thumb (guide "Understand and count tokens"): a token is about four characters.
const bytesPerToken = 4

func tokens(text string) int {
	return (len(text) + bytesPerToken - 1) / bytesPerToken
}

// answer is a GenerateContentResponse in the making.
type answer struct {
	role   Role
	model  string
	text   string
	finish string
	// thoughts is the text of a part marked as thought, before the answer's own.
	thoughts string
	prompt   int
	number   int64
	// numeric says that enums go out as numbers, as a query of $alt=json;enum-encoding=int asks.
	numeric bool
	// without leaves out parts of the response: "candidates", "content", "everything".
	without string
	blocked bool
	raw     string
	// cut keeps only so many bytes of the finished document.
	cut int
}

func (a *answer) bytes() []byte {
	if a.raw != "" {
		return []byte(a.raw)
	}
	body, err := json.MarshalIndent(a.document(), "", "  ")
	if err != nil {
		return []byte("{}")
	}
	if a.cut > 0 && a.cut < len(body) {
		body = body[:a.cut]
	}
	return body
}

// document is a GenerateContentResponse. API reference: "GenerateContentResponse".
func (a *answer) document() map[string]any {
	if a.without == "everything" {
		return map[string]any{}
	}
	document := map[string]any{"usageMetadata": a.usage(), "modelVersion": a.model, "responseId": a.id()}
	switch {
	case a.blocked:
		document["promptFeedback"] = map[string]any{"blockReason": a.enum("SAFETY", 1)}
	case a.without != "candidates":
		document["candidates"] = []any{a.candidate()}
	}
	return document
}

func (a *answer) candidate() map[string]any {
	candidate := map[string]any{"finishReason": a.finishReason(), "index": 0}
	if a.without != "content" {
		candidate["content"] = map[string]any{"parts": a.parts(), "role": "model"}
	}
	return candidate
}

func (a *answer) parts() []any {
	var parts []any
	if a.thoughts != "" {
		parts = append(parts, map[string]any{"text": a.thoughts, "thought": true})
	}
	return append(parts, map[string]any{"text": a.text})
}

func (a *answer) finishReason() any {
	switch a.finish {
	case "STOP":
		return a.enum(a.finish, 1)
	case "MAX_TOKENS":
		return a.enum(a.finish, 2)
	case "SAFETY":
		return a.enum(a.finish, 3)
	}
	// A reason that no client knows yet.
	return a.enum(a.finish, 99)
}

func (a *answer) enum(name string, number int) any {
	if a.numeric {
		return number
	}
	return name
}

func (a *answer) usage() map[string]any {
	candidates, thoughts := tokens(a.text), tokens(a.thoughts)
	usage := map[string]any{
		"promptTokenCount": a.prompt, "candidatesTokenCount": candidates, "totalTokenCount": a.prompt + candidates + thoughts,
		"promptTokensDetails": []any{map[string]any{"modality": a.enum("TEXT", 1), "tokenCount": a.prompt}},
	}
	if thoughts > 0 {
		usage["thoughtsTokenCount"] = thoughts
	}
	return usage
}

// id is different for every answer of a server and the same in every run.
func (a *answer) id() string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%d %s", a.number, a.role)))
	return base64.RawURLEncoding.EncodeToString(sum[:15])
}

// count answers models.countTokens.
func (s *Server) count(w http.ResponseWriter, r *http.Request, name string) {
	if !knownModel(name) {
		unknownModel(name, "countTokens").write(w)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		invalid("", "Request body could not be read.").write(w)
		return
	}
	writeJSON(w, map[string]any{"totalTokens": tokens(string(body))})
}

// describe answers models.list and models.get, which connection tests call.
func describe(w http.ResponseWriter, name string) {
	if name != "" && !knownModel(name) {
		unknownModel(name, "generateContent").write(w)
		return
	}
	of := func(name string) map[string]any {
		return map[string]any{
			"name": "models/" + name, "version": "001", "displayName": "Sandbox " + name, "description": "Deterministic rules behind the API's wire.",
			"inputTokenLimit": 1048576, "outputTokenLimit": 65536, "supportedGenerationMethods": []string{"generateContent", "countTokens"},
		}
	}
	if name != "" {
		writeJSON(w, of(name))
		return
	}
	writeJSON(w, map[string]any{"models": []any{of("gemini-3-flash-preview"), of("gemini-3-pro-preview")}})
}

func writeJSON(w http.ResponseWriter, document any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	// A write error means that the caller is gone.
	_ = json.NewEncoder(w).Encode(document)
}
