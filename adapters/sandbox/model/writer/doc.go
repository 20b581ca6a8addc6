// Package writer is the sandbox model's writer: it drafts a short, warm reply in plain text from checked facts, the judgement and
// the organization's approved knowledge, in English, German, French or Spanish.
//
// It repeats only details that are safe to repeat: no links, no markup, no addresses.
package writer
