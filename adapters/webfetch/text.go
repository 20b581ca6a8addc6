package webfetch

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	// maxElements bounds what readability is given, in elements: its time grows faster than the page.
	maxElements = 10_000
	// enough is the part of a page's text that its article must hold to stand for the page, in percent. Articles do; a company's front page
	// does not, and there the whole of it says more than the section that looks most like an article.
	enough = 40
)

// text gives the page's title and what a person would read on it.
func (p page) text(g gate, at *url.URL) (title, text string, err error) {
	if p.plain {
		return "", cut(compact(paragraphs(string(p.content))), maxText), nil
	}
	doc, err := html.Parse(bytes.NewReader(p.content))
	if err != nil {
		return "", "", refuse("The page is built in a way that cannot be read.", err)
	}
	title = cut(line(titleOf(doc)), maxTitle)
	dropHidden(doc)
	links := g.linksOf(doc, at)
	text = cut(content(doc, at), maxText-utf8.RuneCountInString(links))
	return title, strings.TrimSpace(text + links), nil
}

// content is the article when the page is one, and else everything but its navigation.
func content(doc *html.Node, at *url.URL) string {
	elements := count(doc)
	if elements > maxElements {
		return compact(paragraphs(flat(doc)))
	}
	parser := readability.NewParser()
	parser.MaxElemsToParse = maxElements
	article, err := parser.ParseDocument(doc, at)
	remove(doc, func(n *html.Node) bool { return n.DataAtom == atom.Nav })
	whole := markdown(doc)
	if err != nil || article.Node == nil {
		return whole
	}
	if part := markdown(article.Node); utf8.RuneCountInString(part)*100 >= utf8.RuneCountInString(whole)*enough {
		return part
	}
	return whole
}

func count(n *html.Node) int {
	total := 0
	for d := range n.Descendants() {
		if d.Type == html.ElementNode {
			total++
		}
	}
	return total
}

// titleOf is the text of the first title element outside of drawings, which have titles of their own.
func titleOf(doc *html.Node) string {
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom == atom.Title && n.Namespace == "" && n.FirstChild != nil {
			return n.FirstChild.Data
		}
	}
	return ""
}

// flat is the text of a page that is too large for anything better, a line for each piece.
func flat(doc *html.Node) string {
	var b strings.Builder
	for n := range doc.Descendants() {
		if n.Type != html.TextNode || (n.Parent != nil && n.Parent.DataAtom == atom.Title) {
			continue
		}
		if words := strings.TrimSpace(n.Data); words != "" {
			b.WriteString(words)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// remove takes out the elements that match, with all that is in them.
func remove(doc *html.Node, matches func(*html.Node) bool) {
	for child := doc.FirstChild; child != nil; {
		next := child.NextSibling
		if matches(child) {
			doc.RemoveChild(child)
		} else {
			remove(child, matches)
		}
		child = next
	}
}

var (
	trailing   = regexp.MustCompile(`[ \t\p{Zs}]+\n`)
	blankLines = regexp.MustCompile(`\n{3,}`)
)

// compact takes out the blanks that say nothing.
func compact(s string) string {
	return strings.TrimSpace(blankLines.ReplaceAllString(trailing.ReplaceAllString(s+"\n", "\n"), "\n\n"))
}
