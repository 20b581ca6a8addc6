package slack

import (
	"html/template"
	"net/url"
	"strings"
)

// renderer turns text objects into HTML. Every character of a message passes through template.HTMLEscapeString; the only
// markup is the renderer's own.
type renderer struct {
	workspace *workspace
}

// object renders a text object: mrkdwn comes alive, plain_text does not.
func (r renderer) object(t textObject) template.HTML {
	if t.Type == "mrkdwn" {
		return r.mrkdwn(t.Text, t.Verbatim)
	}
	return escaped(unescape(t.Text))
}

func (r renderer) mrkdwn(text string, verbatim bool) template.HTML {
	var out strings.Builder
	r.write(&out, parseMrkdwn(text, verbatim))
	// Safe: see renderer.
	return template.HTML(out.String())
}

func escaped(text string) template.HTML {
	return template.HTML(template.HTMLEscapeString(text))
}

func (r renderer) write(out *strings.Builder, nodes []node) {
	for _, n := range nodes {
		r.writeNode(out, n)
	}
}

func (r renderer) writeNode(out *strings.Builder, n node) {
	switch n.kind {
	case nodeText:
		out.WriteString(template.HTMLEscapeString(n.text))
	case nodeBold:
		r.wrap(out, "strong", "", n)
	case nodeItalic:
		r.wrap(out, "em", "", n)
	case nodeStrike:
		r.wrap(out, "s", "", n)
	case nodeCode:
		r.wrap(out, "code", "", n)
	case nodePre:
		r.wrap(out, "pre", "", n)
	case nodeQuote:
		r.wrap(out, "blockquote", "", n)
	case nodeUser, nodeChannel, nodeBroadcast:
		r.wrap(out, "span", ` class="mention `+string(n.kind)+`"`, node{text: r.mention(n)})
	case nodeDate:
		r.wrap(out, "time", "", n)
	case nodeLink:
		r.wrap(out, "a", ` class="live" rel="noreferrer noopener" target="_blank" href="`+template.HTMLEscapeString(safeLink(n.target))+`"`, n)
	}
}

func (r renderer) wrap(out *strings.Builder, tag, attributes string, n node) {
	out.WriteString("<" + tag + attributes + ">")
	out.WriteString(template.HTMLEscapeString(n.text))
	r.write(out, n.children)
	out.WriteString("</" + tag + ">")
}

// mention is the name behind a special sequence.
func (r renderer) mention(n node) string {
	id := strings.TrimLeft(n.target, "@#!")
	if person, ok := r.workspace.person(id); ok && n.kind == nodeUser {
		return "@" + person.shownName()
	}
	if channel, ok := r.workspace.channel(id); ok && n.kind == nodeChannel {
		return "#" + channel.Name
	}
	if n.kind == nodeBroadcast {
		return "@" + id
	}
	return n.text
}

// safeLink is a link that the page may carry: Slack opens web and mail addresses only.
func safeLink(target string) string {
	if !strings.Contains(target, ":") {
		if strings.Contains(target, "@") {
			return "mailto:" + target
		}
		return "https://" + target
	}
	u, err := url.Parse(target)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "mailto") {
		return "#"
	}
	return target
}
