package webfetch

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// hides tells whether a block of declarations makes an element invisible.
func hides(css string) bool {
	if css == "" {
		return false
	}
	d := declarations(css)
	switch {
	case d["display"] == "none", d["visibility"] == "hidden", d["visibility"] == "collapse", d["content-visibility"] == "hidden":
		return true
	case atMost(d["opacity"], 0.1), atMost(d["font-size"], 2), atMost(d["zoom"], 0.1):
		return true
	case d["color"] == "transparent", d["color"] != "" && (d["color"] == d["background-color"] || d["color"] == d["background"]):
		return true
	case atMost(d["text-indent"], -500), farOff(d):
		return true
	case strings.HasPrefix(d["clip"], "rect(0"), strings.HasPrefix(d["clip"], "rect(1px"), strings.HasPrefix(d["clip-path"], "inset(50%"), strings.HasPrefix(d["clip-path"], "inset(100%"):
		return true
	case strings.HasPrefix(d["transform"], "scale(0)"):
		return true
	default:
		return strings.HasPrefix(d["overflow"], "hidden") && (atMost(d["height"], 1) || atMost(d["max-height"], 1) || atMost(d["width"], 1) || atMost(d["max-width"], 1))
	}
}

// farOff tells elements that were put outside the window.
func farOff(d map[string]string) bool {
	if d["position"] != "absolute" && d["position"] != "fixed" {
		return false
	}
	for _, side := range []string{"left", "right", "top", "bottom"} {
		if atMost(d[side], -500) {
			return true
		}
	}
	return false
}

var (
	cssComments = regexp.MustCompile(`(?s)/\*.*?(?:\*/|$)`)
	cssEscapes  = regexp.MustCompile(`\\[0-9a-fA-F]{1,6}[ \t\n]?|\\.`)
	cssLengths  = regexp.MustCompile(`^([+-]?(?:\d+\.?\d*|\.\d+))(px|em|rem|ex|ch|pt|vw|vh|%)?$`)
)

// declarations reads "a: b; c: d" into lower-case names and values.
func declarations(css string) map[string]string {
	read := map[string]string{}
	for part := range strings.SplitSeq(plainCSS(css), ";") {
		name, value, ok := strings.Cut(part, ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "!important"))
		read[strings.TrimSpace(name)] = strings.Join(strings.Fields(value), " ")
	}
	return read
}

// plainCSS takes out comments and escapes, which would hide a declaration from us and not from a browser.
func plainCSS(css string) string {
	css = cssEscapes.ReplaceAllStringFunc(cssComments.ReplaceAllString(css, " "), func(escape string) string {
		if code, err := strconv.ParseUint(strings.TrimSpace(escape[1:]), 16, 32); err == nil && code > 0 && code <= 0x10FFFF {
			return string(rune(code))
		}
		return escape[1:]
	})
	return strings.ToLower(css)
}

// atMost compares a number or a length; em and its like count sixteen pixels, which is near enough for "next to nothing" and "far away".
func atMost(value string, limit float64) bool {
	found := cssLengths.FindStringSubmatch(value)
	if found == nil {
		return false
	}
	n, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		return false
	}
	switch found[2] {
	case "em", "rem", "ex", "ch", "vw", "vh":
		n *= 16
	case "%":
		n /= 100
	}
	return n <= limit
}

// ruleSet are the classes and ids that the page's own style sheets hide.
type ruleSet struct {
	classes, ids map[string]bool
}

// simpleSelectors are a single class or id, perhaps with an element's name. Others depend on where an element stands, and are left alone.
var simpleSelectors = regexp.MustCompile(`^[a-z0-9*]*([.#])(-?[_a-z][_a-z0-9-]*)$`)

// hidingRules reads the page's style elements. Rules within @media and its like hold only for some windows and do not count.
func hidingRules(doc *html.Node) ruleSet {
	rules := ruleSet{classes: map[string]bool{}, ids: map[string]bool{}}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom == atom.Style && n.FirstChild != nil {
			rules.read(plainCSS(n.FirstChild.Data))
		}
	}
	return rules
}

func (r ruleSet) read(css string) {
	for css != "" {
		selectors, rest, ok := strings.Cut(css, "{")
		if !ok {
			return
		}
		// Statements such as @import end with a semicolon and belong to no block.
		selectors = selectors[strings.LastIndexByte(selectors, ';')+1:]
		if selectors = strings.TrimSpace(selectors); strings.HasPrefix(selectors, "@") {
			css = afterBlock(rest)
			continue
		}
		block, after, _ := strings.Cut(rest, "}")
		if hides(block) {
			r.add(selectors)
		}
		css = after
	}
}

func (r ruleSet) add(selectors string) {
	for selector := range strings.SplitSeq(selectors, ",") {
		found := simpleSelectors.FindStringSubmatch(strings.TrimSpace(selector))
		switch {
		case found == nil:
		case found[1] == ".":
			r.classes[found[2]] = true
		default:
			r.ids[found[2]] = true
		}
	}
}

// afterBlock gives what comes after a block with blocks in it.
func afterBlock(css string) string {
	for depth, i := 1, 0; i < len(css); i++ {
		switch css[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return css[i+1:]
			}
		}
	}
	return ""
}

func (r ruleSet) hide(n *html.Node) bool {
	if r.ids[strings.ToLower(attribute(n, "id"))] {
		return true
	}
	for class := range strings.FieldsSeq(attribute(n, "class")) {
		if r.classes[strings.ToLower(class)] {
			return true
		}
	}
	return false
}
