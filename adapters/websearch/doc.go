// Package websearch finds public pages about a company through Exa's search API.
//
// It owns Exa's wire (POST /search, https://exa.ai/docs/reference/search) and what is made of its answers and errors. It knows nothing of
// leads or of who asks; the words of a query are all that ever leaves, and a found text is untrusted to whoever reads it.
package websearch
