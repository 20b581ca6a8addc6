package reader

import (
	"slices"
	"strings"
	"unicode"

	"github.com/leadagent/leadagent/adapters/sandbox/model/signals"
	"github.com/leadagent/leadagent/adapters/sandbox/model/text"
)

// maxName bounds a company's name in a query, in characters.
const maxName = 60

// companyName returns a lead's company as it may stand in a query: letters, digits and spaces, no address, number or instruction of
// the sender's, and nothing for "none" and its like.
func (r *Reader) companyName(company string) string {
	if strings.ContainsAny(company, "@<>{}|=`\\") || strings.Contains(company, "://") || r.commanding(company) {
		return ""
	}
	name := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), strings.ContainsRune("&-.'", r):
			return r
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return ' '
	}, company)
	name = text.Around(strings.Join(strings.Fields(name), " "), 0, 0, maxName)
	switch strings.Trim(text.Fold(name), " .-") {
	case "", "n a", "na", "none", "no", "private", "privat", "prive", "privado", "personal", "self", "self employed", "individual", "freelance", "freelancer", "student", "test",
		"keine", "ninguna", "aucune", "x", "unemployed":
		return ""
	}
	return name
}

// commanding tells whether a name gives instructions.
func (r *Reader) commanding(company string) bool {
	return slices.ContainsFunc(r.vocabulary.Message(company), func(f signals.Finding) bool { return f.Kind == signals.Injection })
}

// companyDomain returns an e-mail domain that belongs to a company, or nothing for the mailbox providers'.
func companyDomain(domain string) string {
	domain = strings.ToLower(strings.TrimSpace(domain))
	if !strings.Contains(domain, ".") || strings.ContainsAny(domain, " /@<>:") || freemail(domain) {
		return ""
	}
	return domain
}

func freemail(domain string) bool {
	name, _, _ := strings.Cut(domain, ".")
	switch name {
	case "gmail", "googlemail", "yahoo", "ymail", "hotmail", "outlook", "live", "msn", "icloud", "aol", "gmx", "proton", "protonmail", "tutanota", "tuta", "fastmail", "zohomail", "yandex",
		"mailbox", "posteo", "hey", "laposte", "wanadoo", "sfr", "freenet", "rocketmail", "inbox", "hushmail", "duck":
		return true
	}
	return slices.Contains([]string{
		"me.com", "mac.com", "web.de", "t-online.de", "mail.com", "mail.ru", "free.fr", "orange.fr", "qq.com", "163.com", "126.com", "pm.me", "email.com",
		"arcor.de", "online.de", "1und1.de", "bluewin.ch", "libero.it", "telefonica.net", "terra.es", "bbox.fr", "zoho.com", "comcast.net", "verizon.net", "att.net", "btinternet.com",
	}, domain)
}

// subject is the company that a lead speaks for, as far as it can be looked up. Either field may be empty.
type subject struct {
	name, domain string
}

func (r *Reader) subject(lead Lead) subject {
	return subject{name: r.companyName(lead.Company), domain: companyDomain(lead.EmailDomain)}
}

// identity returns what a text that is about the company would contain.
func (s subject) identity() []string {
	var tokens []string
	if s.domain != "" {
		label, _, _ := strings.Cut(strings.TrimPrefix(s.domain, "www."), ".")
		tokens = append(tokens, strings.Split(label, "-")[0])
	}
	return append(tokens, s.distinctive()...)
}

// distinctive returns the words of the name that set it apart from other firms'.
func (s subject) distinctive() []string {
	var tokens []string
	for _, w := range text.Words(s.name) {
		switch w.Folded {
		case "gmbh", "ag", "kg", "co", "inc", "ltd", "llc", "corp", "plc", "sa", "sas", "sarl", "sl", "bv", "the", "and", "und", "group", "company", "of", "de", "la", "et", "y":
			continue
		}
		tokens = append(tokens, w.Folded)
	}
	return tokens
}

// owns tells whether a host is of the company's domain or its name is made of the company's.
func (s subject) owns(host string) bool {
	if s.domain != "" && (host == s.domain || strings.HasSuffix(host, "."+s.domain)) {
		return true
	}
	tokens := s.distinctive()
	plain := strings.NewReplacer("-", "", ".", "").Replace(strings.TrimPrefix(host, "www."))
	return len(tokens) > 0 && len(tokens[0]) > 2 && strings.Contains(plain, strings.ReplaceAll(strings.Join(tokens, ""), "-", ""))
}
