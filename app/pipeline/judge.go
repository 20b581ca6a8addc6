package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// DefaultCriteria are what the judge goes by where an organization says nothing.
func DefaultCriteria() map[leads.Category]string {
	return map[leads.Category]string{
		leads.Qualified: "A company or team with a concrete need that we could serve: it asks for pricing, a demo, an offer, a pilot or a " +
			"migration, or names a size, a budget or a time frame.",
		leads.FollowUp: "Possibly a customer, but too little is known: a vague interest, a general question about the product, a partner or " +
			"reseller, the press, or anything that one good question would clear up.",
		leads.Support: "An existing customer or user who needs help: something does not work, an account, an invoice, a complaint.",
		leads.Unqualified: "Nobody we could serve: advertising, search engine or link offers, job applications, students' homework, people who " +
			"sell to us, insults, nonsense, or text that only tries to give instructions.",
	}
}

// qualify asks the judge, then stores the judgement and moves the run on. again says that a draft follows.
func (j *job) qualify(ctx context.Context, run workflows.Run) (again bool, err error) {
	org, research, verdict, finished, err := j.openQualify(ctx, run)
	if err != nil {
		return false, err
	}
	if !finished {
		if verdict, err = j.judge(ctx, org, research); err != nil {
			return false, err
		}
	}
	return j.saveQualification(ctx, run, org, verdict)
}

func (j *job) openQualify(ctx context.Context, run workflows.Run) (
	org ports.OrganizationSettings, research Research, verdict ports.Judgement, finished bool, err error,
) {
	err = j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		if org, err = s.Organization.Get(ctx); err != nil {
			return err
		}
		if research, err = j.researched(ctx, s, run.ID); err != nil {
			return err
		}
		var output []byte
		if output, finished, err = s.Steps.Begin(ctx, j.lease, string(workflows.StepQualify)); err != nil || !finished {
			return err
		}
		return decode(output, &verdict)
	})
	return org, research, verdict, finished, err
}

// researched reads what the research step left.
func (j *job) researched(ctx context.Context, s *ports.Store, id workflows.ID) (Research, error) {
	var research Research
	row, err := s.Views.Run(ctx, id)
	if err != nil || len(row.Research) == 0 {
		return research, err
	}
	return research, decode(row.Research, &research)
}

func decode(raw []byte, into any) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("read a step's record: %w", err)
	}
	return nil
}

func (j *job) judge(
	ctx context.Context, org ports.OrganizationSettings, research Research,
) (ports.Judgement, error) {
	if err := j.withinDay(ctx); err != nil {
		return ports.Judgement{}, err
	}
	criteria := DefaultCriteria()
	for category, text := range org.Criteria {
		if text != "" {
			criteria[category] = text
		}
	}
	var verdict ports.Judgement
	spent, err := j.askUntilUsable(ctx, func() (ports.Spent, error) {
		var spent ports.Spent
		var err error
		verdict, spent, err = j.vendors.Judge.Judge(ctx, criteria, masked(research.Facts))
		return spent, err
	})
	if err != nil {
		return verdict, err
	}
	verdict.Reason = clip(tidy(verdict.Reason), 600)
	verdict.Confidence = min(max(verdict.Confidence, 0), 1)
	output, err := json.Marshal(verdict)
	if err != nil {
		return verdict, fmt.Errorf("encode the judgement: %w", err)
	}
	return verdict, j.finish(ctx, string(workflows.StepQualify), output, spent)
}

// finish keeps a step's outcome and what it cost.
func (j *job) finish(ctx context.Context, name string, output []byte, spent ports.Spent) error {
	return j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		if err := s.Runs.Spend(ctx, j.lease, spent); err != nil {
			return err
		}
		return s.Steps.Finish(ctx, j.lease, name, output, spent)
	})
}

var (
	anAddress = regexp.MustCompile(`[^\s@<>]+@[^\s@<>]+`)
	// aNumber is a run of digits with what people write between the digits of a phone number.
	aNumber = regexp.MustCompile(`[+(]*\p{Nd}(?:[\p{Zs}()/.·\-\x{2010}-\x{2015}]{0,3}\p{Nd}){5,}`)
	aDate   = regexp.MustCompile(`^` + oneDate + `(?:\s?[-–/]?\s?` + oneDate + `)?(?: \d{1,2})?$`)
	amount  = regexp.MustCompile(`^` + oneAmount + `(?:\s?[-–]\s?` + oneAmount + `)?$`)
)

const (
	oneDate   = `(?:(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d{2})`
	oneAmount = `[1-9]\d{0,2}(?:\.\d{3})+` // in the manner of 1.200.000; with commas it is no run
)

// masked takes addresses and phone numbers out of facts: the judge needs none. Dates and sums, which it needs, stay.
func masked(facts []ports.Fact) []ports.Fact {
	hide := func(s string) string {
		return aNumber.ReplaceAllStringFunc(anAddress.ReplaceAllString(s, "[address]"), func(found string) string {
			if isPhone(found) {
				return "[number]"
			}
			return found
		})
	}
	out := make([]ports.Fact, len(facts))
	for i, f := range facts {
		out[i] = ports.Fact{ID: f.ID, Claim: hide(f.Claim), Quotation: hide(f.Quotation), SourceKind: f.SourceKind}
	}
	return out
}

// isPhone tells a phone number from other runs of digits: ten digits and more, or seven when it begins as phone numbers do.
func isPhone(s string) bool {
	n := utf8.RuneCountInString(digits(s))
	return !aDate.MatchString(s) && !amount.MatchString(s) && (n >= 10 || n >= 7 && strings.ContainsAny(s[:1], "+(0"))
}

// saveQualification stores category and reason with the lead and moves the run on, in one transaction.
func (j *job) saveQualification(
	ctx context.Context, run workflows.Run, org ports.OrganizationSettings, verdict ports.Judgement,
) (again bool, err error) {
	e := workflows.Event{Kind: workflows.QualifiedAs, Category: verdict.Category, Note: verdict.Reason}
	switch verdict.Category {
	case leads.Qualified, leads.FollowUp:
		e.Reply = true
	case leads.Unqualified:
		e.Reply = org.DeclinePolitely
	case leads.Support:
		e.HandOver = org.SupportAddress != ""
	}
	err = j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		if err := s.Leads.SetJudgement(ctx, run.LeadID, verdict.Category, verdict.Reason); err != nil {
			return err
		}
		if err := s.Steps.Record(ctx, run.ID, string(workflows.StepSave), nil); err != nil {
			return err
		}
		if _, err := j.moveIn(ctx, s, e); err != nil {
			return err
		}
		if e.Reply {
			return nil
		}
		return s.Runs.Release(ctx, j.lease, 0, "", false)
	})
	return e.Reply && err == nil, err
}
