package web

import (
	"html"
	"net/url"
)

// EmbedPath is the fixed address of embed.js: Named("embed.js"), cached for minutes, not for ever.
const EmbedPath = "/embed.js"

// Query parameters that embed.js adds to the form's address. QueryOrigin is the embedding page's
// origin, to be checked against the form's allowed origins before it becomes FormBrand.ParentOrigin.
const (
	QueryEmbed  = "embed"
	QueryOrigin = "origin"
)

// EmbedSnippet is the HTML that puts a form into a site: a script, and a link where there are no
// scripts. baseURL has no final slash.
func EmbedSnippet(baseURL, formKey string) string {
	return `<script async src="` + html.EscapeString(baseURL+EmbedPath) + `" data-form="` + html.EscapeString(formKey) +
		`"></script><noscript><a href="` + html.EscapeString(baseURL+FormPath(formKey)) + `">Contact us</a></noscript>`
}

// FormPath is the hosted form of a key.
func FormPath(formKey string) string { return "/f/" + url.PathEscape(formKey) }
