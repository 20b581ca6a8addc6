// Package reader is the sandbox model's reader: it answers a research turn with facts that quote their sources and with the read
// actions that it wants next.
//
// It decides by fixed rules and remembers nothing between turns. A text that gives instructions is reported as such and obeyed
// in nothing.
package reader
