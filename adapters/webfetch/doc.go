// Package webfetch reads a public web page as plain text.
//
// The addresses come from a model that has read strangers' texts, so the package's first duty is to reach nothing but the public internet.
// Three checks stand in a row. The address is checked before anything happens, and again at every redirect: scheme, port, credentials, names
// that are never public, and IP addresses in any but the usual notation. The host's name is resolved by the system, and github.com/doyensec/safeurl
// checks the very address that a socket is about to connect to, so that a name which changes between the check and the connection gains
// nothing; IPv6 is not spoken at all. Pages get no cookies, no credentials, no referrer and no proxy, at most three redirects, ten seconds
// and two mebibytes. What comes back is what a person would see: hidden elements, comments, scripts and invisible characters are taken out.
//
// No setting of any kind permits a private address. The one way around the guard is Options.Dial, a function that a program has to write:
// `dev` and the tests use it to serve the sandbox's made-up hosts. It must never be made configurable.
package webfetch
