package gemini

import (
	"maps"
	"slices"

	"github.com/google/generative-ai-go/genai"
)

type properties map[string]*genai.Schema

// object is an object whose properties are all required (https://ai.google.dev/gemini-api/docs/structured-output).
func object(p properties) *genai.Schema {
	return &genai.Schema{Type: genai.TypeObject, Properties: p, Required: slices.Sorted(maps.Keys(p))}
}

func text(description string) *genai.Schema {
	return &genai.Schema{Type: genai.TypeString, Description: description}
}
