package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/leadagent/leadagent/app/transition"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

type draftOutput struct {
	Version int `json:"version"`
}

// draft asks the writer, keeps the letter as the next version, and requests the review.
func (j *job) draft(ctx context.Context, run workflows.Run) error {
	name := draftStep(run)
	var (
		org      ports.OrganizationSettings
		lead     leads.Lead
		research Research
		version  int
	)
	err := j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		output, finished, err := s.Steps.Begin(ctx, j.lease, name)
		if err != nil {
			return err
		}
		if finished {
			var done draftOutput
			err := decode(output, &done)
			version = done.Version
			return err
		}
		if org, err = s.Organization.Get(ctx); err != nil {
			return err
		}
		if lead, err = s.Leads.Get(ctx, run.LeadID); err != nil {
			return err
		}
		research, err = j.researched(ctx, s, run.ID)
		return err
	})
	if err != nil {
		return err
	}
	if version == 0 {
		if version, err = j.write(ctx, run, org, lead, research); err != nil {
			return err
		}
	}
	return j.requestReview(ctx, run, version)
}

// draftStep names the round of drafting: each redraft is a step of its own.
func draftStep(run workflows.Run) string {
	if run.Redrafts == 0 {
		return string(workflows.StepDraft)
	}
	return fmt.Sprintf("%s-%d", workflows.StepDraft, run.Redrafts+1)
}

func (j *job) write(
	ctx context.Context, run workflows.Run, org ports.OrganizationSettings, lead leads.Lead, research Research,
) (int, error) {
	if err := j.withinDay(ctx); err != nil {
		return 0, err
	}
	question := ports.Writing{
		Organization: org.Name, Signature: signature(org), Tone: org.Tone, FirstName: lead.FirstName(), Company: lead.Company,
		Language: research.Language, Category: run.Category, Reason: lead.Reason, Facts: masked(research.Facts), Feedback: run.Feedback,
	}
	allowed := mentions(org, lead)
	var letter ports.Letter
	spent, err := j.askUntilUsable(ctx, func() (ports.Spent, error) {
		var spent ports.Spent
		var err error
		if letter, spent, err = j.vendors.Writer.Write(ctx, question); err != nil {
			return spent, err
		}
		if letter, err = checkLetter(letter, allowed); err != nil {
			question.Feedback = strings.TrimSpace(run.Feedback + "\n" + problem(err))
		}
		return spent, err
	})
	if err != nil {
		return 0, err
	}
	return j.keepDraft(ctx, run, letter, research, spent)
}

// signature ends the letter; without one of its own an organization signs with its name.
func signature(org ports.OrganizationSettings) string {
	if s := strings.TrimSpace(org.Signature); s != "" {
		return s
	}
	return org.Sender()
}

// keepDraft stores the version and finishes the step in one transaction.
func (j *job) keepDraft(
	ctx context.Context, run workflows.Run, letter ports.Letter, research Research, spent ports.Spent,
) (int, error) {
	version := run.DraftVersion + 1
	output, err := json.Marshal(draftOutput{Version: version})
	if err != nil {
		return 0, fmt.Errorf("encode the draft's record: %w", err)
	}
	draft := workflows.Draft{Version: version, Subject: letter.Subject, Body: letter.Body, FactsUsed: knownFacts(letter.FactsUsed, research)}
	err = j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		if err := s.Runs.Spend(ctx, j.lease, spent); err != nil {
			return err
		}
		if err := s.Drafts.Add(ctx, run.ID, draft); err != nil {
			return err
		}
		return s.Steps.Finish(ctx, j.lease, draftStep(run), output, spent)
	})
	return version, err
}

func knownFacts(named []string, research Research) []string {
	known := make([]string, 0, len(named))
	for _, f := range research.Facts {
		for _, id := range named {
			if id == f.ID {
				known = append(known, id)
				break
			}
		}
	}
	return known
}

// requestReview puts the draft before people and gives the run out of the worker's hands.
func (j *job) requestReview(ctx context.Context, run workflows.Run, version int) error {
	return j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		_, err := j.mover.ByHolder(ctx, s, j.scope, j.lease, func(_ workflows.Run, now time.Time) (transition.Input, error) {
			due, err := j.mover.ReviewDue(ctx, s, now)
			return transition.Input{Event: workflows.Event{Kind: workflows.Drafted, Version: version, Due: due}}, err
		})
		if err != nil {
			return err
		}
		if err := s.Steps.Record(ctx, run.ID, string(workflows.StepRequestReview), nil); err != nil {
			return err
		}
		return s.Runs.Release(ctx, j.lease, 0, "", false)
	})
}
