package webfetch

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// dropHidden takes out what a visitor does not see: comments, scripts, embedded things, form fields, elements that are hidden by an attribute,
// by their own style or by a plain rule of the page's style sheets. It cannot know what outside style sheets and scripts would do; the text
// stays untrusted either way.
func dropHidden(doc *html.Node) {
	rules := hidingRules(doc)
	remove(doc, func(n *html.Node) bool {
		switch n.Type {
		case html.CommentNode:
			return true
		case html.ElementNode:
			if n.DataAtom == atom.Html || n.DataAtom == atom.Body {
				return false // hidden by many sites until their scripts have run
			}
			return neverText(n) || hiddenByAttribute(n) || hides(attribute(n, "style")) || rules.hide(n)
		default:
			return false
		}
	})
}

// neverText tells elements whose content is no text for readers.
func neverText(n *html.Node) bool {
	if n.Namespace != "" { // drawings and formulas
		return true
	}
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Frame, atom.Frameset, atom.Noframes, atom.Object, atom.Embed,
		atom.Applet, atom.Canvas, atom.Audio, atom.Video, atom.Map, atom.Svg, atom.Math, atom.Input, atom.Select, atom.Textarea, atom.Button,
		atom.Datalist, atom.Progress, atom.Meter, atom.Link, atom.Meta, atom.Noembed:
		return true
	case atom.Dialog:
		return !has(n, "open")
	default:
		return false
	}
}

func hiddenByAttribute(n *html.Node) bool {
	if has(n, "hidden") || strings.EqualFold(strings.TrimSpace(attribute(n, "aria-hidden")), "true") {
		return true
	}
	for _, class := range strings.Fields(attribute(n, "class")) {
		if slices.Contains([]string{"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screen-reader-only"}, class) {
			return true
		}
	}
	return false
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Namespace == "" && a.Key == name })
}
