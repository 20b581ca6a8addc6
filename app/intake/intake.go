// Package intake accepts submissions: it finds whose form it is, keeps bots and floods out, and stores the lead so that an accepted one is
// never lost. It knows neither HTTP nor how the rows are written.
package intake

import (
	"context"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

// Limits are submissions a minute; 0 is no limit.
type Limits struct {
	PerAddress int
	PerForm    int
}

// Intake accepts submissions.
type Intake struct {
	directory ports.Directory
	committer ports.Committer
	limiter   ports.Limiter
	work      ports.UnitOfWork
	stamps    *Stamps
	limits    Limits
}

// New makes an Intake.
func New(
	directory ports.Directory, committer ports.Committer, limiter ports.Limiter, work ports.UnitOfWork, stamps *Stamps, limits Limits,
) *Intake {
	return &Intake{directory: directory, committer: committer, limiter: limiter, work: work, stamps: stamps, limits: limits}
}

// Request is a submission as it came in.
type Request struct {
	FormKey        string
	Raw            leads.Raw
	Address        string // of the client, after trusted proxies
	Hidden         string // of the hidden field; people leave it empty
	Stamp          string // the form's time token; only asked for when Stamped
	Stamped        bool   // the submission comes from the hosted form
	IdempotencyKey string
	BodyHash       string
}

// maxKey is how long an idempotency key may be, in bytes.
const maxKey = 255

// Submit accepts a submission to a public form. Faults: TooMany (RetryAfter says when), NotFound (no such form), Invalid (fields, or the
// idempotency key was used with another body), QuotaReached, Overloaded (nothing was stored). A bot that the shield catches gets the same
// receipt as a person.
func (i *Intake) Submit(ctx context.Context, r Request) (ports.Receipt, error) {
	if err := i.withinLimits(ctx, r); err != nil {
		return ports.Receipt{}, err
	}
	form, err := i.form(ctx, r.FormKey)
	if err != nil {
		return ports.Receipt{}, err
	}
	entry, err := newEntry(tenancy.ForProspect(form.Org, surface(r)), r)
	if err != nil {
		return ports.Receipt{}, err
	}
	entry.FormID = form.Form
	entry.Quarantine = i.suspect(r)
	return i.committer.Accept(ctx, entry)
}

// SubmitAs accepts a submission that a member's program makes for the organization; the form key may be empty.
func (i *Intake) SubmitAs(ctx context.Context, scope tenancy.Scope, r Request) (ports.Receipt, error) {
	entry, err := newEntry(scope, r)
	if err != nil {
		return ports.Receipt{}, err
	}
	entry.UserID = scope.Actor().UserID
	if r.FormKey != "" {
		form, err := i.form(ctx, r.FormKey)
		if err != nil {
			return ports.Receipt{}, err
		}
		if form.Org != scope.Org() {
			return ports.Receipt{}, noSuchForm()
		}
		entry.FormID = form.Form
	}
	return i.committer.Accept(ctx, entry)
}

func newEntry(scope tenancy.Scope, r Request) (ports.Entry, error) {
	submission, err := leads.ParseSubmission(r.Raw)
	if err != nil {
		return ports.Entry{}, err
	}
	if len(r.IdempotencyKey) > maxKey {
		return ports.Entry{}, fault.InvalidFields(fault.Field{Name: "Idempotency-Key", Message: "The key can have at most 255 characters."})
	}
	submission.Source.Form, submission.Source.Surface = r.FormKey, string(scope.Actor().Surface)
	return ports.Entry{Scope: scope, Submission: submission, IdempotencyKey: r.IdempotencyKey, BodyHash: r.BodyHash}, nil
}

func surface(r Request) tenancy.Surface {
	if r.Stamped {
		return tenancy.Form
	}
	return tenancy.API
}

func (i *Intake) withinLimits(ctx context.Context, r Request) error {
	for _, check := range []struct {
		key   string
		limit int
	}{{"address:" + r.Address, i.limits.PerAddress}, {"form:" + r.FormKey, i.limits.PerForm}} {
		if ok, wait := i.limiter.Allow(ctx, check.key, check.limit); !ok {
			return fault.New(fault.TooMany, "Too many messages were sent in a short time. Wait a minute, then send yours again.").After(wait)
		}
	}
	return nil
}

// suspect says why a submission looks like a bot's, or is empty.
func (i *Intake) suspect(r Request) string {
	if r.Hidden != "" {
		return "the hidden field was filled in"
	}
	if r.Stamped {
		return i.stamps.suspect(r.Stamp, r.FormKey)
	}
	return ""
}

// Page is what the hosted form shows of an organization.
type Page struct {
	Organization string
	Form         ports.Form
	Stamp        string
}

// Page gives what the form's page needs; NotFound for an unknown or closed form.
func (i *Intake) Page(ctx context.Context, key string) (Page, error) {
	ref, err := i.form(ctx, key)
	if err != nil {
		return Page{}, err
	}
	var page Page
	err = i.work.Within(ctx, tenancy.ForProspect(ref.Org, tenancy.Form), func(ctx context.Context, s *ports.Store) error {
		org, err := s.Organization.Get(ctx)
		if err != nil {
			return err
		}
		form, err := s.Forms.Get(ctx, ref.Form)
		page = Page{Organization: org.Name, Form: form}
		return err
	})
	if err == nil && !page.Form.Active {
		err = noSuchForm()
	}
	page.Stamp = i.stamps.Issue(key)
	return page, err
}

// form finds whose form it is. Another organization's form and none are the same NotFound.
func (i *Intake) form(ctx context.Context, key string) (ports.FormRef, error) {
	ref, err := i.directory.Form(ctx, key)
	if fault.Is(err, fault.NotFound) {
		return ref, noSuchForm()
	}
	return ref, err
}

func noSuchForm() error {
	return fault.New(fault.NotFound, "There is no form at this address. Check the link that you followed.")
}

// stampLife is how long an opened form may be filled in.
const stampLife = 24 * time.Hour

// stampRest is the least time that a person needs to fill in a form.
const stampRest = 2 * time.Second
