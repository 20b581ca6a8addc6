package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// Limits of one run's research.
const (
	MaxTurns       = 20
	actionsPerTurn = 4
	maxFacts       = 40
	askAgain       = 2 // how often unusable output is asked for again
)

// Research is what a run's research came to: what the judge and the writer get, and what the lead's page shows.
type Research struct {
	Language string       `json:"language"`
	Facts    []ports.Fact `json:"facts"`
	Sources  []Source     `json:"sources"`
	Turns    int          `json:"turns"`
	Ended    string       `json:"ended"` // done, or the budget that ran out
}

// Source is what a fact's source id stands for.
type Source struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	URL   string `json:"url,omitempty"`
	Title string `json:"title,omitempty"`
}

// research runs the reader's turns. Every answer and every action is recorded before the next begins, so that a successor goes on after the
// last one. What cannot be searched or fetched is noted and done without; only the model's own faults park the run.
func (j *job) research(ctx context.Context, run workflows.Run, carriage ports.Carriage) error {
	lead, recorded, finished, err := j.openResearch(ctx, run)
	if err != nil || finished {
		return err
	}
	deadline := j.now().Add(j.config.ResearchTime)
	notes := newNotes(lead, j.tools(), recorded)
	spent := carriage.TokensIn + carriage.TokensOut
	for notes.ended == "" {
		if ended := j.budget(notes, spent, deadline); ended != "" {
			notes.ended = ended
			break
		}
		used, err := j.turn(ctx, notes)
		if err != nil {
			return err
		}
		spent += used
	}
	return j.closeResearch(ctx, run, notes)
}

func (j *job) openResearch(ctx context.Context, run workflows.Run) (lead leads.Lead, recorded []ports.Action, finished bool, err error) {
	err = j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		if _, finished, err = s.Steps.Begin(ctx, j.lease, string(workflows.StepResearch)); err != nil {
			return err
		}
		if finished {
			_, err = j.moveIn(ctx, s, workflows.Event{Kind: workflows.Researched})
			return err
		}
		if lead, err = s.Leads.Get(ctx, run.LeadID); err != nil {
			return err
		}
		recorded, err = s.Actions.List(ctx, run.ID)
		return err
	})
	return lead, recorded, finished, err
}

// budget names what ran out, or is empty.
func (j *job) budget(n *notes, spent int64, deadline time.Time) string {
	switch {
	case n.turn >= MaxTurns && len(n.open) == 0:
		return "turns"
	case j.config.RunTokens > 0 && spent >= j.config.RunTokens*3/4:
		return "tokens" // the rest is for judge and writer
	case j.now().After(deadline):
		return "time"
	}
	return ""
}

// turn does the next recorded thing: an action that the last answer still asks for, or the reader's next answer.
func (j *job) turn(ctx context.Context, n *notes) (tokens int64, err error) {
	if len(n.open) > 0 {
		action := j.act(ctx, n, n.open[0])
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if err := j.record(ctx, action); err != nil {
			return 0, err
		}
		n.add(action)
		return 0, nil
	}
	if err := j.withinDay(ctx); err != nil {
		return 0, err
	}
	action, err := j.ask(ctx, n)
	if err != nil {
		return 0, err
	}
	if err := j.record(ctx, action); err != nil {
		return 0, err
	}
	n.add(action)
	return action.Spent.TokensIn + action.Spent.TokensOut, nil
}

// ask puts the turn's question to the reader, again when the answer is unusable.
func (j *job) ask(ctx context.Context, n *notes) (ports.Action, error) {
	var found ports.Findings
	spent, err := j.askUntilUsable(ctx, func() (ports.Spent, error) {
		var spent ports.Spent
		var err error
		found, spent, err = j.vendors.Reader.Read(ctx, n.question())
		return spent, err
	})
	if err != nil {
		return ports.Action{}, err
	}
	found.Actions = found.Actions[:min(len(found.Actions), actionsPerTurn)]
	answer, err := json.Marshal(found)
	if err != nil {
		return ports.Action{}, fmt.Errorf("encode the reader's answer: %w", err)
	}
	return ports.Action{
		Turn: n.turn + 1, Tool: "read", OK: true, Answer: answer, Spent: spent,
		Note: counted(len(found.Facts), "fact") + ", " + counted(len(found.Actions), "action"),
	}, nil
}

// counted is a number with its noun: 1 fact, 2 facts.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// askUntilUsable asks the model, at most askAgain times more when its output is not what was asked for. Everything spent is added up.
func (j *job) askUntilUsable(ctx context.Context, call func() (ports.Spent, error)) (total ports.Spent, err error) {
	for range askAgain + 1 {
		var spent ports.Spent
		spent, err = call()
		total = total.Plus(spent)
		if !fault.Is(err, fault.Unusable) {
			break
		}
		j.log(ctx, "the model's answer was not usable", "error", err)
	}
	if err != nil {
		j.spendOnFailure(ctx, total)
	}
	return total, from("the model", err)
}

// spendOnFailure counts what a failed call cost; a lost hold makes it moot.
func (j *job) spendOnFailure(ctx context.Context, spent ports.Spent) {
	if spent.TokensIn+spent.TokensOut == 0 {
		return
	}
	err := j.work.Within(context.WithoutCancel(ctx), j.scope, func(ctx context.Context, s *ports.Store) error {
		return s.Runs.Spend(ctx, j.lease, spent)
	})
	if err != nil {
		j.log(ctx, "tokens of a failed call were not counted", "error", err)
	}
}

// record keeps an action, its cost, and its place in the timeline, all or nothing.
func (j *job) record(ctx context.Context, a ports.Action) error {
	outcome := "ok"
	if !a.OK {
		outcome = "failed"
	}
	return j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		if err := s.Actions.Add(ctx, j.lease, a); err != nil {
			return err
		}
		if err := s.Runs.Spend(ctx, j.lease, a.Spent); err != nil {
			return err
		}
		return s.Timeline.Add(ctx, j.lease.Run, a.Tool, map[string]string{
			"turn": fmt.Sprint(a.Turn), "argument": a.Argument, "outcome": outcome, "note": a.Note,
			"took_ms": fmt.Sprint(a.Spent.Took.Milliseconds()),
		})
	})
}

// closeResearch checks the facts, stores them, and moves the run on, in one transaction.
func (j *job) closeResearch(ctx context.Context, run workflows.Run, n *notes) error {
	research := n.result()
	output, err := json.Marshal(research)
	if err != nil {
		return fmt.Errorf("encode research: %w", err)
	}
	return j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		if err := s.Runs.SetResearch(ctx, run.ID, output); err != nil {
			return err
		}
		if err := s.Steps.Finish(ctx, j.lease, string(workflows.StepResearch), output, n.spent); err != nil {
			return err
		}
		_, err := j.moveIn(ctx, s, workflows.Event{Kind: workflows.Researched})
		return err
	})
}

// withinDay lets a call to the model through, or parks the run until the organization's next day of tokens.
func (j *job) withinDay(ctx context.Context) error {
	if j.config.OrgTokens <= 0 {
		return nil
	}
	var spent int64
	err := j.work.Within(ctx, j.scope, func(ctx context.Context, s *ports.Store) error {
		var err error
		spent, err = s.Runs.SpentToday(ctx)
		return err
	})
	if err != nil || spent < j.config.OrgTokens {
		return err
	}
	now := j.now().UTC()
	tomorrow := now.Truncate(24 * time.Hour).Add(24 * time.Hour)
	return dayUsedUp{wait: tomorrow.Sub(now)}
}

// dayUsedUp parks a run without counting a fault.
type dayUsedUp struct {
	wait time.Duration
}

func (dayUsedUp) Error() string { return "the organization's tokens of the day are used up" }
