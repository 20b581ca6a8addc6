package pipeline

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/leadagent/leadagent/domain/leads"
)

// mayFetch lets the reader name only pages that it was shown, and pages without a query on hosts that it was shown or that are the prospect's
// own, so that an address cannot carry anything out.
func mayFetch(raw string, n *notes) error {
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil {
		return refuse("This is not the address of a public page.")
	}
	hosts := map[string]bool{}
	if d := n.lead.Email.Domain(); !freeMail(d) {
		hosts[d], hosts["www."+d] = true, true
	}
	for _, s := range n.sources {
		if s.URL == "" {
			continue
		}
		if s.URL == raw {
			return nil
		}
		if shown, err := url.Parse(s.URL); err == nil {
			hosts[strings.ToLower(shown.Hostname())] = true
		}
	}
	if !hosts[strings.ToLower(u.Hostname())] {
		return refuse("Only pages of search results and of the prospect's own site are read.")
	}
	if u.RawQuery != "" || u.Fragment != "" || len(u.Path) > 100 || personal(u.Path, n.lead) {
		return refuse("This address could carry personal data.")
	}
	return nil
}

// personal tells whether the path of an address holds the prospect's email address, its local part, their name, or their phone number.
func personal(path string, lead leads.Lead) bool {
	folded := strings.ToLower(path)
	if decoded, err := url.PathUnescape(folded); err == nil {
		folded = decoded
	}
	local, _, _ := strings.Cut(lead.Email.Normalised(), "@")
	return contacts(folded, lead) || !isRole(local) && names(folded, local) || names(folded, strings.ToLower(lead.Name))
}

// names tells whether a path says a name: its words one by one, or run together.
func names(path, name string) bool {
	said, wanted := words(path), words(name)
	together := strings.Join(wanted, "")
	if len(together) < 3 {
		return false
	}
	if len(wanted) > 1 && strings.Contains(strings.Join(said, ""), together) {
		return true
	}
	for _, w := range wanted {
		if !slices.Contains(said, w) {
			return false
		}
	}
	return true
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// isRole are local parts that stand for a function, not a person.
func isRole(local string) bool {
	switch local {
	case "info", "contact", "kontakt", "hello", "hallo", "office", "mail", "post", "sales", "support", "help", "service", "team", "admin", "press",
		"presse", "jobs", "careers", "hr", "marketing", "billing", "legal", "privacy", "news", "webmaster":
		return true
	}
	return false
}

// lastDigits is how much of a phone number is looked for: what stands before is written in many ways, +49 or 0.
const lastDigits = 8

// contacts tells whether text holds an address or the prospect's phone number.
func contacts(text string, lead leads.Lead) bool {
	if strings.ContainsAny(text, "@＠") {
		return true
	}
	phone := digits(lead.Phone)
	if len(phone) > lastDigits {
		phone = phone[len(phone)-lastDigits:]
	}
	return phone != "" && strings.Contains(digits(text), phone)
}

// digits keeps the decimal digits of any script, as ASCII.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsDigit(r) {
			return -1
		}
		return '0' + digitValue(r)
	}, s)
}

// digitValue relies on every range of decimal digits being made of whole runs from zero to nine (Unicode Standard, section 4.6).
func digitValue(r rune) rune {
	for _, run := range unicode.Nd.R16 {
		if r >= rune(run.Lo) && r <= rune(run.Hi) {
			return (r - rune(run.Lo)) % 10
		}
	}
	for _, run := range unicode.Nd.R32 {
		if first, last := int64(run.Lo), int64(run.Hi); int64(r) >= first && int64(r) <= last {
			return rune((int64(r) - first) % 10)
		}
	}
	return 0
}

// freeMail are domains that say nothing of a company.
func freeMail(domain string) bool {
	switch domain {
	case "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "yahoo.de", "yahoo.fr", "yahoo.co.uk",
		"icloud.com", "me.com", "aol.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "posteo.de",
		"mailbox.org", "proton.me", "protonmail.com", "pm.me", "tutanota.com", "fastmail.com", "orange.fr", "free.fr", "laposte.net", "sfr.fr",
		"libero.it", "mail.ru", "yandex.ru", "qq.com", "163.com", "zoho.com", "hey.com", "mail.com":
		return true
	}
	return false
}
