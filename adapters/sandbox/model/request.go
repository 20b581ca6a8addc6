package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// request is what the emulator needs of a GenerateContentRequest.
type request struct {
	// prompt is every text of the request, for counting tokens.
	prompt string
	// last is the text of the last content, which the roles' input stands in.
	last      string
	schema    *schema
	maxTokens int
}

// object is a decoded JSON object whose keys are in the API's lowerCamelCase.
type object map[string]any

// parse reads and checks a body as the vendor does. API reference: "Method: models.generateContent".
func parse(body []byte) (request, *apiError) {
	root, e := decode(body)
	if e != nil {
		return request{}, e
	}
	if e := only(root, "", "model contents systemInstruction tools toolConfig safetySettings generationConfig cachedContent serviceTier store"); e != nil {
		return request{}, e
	}
	var r request
	if e := r.instruction(root); e != nil {
		return request{}, e
	}
	if e := r.contents(root); e != nil {
		return request{}, e
	}
	return r, r.config(root)
}

// decode reads one JSON object with strings of valid UTF-8 and turns snake_case keys into camelCase, since the vendor takes either.
func decode(body []byte) (object, *apiError) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var root any
	if err := decoder.Decode(&root); err != nil {
		return nil, invalid("", "Invalid JSON payload received. %s", jsonProblem(err))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, invalid("", "Invalid JSON payload received. Expected end of the document.")
	}
	fields, ok := camel(root).(object)
	if !ok {
		return nil, invalid("", "Invalid JSON payload received. The root must be an object.")
	}
	return fields, nil
}

func jsonProblem(err error) string {
	if errors.Is(err, io.EOF) {
		return "The body is empty."
	}
	return err.Error()
}

func camel(v any) any {
	switch v := v.(type) {
	case map[string]any:
		fields := object{}
		for key, value := range v {
			if key == "properties" {
				fields[key] = namesKept(value)
				continue
			}
			fields[camelKey(key)] = camel(value)
		}
		return fields
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = camel(v[i])
		}
		return list
	}
	return v
}

// namesKept leaves the names of a schema's properties as they are: they are the caller's own.
func namesKept(v any) any {
	properties, ok := v.(map[string]any)
	if !ok {
		return v
	}
	fields := object{}
	for name, value := range properties {
		fields[name] = camel(value)
	}
	return fields
}

func camelKey(key string) string {
	var b strings.Builder
	upper := false
	for i, r := range key {
		if r == '_' && i > 0 {
			upper = true
			continue
		}
		if upper {
			r = unicode.ToUpper(r)
		}
		b.WriteRune(r)
		upper = false
	}
	return b.String()
}

// only refuses fields that are not among the names.
func only(o object, at, names string) *apiError {
	known := strings.Fields(names)
	for key := range o {
		if !slices.Contains(known, key) {
			return unknownField(key, at)
		}
	}
	return nil
}

func (r *request) instruction(root object) *apiError {
	v, ok := root["systemInstruction"]
	if !ok {
		return nil
	}
	text, e := content(v, "system_instruction", false)
	r.prompt += text
	return e
}

func (r *request) contents(root object) *apiError {
	list, ok := root["contents"].([]any)
	if !ok || len(list) == 0 {
		return invalid("GenerateContentRequest.contents", "contents is not specified")
	}
	for i, v := range list {
		text, e := content(v, fmt.Sprintf("contents[%d]", i), true)
		if e != nil {
			return e
		}
		r.prompt += text
		r.last = text
	}
	return nil
}

const partFields = "text inlineData functionCall functionResponse fileData executableCode codeExecutionResult thought thoughtSignature " +
	"videoMetadata partMetadata mediaResolution"

// content checks one Content and returns its text.
func content(v any, at string, withRole bool) (string, *apiError) {
	o, ok := v.(object)
	if !ok {
		return "", invalid("GenerateContentRequest."+at, "must be an object")
	}
	if e := only(o, at, "parts role"); e != nil {
		return "", e
	}
	if role, _ := o["role"].(string); withRole && role != "" && role != "user" && role != "model" && role != "function" {
		return "", invalid("", "Please use a valid role: user, model.")
	}
	parts, ok := o["parts"].([]any)
	if !ok || len(parts) == 0 {
		return "", invalid("GenerateContentRequest."+at+".parts", "contents.parts must not be empty.")
	}
	var text strings.Builder
	for i, p := range parts {
		part, ok := p.(object)
		if !ok {
			return "", invalid("GenerateContentRequest."+at+".parts", "must be objects")
		}
		if e := only(part, fmt.Sprintf("%s.parts[%d]", at, i), partFields); e != nil {
			return "", e
		}
		said, isText := part["text"].(string)
		if _, given := part["text"]; given && !isText || len(part) == 0 {
			return "", invalid(fmt.Sprintf("GenerateContentRequest.%s.parts[%d].data", at, i), "required oneof field 'data' must have one initialized field")
		}
		text.WriteString(said)
	}
	return text.String(), nil
}

const configFields = "candidateCount stopSequences maxOutputTokens temperature topP topK responseMimeType responseSchema responseJsonSchema _responseJsonSchema " +
	"presencePenalty frequencyPenalty responseLogprobs logprobs seed enableEnhancedCivicAnswers speechConfig thinkingConfig mediaResolution responseModalities imageConfig"

// config checks generationConfig. API reference: "GenerationConfig".
func (r *request) config(root object) *apiError {
	v, given := root["generationConfig"]
	if !given {
		return nil
	}
	c, ok := v.(object)
	if !ok {
		return invalid("GenerateContentRequest.generation_config", "must be an object")
	}
	if e := only(c, "generation_config", configFields); e != nil {
		return e
	}
	if e := ranges(c); e != nil {
		return e
	}
	if n, ok := integer(c["maxOutputTokens"]); ok {
		r.maxTokens = n
	}
	return r.structured(c)
}

// ranges checks the numbers and the thinking config.
func ranges(c object) *apiError {
	if t, ok := float(c["temperature"]); ok && (t < 0 || t > 2) {
		return invalid("GenerateContentRequest.generation_config.temperature", "temperature must be in the range [0.0, 2.0].")
	}
	if p, ok := float(c["topP"]); ok && (p < 0 || p > 1) {
		return invalid("GenerateContentRequest.generation_config.top_p", "top_p must be in the range [0.0, 1.0].")
	}
	if n, ok := integer(c["candidateCount"]); ok && (n < 0 || n > 8) {
		return invalid("GenerateContentRequest.generation_config.candidate_count", "candidate_count must be in the range [1, 8].")
	}
	if n, ok := integer(c["maxOutputTokens"]); ok && n < 1 {
		return invalid("GenerateContentRequest.generation_config.max_output_tokens", "max_output_tokens must be positive.")
	}
	thinking, ok := c["thinkingConfig"].(object)
	if !ok {
		return nil
	}
	if _, level := thinking["thinkingLevel"]; level && thinking["thinkingBudget"] != nil {
		return invalid("", "You can only set only one of thinking budget and thinking level.")
	}
	return only(thinking, "generation_config.thinking_config", "includeThoughts thinkingBudget thinkingLevel")
}

var mimeTypes = regexp.MustCompile(`^(|text/plain|application/json|text/x\.enum)$`)

// structured checks the response schema. Guide: "Structured output".
func (r *request) structured(c object) *apiError {
	mimeType, _ := c["responseMimeType"].(string)
	if !mimeTypes.MatchString(mimeType) {
		return invalid("GenerateContentRequest.generation_config.response_mime_type", "allowed mimetypes are `text/plain`, `application/json` and `text/x.enum`.")
	}
	raw, given := c["responseSchema"]
	if !given || raw == nil {
		return nil
	}
	if mimeType != "application/json" && mimeType != "text/x.enum" {
		return invalid("GenerateContentRequest.generation_config.response_schema", "only supported with response_mime_type `application/json` or `text/x.enum`.")
	}
	parsed, e := parseSchema(raw, "GenerateContentRequest.generation_config.response_schema")
	r.schema = parsed
	return e
}

// integer reads a number, or one in a string, as JSON carries 64-bit ones.
func integer(v any) (int, bool) {
	n, ok := float(v)
	return int(n), ok
}

func float(v any) (float64, bool) {
	var digits string
	switch v := v.(type) {
	case json.Number:
		digits = v.String()
	case string:
		digits = v
	default:
		return 0, false
	}
	n, err := strconv.ParseFloat(digits, 64)
	return n, err == nil
}
