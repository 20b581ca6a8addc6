package pipeline

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

// Limits of the writer's letter, in characters.
const (
	maxLetterSubject = 150
	maxLetterBody    = 5000
)

var (
	aTag     = regexp.MustCompile(`<[/!?a-zA-Z]`)
	aHeading = regexp.MustCompile(`(?im)^[\s>*_-]*(?:to|cc|bcc|from|sender|reply-to)\s*:.*@`)
)

// checkLetter holds the writer's answer against what a reply may be: one line of subject, plain text, links to allowed hosts only, nobody's
// address as a recipient. Unusable says what was wrong, in words that the writer gets back.
func checkLetter(l ports.Letter, s sites) (ports.Letter, error) {
	l.Subject, l.Body = tidy(l.Subject), plainText(l.Body)
	unusable := func(message string) (ports.Letter, error) { return l, fault.New(fault.Unusable, message) }
	own := l.Subject + "\n" + strings.TrimSuffix(l.Body, s.signature)
	switch {
	case l.Subject == "" || l.Body == "":
		return unusable("The letter had no subject or no body.")
	case utf8.RuneCountInString(l.Subject) > maxLetterSubject:
		return unusable("The subject was longer than 150 characters.")
	case utf8.RuneCountInString(l.Body) > maxLetterBody:
		return unusable("The body was longer than 5,000 characters.")
	case aTag.MatchString(own):
		return unusable("The letter had HTML in it; write plain text.")
	case aHeading.MatchString(own):
		return unusable("The letter had an address header in it; write only the text of the reply.")
	case !s.allow(own):
		return unusable("The letter linked to a site, or gave an address, that is not on the list; write it without links and addresses.")
	}
	return l, nil
}

// sites are what a letter may name.
type sites struct {
	linked    map[string]bool // hosts that it may link to
	spoken    map[string]bool // hosts and addresses that stand in the prospect's and the organization's own words: they may be repeated, not linked
	signature string          // the organization's own words, which end the letter
}

// mentions gathers what a letter of the organization to the prospect may name.
func mentions(org ports.OrganizationSettings, lead leads.Lead) sites {
	s := sites{linked: map[string]bool{}, spoken: map[string]bool{}, signature: plainText(signature(org))}
	for _, host := range org.AllowedLinks {
		s.linked[hostName(host)] = true
	}
	for _, n := range namesIn(s.signature) {
		s.linked[n.host] = s.linked[n.host] || n.address == ""
	}
	for _, n := range namesIn(strings.Join([]string{s.signature, org.SupportAddress, lead.Email.String(), lead.Company, lead.Message}, "\n")) {
		s.spoken[n.spoken()] = true
	}
	if domain := lead.Email.Domain(); !freeMail(domain) {
		s.spoken[hostName(domain)] = true
	}
	return s
}

func (s sites) allow(text string) bool {
	if badScheme(text) {
		return false
	}
	rest, ok := s.withoutLinks(text)
	if !ok {
		return false
	}
	for _, n := range namesIn(rest) {
		if s.linked[n.host] || !n.link && s.spoken[n.spoken()] {
			continue
		}
		return false
	}
	return true
}

var (
	aScheme = regexp.MustCompile(`(?i)([a-z][a-z0-9+.-]*):[/\\]`)
	aCall   = regexp.MustCompile(`(?i)\b(?:javascript|data|vbscript|file|blob|cid|mailto|tel|callto|sms|skype|facetime):\S`)
	aLink   = regexp.MustCompile(`(?i)https?:[/\\]*`)
)

// badScheme tells whether the text links by anything but http and https.
func badScheme(text string) bool {
	for _, m := range aScheme.FindAllStringSubmatch(text, -1) {
		if name := strings.ToLower(m[1]); !strings.HasSuffix(name, "http") && !strings.HasSuffix(name, "https") {
			return true
		}
	}
	return aCall.MatchString(text)
}

// withoutLinks takes the links to allowed hosts out; false when there is another. What stands before the path has to be the host and nothing
// else: a user before it, which many a reader takes for the host itself, is on no list.
func (s sites) withoutLinks(text string) (string, bool) {
	rest := []byte(text)
	for _, at := range aLink.FindAllStringIndex(text, -1) {
		link := text[at[1]:]
		if end := strings.IndexFunc(link, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`<>"`, r) }); end >= 0 {
			link = link[:end]
		}
		authority := link
		if end := strings.IndexAny(link, "/?#"); end >= 0 {
			authority = link[:end]
		}
		if !s.linked[hostName(authority)] {
			return "", false
		}
		for i := at[0]; i < at[1]+len(link); i++ {
			rest[i] = ' '
		}
	}
	return string(rest), true
}

var aPort = regexp.MustCompile(`:\d{1,5}$`)

// hostName is a host in the form in which hosts are compared.
func hostName(s string) string {
	s = strings.TrimRight(strings.ToLower(strings.TrimSpace(s)), ".,;:!?'\")]}»*_")
	return strings.TrimPrefix(strings.TrimSuffix(aPort.ReplaceAllString(s, ""), "."), "www.")
}

// name is a host, or an address at one, in a text.
type name struct {
	host    string
	address string // empty: only the host
	link    bool   // written so that it leads somewhere, not only mentioned
}

func (n name) spoken() string {
	if n.address != "" {
		return n.address
	}
	return n.host
}

var aHost = regexp.MustCompile(`[\p{L}\p{N}_-]+(?:[.。．｡][\p{L}\p{N}_-]+)*[.。．｡](\p{L}{2,}|(?i:xn--)[\p{L}\p{N}-]+)`)

// namesIn finds what mail programs make links of, even without http before it: hosts with a path, a port or a query, hosts below the usual
// top-level domains, and addresses.
func namesIn(text string) []name {
	var list []name
	for _, m := range aHost.FindAllStringSubmatchIndex(text, -1) {
		host, top := text[m[0]:m[1]], strings.ToLower(text[m[2]:m[3]])
		n := name{host: hostName(host), link: leadsOn(text[:m[0]], text[m[1]:]) || strings.HasPrefix(strings.ToLower(host), "www.")}
		if strings.HasSuffix(text[:m[0]], "@") {
			n.address = localPart(text[:m[0]-1]) + "@" + n.host
		}
		switch {
		case n.address != "":
		case isFileEnding(top), !n.link && !usualTop(top):
			continue
		}
		list = append(list, n)
	}
	return list
}

// leadsOn tells whether what stands around a host makes a link of it.
func leadsOn(before, after string) bool {
	if strings.HasSuffix(before, "//") || strings.HasSuffix(before, `\\`) {
		return true
	}
	next, size := utf8.DecodeRuneInString(after)
	follows, _ := utf8.DecodeRuneInString(after[size:])
	switch next {
	case '/', '\\', '?', '#':
		return follows != utf8.RuneError && !unicode.IsSpace(follows)
	case ':':
		return unicode.IsDigit(follows)
	}
	return false
}

// localPart is what stands before the @ at the end of a text.
func localPart(before string) string {
	cut := strings.LastIndexFunc(before, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`<>()[]"',;:`, r) })
	return strings.ToLower(before[cut+1:])
}

// usualTop are the top-level domains below which a mail program takes a bare name for a site. Those that are words too, as in "a demo.It is",
// are left out.
func usualTop(s string) bool {
	switch s {
	case "com", "net", "org", "io", "co", "ai", "app", "dev", "info", "biz", "xyz", "top", "shop", "site", "online", "store", "link", "click",
		"live", "tech", "cloud", "icu", "gg", "tv", "cc", "ly", "me", "us", "eu", "uk", "ie", "fr", "de", "ch", "es", "pt", "nl", "pl", "cz", "se",
		"dk", "fi", "ru", "ua", "tr", "cn", "jp", "kr", "hk", "sg", "br", "mx", "ar", "ca", "au", "nz", "za":
		return true
	}
	return strings.HasPrefix(s, "xn--")
}

// isFileEnding are endings of files and names of technologies, none of them a top-level domain.
func isFileEnding(s string) bool {
	switch s {
	case "js", "ts", "jsx", "tsx", "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "csv", "txt", "json", "xml", "html", "htm", "php", "png",
		"jpg", "jpeg", "gif", "svg", "exe", "dll", "yaml", "yml", "sql":
		return true
	}
	return false
}

// plainText keeps line breaks and drops what cannot be seen.
func plainText(s string) string {
	lines := strings.Split(lineBreaks.Replace(s), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(strings.Map(visibleRune, l), " \t")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// lineBreaks makes one of every way to break a line.
var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\u0085", "\n")

// visibleRune drops what hides or reorders text: control, format and private characters, variation selectors, fillers. Tabs and breaks become
// spaces for their callers' Fields.
func visibleRune(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029:
		return ' '
	case r == utf8.RuneError, unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Variation_Selector,
		unicode.Other_Default_Ignorable_Code_Point):
		return -1
	}
	return r
}
