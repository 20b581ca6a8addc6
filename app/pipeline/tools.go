package pipeline

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

// The reader's tools. They only read.
const (
	toolSearch = "search"
	toolFetch  = "fetch_url"
	toolCRM    = "crm_search"
)

const maxArgument = 300 // characters

func (j *job) tools() []ports.Tool {
	var list []ports.Tool
	if j.vendors.Searcher != nil {
		list = append(list, ports.Tool{Name: toolSearch, Description: "Searches the web. The argument is a query about the company."})
	}
	if j.vendors.Fetcher != nil {
		list = append(list, ports.Tool{Name: toolFetch,
			Description: "Reads a public page. The argument is the address of a search result or of the prospect's own company site."})
	}
	return append(list, ports.Tool{Name: toolCRM,
		Description: "Finds earlier inquiries of the same company. The argument is a company name or an email domain."})
}

// act checks and carries out one action. It always comes back with a recordable outcome.
func (j *job) act(ctx context.Context, n *notes, w ports.Wanted) ports.Action {
	began := j.now()
	a := ports.Action{Turn: n.turn, Position: n.position + 1, Tool: toolName(w.Tool), Argument: clip(tidy(w.Argument), maxArgument)}
	sources, err := j.carryOut(ctx, n, ports.Wanted{Tool: w.Tool, Argument: tidy(w.Argument)})
	a.Spent.Took = j.now().Sub(began)
	if err != nil {
		a.Note = problem(err)
		return a
	}
	for i := range sources {
		sources[i].ID = n.nextSourceID(i)
	}
	a.OK, a.Sources, a.Note = true, sources, fmt.Sprintf("%d found", len(sources))
	return a
}

// toolName keeps a made-up tool's name out of the record.
func toolName(s string) string {
	switch s {
	case toolSearch, toolFetch, toolCRM:
		return s
	}
	return "unknown_tool"
}

func refuse(message string) error { return fault.New(fault.Refused, message) }

func (j *job) carryOut(ctx context.Context, n *notes, w ports.Wanted) ([]ports.SourceText, error) {
	switch {
	case w.Argument == "":
		return nil, refuse("The argument is empty.")
	case len(w.Argument) > maxArgument:
		return nil, refuse("The argument is too long.")
	case n.seen(w):
		return nil, refuse("This was done already.")
	case w.Tool == toolSearch && j.vendors.Searcher != nil:
		if contacts(w.Argument, n.lead) {
			return nil, refuse("A search must not carry the person's address or phone number.")
		}
		return once(ctx, func() ([]ports.SourceText, error) { return j.vendors.Searcher.Search(ctx, w.Argument) })
	case w.Tool == toolFetch && j.vendors.Fetcher != nil:
		if err := mayFetch(w.Argument, n); err != nil {
			return nil, err
		}
		return once(ctx, func() ([]ports.SourceText, error) {
			page, err := j.vendors.Fetcher.Fetch(ctx, w.Argument)
			return []ports.SourceText{page}, err
		})
	case w.Tool == toolCRM:
		return j.searchCRM(ctx, n, w.Argument)
	}
	return nil, refuse("There is no such tool.")
}

// once tries a second time after a short wait when a vendor asks for one; research does without what fails twice.
func once(ctx context.Context, call func() ([]ports.SourceText, error)) ([]ports.SourceText, error) {
	found, err := call()
	if wait := fault.RetryAfter(err); fault.Is(err, fault.Busy) && wait <= 5*time.Second {
		select {
		case <-time.After(max(wait, time.Second)):
			return call()
		case <-ctx.Done():
		}
	}
	return found, err
}

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

// personal tells whether the path of an address holds the prospect's email address, its local part, or their phone number.
func personal(text string, lead leads.Lead) bool {
	folded := strings.ToLower(text)
	if decoded, err := url.PathUnescape(folded); err == nil {
		folded = decoded
	}
	local, _, _ := strings.Cut(lead.Email.Normalised(), "@")
	return contacts(folded, lead) || len(local) > 2 && strings.Contains(folded, local)
}

// contacts tells whether text holds an address or the prospect's phone number.
func contacts(text string, lead leads.Lead) bool {
	if strings.Contains(text, "@") {
		return true
	}
	if phone := digits(lead.Phone); phone != "" && strings.Contains(digits(text), phone) {
		return true
	}
	return false
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// searchCRM looks among the organization's own leads.
func (j *job) searchCRM(ctx context.Context, n *notes, argument string) ([]ports.SourceText, error) {
	query := ports.KnownQuery{Except: n.lead.ID, Limit: 10, Company: argument}
	if strings.Contains(argument, ".") && !strings.Contains(argument, " ") && !freeMail(strings.ToLower(argument)) {
		query.Domain = strings.ToLower(argument)
	}
	var found []leads.Lead
	err := j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		var err error
		found, err = s.Leads.Known(ctx, query)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, nil
	}
	var b strings.Builder
	for _, l := range found {
		fmt.Fprintf(&b, "%s: an inquiry of %s with status %s", l.CreatedAt.UTC().Format("2 January 2006"), orUnknown(l.Company), l.Status)
		if l.Category != "" {
			fmt.Fprintf(&b, ", judged %s", l.Category)
		}
		b.WriteString(".\n")
	}
	return []ports.SourceText{{Kind: "crm", Title: "Earlier inquiries", Text: b.String()}}, nil
}

func orUnknown(s string) string {
	if s == "" {
		return "an unnamed company"
	}
	return s
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
