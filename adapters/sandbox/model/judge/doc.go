// Package judge is the sandbox model's judge: it weighs facts against the organization's criteria and returns a category, the
// reason in plain words, and how sure it is.
//
// It sees claims and quotations only, never the message, and knows nothing of who wrote it.
package judge
