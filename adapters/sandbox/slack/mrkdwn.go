package slack

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nodeKind says what a piece of mrkdwn becomes in Slack.
type nodeKind string

const (
	nodeText      nodeKind = "text"
	nodeBold      nodeKind = "bold"
	nodeItalic    nodeKind = "italic"
	nodeStrike    nodeKind = "strike"
	nodeCode      nodeKind = "code"
	nodePre       nodeKind = "pre"
	nodeQuote     nodeKind = "quote"
	nodeUser      nodeKind = "user"
	nodeChannel   nodeKind = "channel"
	nodeBroadcast nodeKind = "broadcast"
	nodeDate      nodeKind = "date"
	nodeLink      nodeKind = "link"
)

// node is a piece of parsed mrkdwn. text is decoded and shown as it is; children are there instead for styles.
type node struct {
	kind     nodeKind
	text     string
	target   string
	children []node
}

// parseMrkdwn reads mrkdwn as https://docs.slack.dev/messaging/formatting-message-text describes it. Where Slack's own parsing is not
// documented, it sees too much rather than too little as alive, since it serves to prove that nothing foreign is.
func parseMrkdwn(text string, verbatim bool) []node {
	p := mrkdwn{verbatim: verbatim}
	var out []node
	for i, part := range strings.Split(text, "```") {
		if i%2 == 1 {
			out = append(out, node{kind: nodePre, children: p.specials(part)})
			continue
		}
		out = append(out, p.lines(part)...)
	}
	return out
}

type mrkdwn struct {
	verbatim bool
}

func (p mrkdwn) lines(text string) []node {
	var out []node
	for _, line := range strings.SplitAfter(text, "\n") {
		quoted, ok := strings.CutPrefix(line, ">")
		if !ok {
			quoted, ok = strings.CutPrefix(line, "&gt;")
		}
		if ok {
			out = append(out, node{kind: nodeQuote, children: p.inline(strings.TrimPrefix(quoted, " "))})
			continue
		}
		out = append(out, p.inline(line)...)
	}
	return out
}

// inline parses one line.
func (p mrkdwn) inline(line string) []node {
	var out []node
	plain := 0
	flush := func(end int) {
		if end > plain {
			out = append(out, p.loose(line[plain:end])...)
		}
	}
	for i := 0; i < len(line); {
		found, length := p.at(line, i)
		if length == 0 {
			i++
			continue
		}
		flush(i)
		out = append(out, found)
		i += length
		plain = i
	}
	flush(len(line))
	return out
}

// at recognises what begins at position i; its second result is 0 for nothing.
func (p mrkdwn) at(line string, i int) (node, int) {
	switch line[i] {
	case '<':
		return special(line[i:])
	case '`':
		if end := strings.IndexByte(line[i+1:], '`'); end > 0 {
			return node{kind: nodeCode, children: p.specials(line[i+1 : i+1+end])}, end + 2
		}
	case '*', '_', '~':
		if end := styleEnd(line, i); end > 0 {
			kind := map[byte]nodeKind{'*': nodeBold, '_': nodeItalic, '~': nodeStrike}[line[i]]
			return node{kind: kind, children: p.inline(line[i+1 : end])}, end + 1 - i
		}
	}
	return node{}, 0
}

// styleEnd finds the closing mark of the style that opens at i: marks stand at the edges of words.
func styleEnd(line string, i int) int {
	before, _ := utf8.DecodeLastRuneInString(line[:i])
	if i > 0 && wordRune(before) {
		return 0
	}
	after, _ := utf8.DecodeRuneInString(line[i+1:])
	if i+1 >= len(line) || unicode.IsSpace(after) {
		return 0
	}
	for j := i + 2; j < len(line); j++ {
		if line[j] != line[i] || line[j-1] == ' ' {
			continue
		}
		next, _ := utf8.DecodeRuneInString(line[j+1:])
		if j+1 == len(line) || !wordRune(next) {
			return j
		}
	}
	return 0
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// specials finds only the sequences in angle brackets: they come alive within code too.
func (p mrkdwn) specials(text string) []node {
	var out []node
	for text != "" {
		start := strings.IndexByte(text, '<')
		if start < 0 {
			break
		}
		found, length := special(text[start:])
		if length == 0 {
			out, text = append(out, literal(text[:start+1])), text[start+1:]
			continue
		}
		out = append(out, literal(text[:start]), found)
		text = text[start+length:]
	}
	return append(out, literal(text))
}

func literal(text string) node { return node{kind: nodeText, text: unescape(text)} }

// special parses <@U…>, <#C…>, <!…> and <link|label>.
func special(text string) (node, int) {
	end := strings.IndexByte(text, '>')
	if end < 2 {
		return node{}, 0
	}
	inside, label, _ := strings.Cut(text[1:end], "|")
	n := node{target: inside, text: unescape(label)}
	switch {
	case strings.HasPrefix(inside, "@"):
		n.kind = nodeUser
	case strings.HasPrefix(inside, "#"):
		n.kind = nodeChannel
	case strings.HasPrefix(inside, "!date^"):
		n.kind = nodeDate
	case strings.HasPrefix(inside, "!"):
		n.kind = nodeBroadcast
	case linkScheme(inside):
		n.kind, n.target = nodeLink, unescape(inside)
	default:
		return node{}, 0
	}
	if n.text == "" {
		n.text = unescape(inside)
	}
	return n, end + 1
}

func linkScheme(text string) bool {
	scheme, _, ok := strings.Cut(text, ":")
	return ok && scheme != "" && !strings.ContainsAny(scheme, " \t/<>")
}

// loose finds what Slack links by itself unless the text object is verbatim: addresses, host names and broadcast words.
func (p mrkdwn) loose(text string) []node {
	if p.verbatim {
		return []node{literal(text)}
	}
	var out []node
	last := 0
	for _, at := range autolinks.FindAllStringIndex(text, -1) {
		found := text[at[0]:at[1]]
		if at[0] > last {
			out = append(out, literal(text[last:at[0]]))
		}
		kind := nodeLink
		if strings.HasPrefix(found, "@") {
			kind = nodeBroadcast
		}
		out = append(out, node{kind: kind, text: unescape(found), target: unescape(found)})
		last = at[1]
	}
	if last < len(text) {
		out = append(out, literal(text[last:]))
	}
	return out
}

// autolinks is what loose looks for. Host names count only with an ending that Slack is likely to know.
var autolinks = regexp.MustCompile(`(?i)\bhttps?://[^\s<>|]+|[a-z0-9._%+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}|@(?:channel|here|everyone)\b|\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|app|co|example|test|ru|cn|info|biz|xyz|de|uk)\b(?:/[^\s<>|]*)?`)
