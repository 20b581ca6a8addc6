package webfetch

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	maxLinks    = 20
	maxLinkText = 80  // characters
	maxLinkURL  = 200 // bytes
)

// linksOf lists where else one could read on the same site, so that the reader need not guess addresses. Other sites are left out: a page
// does not get to send the reader around.
func (g gate) linksOf(doc *html.Node, at *url.URL) string {
	var b strings.Builder
	seen, listed := map[string]bool{at.String(): true}, 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.DataAtom != atom.A || listed == maxLinks {
			continue
		}
		target, words := g.sameSite(attribute(n, "href"), at), cut(line(flat(n)), maxLinkText)
		if target == "" || words == "" || seen[target] {
			continue
		}
		seen[target] = true
		listed++
		b.WriteString("- " + words + ": " + target + "\n")
	}
	if listed == 0 {
		return ""
	}
	return "\n\nLinks on this page:\n\n" + strings.TrimSpace(b.String())
}

// sameSite resolves a link, and gives it when it leads to the same host (with or without www) and passes for an address of ours.
func (g gate) sameSite(href string, at *url.URL) string {
	target, err := at.Parse(strings.TrimSpace(href))
	if href == "" || err != nil || g.tidy(target) != nil || site(target) != site(at) {
		return ""
	}
	target.Fragment, target.RawFragment = "", ""
	if s := target.String(); len(s) <= maxLinkURL && s == line(s) {
		return s
	}
	return ""
}

func site(u *url.URL) string { return strings.TrimPrefix(u.Hostname(), "www.") }

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Namespace == "" && a.Key == name {
			return a.Val
		}
	}
	return ""
}
