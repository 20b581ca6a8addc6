// Package model emulates the wire of Google's Generative Language API (v1beta generateContent over REST) and answers it by
// deterministic rules instead of a language model.
//
// It was written from these pages of ai.google.dev: "Generating content" (API reference: generateContent, GenerateContentRequest,
// GenerationConfig, Schema, Candidate, UsageMetadata), "Models" (API reference), "Structured output", "API errors" (GenerateContent)
// and "Using Gemini API keys"; and from AIP-193, which defines the error envelope. It refuses what these refuse: a missing key, an
// unknown model, an unknown field, a schema that is no schema.
//
// Three kinds of request are understood, told apart by their response schema: a reader's turn, a judge's case and a writer's order,
// each a JSON document between <input> and </input> in the last user content. Any other request is answered with the emptiest
// document that fits its schema. The package must not know who asks, nor any name or message in advance.
package model
