package postgres

import (
	"context"
	"time"

	"github.com/leadagent/leadagent/adapters/postgres/dbmodel"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

type cardRepo struct{ *session }

var _ ports.Cards = cardRepo{}

// What updated_at of a card means: while a first post is under way or in doubt, when it began, so that the channel can be searched from
// then; else when its trouble began or, without any, when Slack last had it whole.

// askForCard ends a statement that gave the card's row as "card". A card that is given up has the wake time infinity and gets no row.
const askForCard = `
INSERT INTO outbox (org_id, workflow_id, kind, queue, available_at)
SELECT org_id, workflow_id, 'card', 'approvals', wake_at FROM card WHERE wanted > shown AND wake_at < 'infinity'
ON CONFLICT (org_id, workflow_id, kind) DO UPDATE SET available_at = excluded.available_at, queue = excluded.queue, ring = NULL`

const (
	wantCard = `
WITH card AS (
  INSERT INTO slack_cards AS c (org_id, workflow_id) VALUES (?, ?)
  ON CONFLICT (org_id, workflow_id) DO UPDATE SET wanted = c.wanted + 1, wake_at = now(),
    failures = CASE WHEN c.wake_at = 'infinity' THEN 0 ELSE c.failures END
  RETURNING org_id, workflow_id, wanted, shown, wake_at)` + askForCard

	cardColumns = `workflow_id, channel_id, message_ts, posting, wanted, shown, attempt, lease_until, failures, error, updated_at`

	getCard = `SELECT ` + cardColumns + ` FROM slack_cards WHERE workflow_id = ?`

	claimCard = `
UPDATE slack_cards SET attempt = attempt + 1, lease_until = clock_timestamp() + make_interval(secs => ?)
WHERE workflow_id = ? AND wanted > shown AND wake_at <= clock_timestamp() AND (lease_until IS NULL OR lease_until < clock_timestamp())
RETURNING ` + cardColumns

	postingCard = `
UPDATE slack_cards SET channel_id = ?, updated_at = CASE WHEN posting THEN updated_at ELSE clock_timestamp() END, posting = true
WHERE workflow_id = ? AND attempt = ? AND lease_until IS NOT NULL`

	shownCard = `
WITH card AS (
  UPDATE slack_cards SET channel_id = ?, message_ts = ?, posting = false, shown = greatest(shown, ?), lease_until = NULL, wake_at = now(),
    failures = 0, error = NULL, updated_at = clock_timestamp()
  WHERE workflow_id = ? AND attempt = ? AND lease_until IS NOT NULL
  RETURNING org_id, workflow_id, wanted, shown, wake_at),
asked AS (` + askForCard + `)
SELECT workflow_id FROM card`

	putOffCard = `
WITH card AS (
  UPDATE slack_cards SET lease_until = NULL, failures = failures + 1, error = ?,
    wake_at = CASE WHEN ? THEN 'infinity' ELSE clock_timestamp() + make_interval(secs => ?) END,
    updated_at = CASE WHEN posting OR error IS NOT NULL THEN updated_at ELSE clock_timestamp() END
  WHERE workflow_id = ? AND attempt = ? AND lease_until IS NOT NULL
  RETURNING org_id, workflow_id, wanted, shown, wake_at),
asked AS (` + askForCard + `)
SELECT workflow_id FROM card`
)

// Want implements ports.Cards. NotFound when there is no such run.
func (r cardRepo) Want(ctx context.Context, run workflows.ID) error {
	if !isID(run) {
		return unknown("want card")
	}
	if _, err := r.write(ctx, wantCard, r.org(), string(run)); err != nil {
		return failed("want card", err)
	}
	r.due()
	return nil
}

// Get implements ports.Cards.
func (r cardRepo) Get(ctx context.Context, run workflows.ID) (ports.CardState, error) {
	if !isID(run) {
		return ports.CardState{}, unknown("get card")
	}
	row, err := readOne[dbmodel.SlackCard](ctx, r.session, getCard, string(run))
	return toCardState(row), failed("get card", err)
}

// Claim implements ports.Cards.
func (r cardRepo) Claim(ctx context.Context, run workflows.ID, ttl time.Duration) (ports.Lease, ports.CardState, bool, error) {
	if !isID(run) {
		return ports.Lease{}, ports.CardState{}, false, nil
	}
	rows, err := read[dbmodel.SlackCard](ctx, r.session, claimCard, ttl.Seconds(), string(run))
	if err != nil || len(rows) == 0 {
		return ports.Lease{}, ports.CardState{}, false, failed("claim card", err)
	}
	lease := ports.Lease{Run: run, Attempt: rows[0].Attempt, Until: timeOf(rows[0].LeaseUntil)}
	return lease, toCardState(rows[0]), true, nil
}

// Posting implements ports.Cards.
func (r cardRepo) Posting(ctx context.Context, l ports.Lease, channel string) error {
	n, err := r.write(ctx, postingCard, channel, string(l.Run), l.Attempt)
	if err == nil && n == 0 {
		return stale("begin post")
	}
	return failed("begin post", err)
}

// Shown implements ports.Cards.
func (r cardRepo) Shown(ctx context.Context, l ports.Lease, channel, ts string, shown int) error {
	err := r.held(ctx, "note shown card", l, shownCard, channel, ts, shown, string(l.Run), l.Attempt)
	if err == nil {
		r.due()
	}
	return err
}

// PutOff implements ports.Cards. A card that has what is wanted already is left alone.
func (r cardRepo) PutOff(ctx context.Context, l ports.Lease, wait time.Duration, problem string) error {
	err := r.held(ctx, "put card off", l, putOffCard, argument(problem), wait < 0, max(wait, 0).Seconds(), string(l.Run), l.Attempt)
	if err == nil {
		r.due()
	}
	return err
}

func toCardState(row dbmodel.SlackCard) ports.CardState {
	return ports.CardState{
		Run: workflows.ID(row.WorkflowID), ChannelID: row.ChannelID, MessageTS: row.MessageTS, Posting: row.Posting, Wanted: row.Wanted,
		Shown: row.Shown, Failures: row.Failures, Problem: row.Error.GetOrZero(), UpdatedAt: row.UpdatedAt.UTC(),
	}
}
