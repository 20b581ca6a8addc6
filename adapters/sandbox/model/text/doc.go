// Package text gives the sandbox's model its eyes: words with their place in the original, phrases to find among them,
// sentences, and the language of a message.
//
// It knows letters and nothing of leads. Whatever it returns as a piece of a text is an exact substring of that text.
package text
