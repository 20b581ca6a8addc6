package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/leadagent/leadagent/app/transition"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// Limits of the writer's letter, in characters.
const (
	maxLetterSubject = 150
	maxLetterBody    = 5000
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
	if err := j.withinDay(ctx, run); err != nil {
		return 0, err
	}
	question := ports.Writing{
		Organization: org.Name, Signature: signature(org), Tone: org.Tone, FirstName: lead.FirstName(), Company: lead.Company,
		Language: research.Language, Category: run.Category, Reason: lead.Reason, Facts: masked(research.Facts), Feedback: run.Feedback,
	}
	var letter ports.Letter
	spent, err := j.askUntilUsable(ctx, func() (ports.Spent, error) {
		var spent ports.Spent
		var err error
		if letter, spent, err = j.vendors.Writer.Write(ctx, question); err != nil {
			return spent, err
		}
		if letter, err = checkLetter(letter, org.AllowedLinks); err != nil {
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

var (
	aTag     = regexp.MustCompile(`</?[a-zA-Z!][^>]*>`)
	aLink    = regexp.MustCompile(`(?i)\b(?:https?://|www\.)([^\s/?#:<>"')\]]+)`)
	aScheme  = regexp.MustCompile(`(?i)\b(?:javascript|data|vbscript|file|ftp|mailto|tel):`)
	aDomain  = regexp.MustCompile(`(?i)(?:^|[\s("'<])((?:[a-z0-9-]+\.)+(?:com|net|org|io|co|ai|app|dev|info|biz|xyz|top|ru|cn|de|fr|es|uk|eu|us|me|ly))/\S`)
	aHeading = regexp.MustCompile(`(?im)^(?:to|cc|bcc|from|reply-to)\s*:\s*\S+@\S+`)
)

// checkLetter holds the writer's answer against what a reply may be: one line of subject, plain text, links to allowed hosts only, nobody's
// address as a recipient. Unusable says what was wrong, in words that the writer gets back.
func checkLetter(l ports.Letter, allowed []string) (ports.Letter, error) {
	l.Subject, l.Body = tidy(l.Subject), plainText(l.Body)
	unusable := func(message string) (ports.Letter, error) { return l, fault.New(fault.Unusable, message) }
	switch {
	case l.Subject == "" || l.Body == "":
		return unusable("The letter had no subject or no body.")
	case utf8.RuneCountInString(l.Subject) > maxLetterSubject:
		return unusable("The subject was longer than 150 characters.")
	case utf8.RuneCountInString(l.Body) > maxLetterBody:
		return unusable("The body was longer than 5,000 characters.")
	case aTag.MatchString(l.Subject + "\n" + l.Body):
		return unusable("The letter had HTML in it; write plain text.")
	case aScheme.MatchString(l.Body) || aHeading.MatchString(l.Body):
		return unusable("The letter had an address header or a link scheme in it; write only the text of the reply.")
	}
	for _, pattern := range []*regexp.Regexp{aLink, aDomain} {
		for _, m := range pattern.FindAllStringSubmatch(l.Subject+"\n"+l.Body, -1) {
			if !linkAllowed(m[1], allowed) {
				return unusable("The letter linked to a site that is not on the list; write it without links.")
			}
		}
	}
	return l, nil
}

func linkAllowed(host string, allowed []string) bool {
	host = strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(host), "."), "www.")
	for _, a := range allowed {
		if a = strings.TrimPrefix(strings.ToLower(a), "www."); host == a {
			return true
		}
	}
	return false
}

// plainText keeps line breaks and drops what cannot be seen.
func plainText(s string) string {
	lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(strings.Map(visibleRune, l), " \t")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// visibleRune drops control, zero-width, bidirectional and tag characters. Tabs and breaks become spaces for their callers' Fields.
func visibleRune(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return ' '
	case r < 0x20, r >= 0x7f && r < 0xa0, r == utf8.RuneError:
		return -1
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F, r == 0xFEFF, r == 0x00AD, r >= 0xE0000 && r <= 0xE007F:
		return -1
	}
	return r
}
