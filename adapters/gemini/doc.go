// Package gemini is the reader, the judge and the writer on Google's Gemini API (REST, generateContent with structured output).
//
// It owns the wire: what is asked in which words (prompts/), the schema of every answer, how an answer or a refusal becomes a value of
// ports or a fault, and what a call cost. It never retries and keeps no budget; those who call it do. The three roles share a connection
// and nothing else: the reader gets untrusted text and no power, the judge gets facts without addresses and phone numbers, the writer gets
// neither the message nor a recipient.
//
// The vendor has ended the support of the Go client that is used here, github.com/google/generative-ai-go. What the client gets wrong is
// put right in one place, the transport: the key travels in a header and never in a URL, a refusal becomes a fault with the vendor's
// Retry-After, answers are bounded, and parts that the client would stumble over (thoughts, signatures, new finish reasons) never reach it.
package gemini
