package pipeline

import (
	"context"
	"fmt"
	"strings"
	"time"

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
