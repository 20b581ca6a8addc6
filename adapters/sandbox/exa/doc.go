// Package exa emulates the wire of Exa's search API (POST /search, with contents) over a bundled corpus of invented companies, and
// serves the corpus's own pages for the page fetcher.
//
// It was written from docs.exa.ai: "Search" (API reference), "Contents retrieval" and "Error Codes". Every host of the corpus is under
// the reserved top-level domain .example (RFC 2606), so that nothing here is anybody's. The ranking is deterministic: words
// that are rare in the corpus count most, and a company that it does not have finds little or nothing.
package exa
