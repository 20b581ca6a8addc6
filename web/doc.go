// Package web owns everything that people see: the typed page structs, the templ components that
// render them, and the static files, embedded and addressed by content hash.
//
// It knows the standard library and templ and nothing else: no HTTP framework, no database, no
// domain type. The HTTP layer fills a page struct and renders the component of the same name; a
// template shows what the struct says and decides nothing about permission.
//
// Conventions that every page keeps:
//
//   - No inline script, style or event attribute, so that the pages run under the policy
//     default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;
//     connect-src 'self'; form-action 'self'.
//   - Every action is a form that posts and is answered by a 303 to a page. htmx follows the same
//     redirect and takes the part it needs out of the page by hx-select, so a handler need not
//     tell the two apart. Answers 409 and 422 render the page again and are swapped in as well.
//   - Every form of a member's page carries the field CSRFField; requests made by htmx also carry
//     the header CSRFHeader.
//   - Untrusted text (prospects, fetched pages, model output) reaches a page only as text or as
//     an attribute value that templ escapes; links are limited to http and https.
package web
