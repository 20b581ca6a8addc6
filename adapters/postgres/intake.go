package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

// Intake stores submissions, one transaction each.
type Intake struct {
	db    *DB
	newID ports.NewID
}

var _ ports.Committer = (*Intake)(nil)

// NewIntake makes the intake of a pool. newID gives the ids of leads and runs.
func NewIntake(db *DB, newID ports.NewID) *Intake { return &Intake{db: db, newID: newID} }

// Accept implements ports.Committer.
func (in *Intake) Accept(ctx context.Context, e ports.Entry) (ports.Receipt, error) {
	var receipt ports.Receipt
	err := in.insert(ctx, e, &receipt)
	for range attempts {
		if !referenceTaken(err) {
			break
		}
		err = in.insert(ctx, e, &receipt)
	}
	if err != nil {
		return ports.Receipt{}, fmt.Errorf("accept a submission: %w", err)
	}
	return receipt, nil
}

func (in *Intake) insert(ctx context.Context, e ports.Entry, receipt *ports.Receipt) error {
	return in.db.unit(ctx, e.Scope, func(ctx context.Context, s *session) error {
		var err error
		*receipt, err = in.accept(ctx, s, e)
		return err
	})
}

// accept is the one order of things: the lock on the organization's usage row lets one submission of an organization decide at a time, so
// what it finds about earlier ones stays true until it commits.
func (in *Intake) accept(ctx context.Context, s *session, e ports.Entry) (ports.Receipt, error) {
	a, err := readAccount(ctx, s)
	if err != nil {
		return ports.Receipt{}, err
	}
	before, err := a.lockAndLook(ctx, s, e)
	if err != nil {
		return ports.Receipt{}, err
	}
	if receipt, known, err := before.answer(e); known || err != nil {
		if err == nil && !receipt.Replayed {
			err = rememberKey(ctx, s, e, receipt.Lead)
		}
		return receipt, err
	}
	status, err := a.statusOf(e)
	if err != nil {
		return ports.Receipt{}, err
	}
	n := newcomer{
		entry: e, lead: leads.ID(in.newID()), reference: newReference(), status: status, period: a.usage.Period,
	}
	if status == leads.Pending {
		n.run = in.newID()
	}
	return n.receipt(), n.store(ctx, s)
}

// referenceTaken tells that two leads of an organization drew the same reference; another draw mends it.
func referenceTaken(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.ConstraintName == "leads_reference"
}

// statusOf decides what a new submission becomes.
func (a account) statusOf(e ports.Entry) (leads.Status, error) {
	switch {
	case e.Quarantine != "":
		return leads.Quarantined, nil
	case !a.usage.Reached():
		return leads.Pending, nil
	case a.refuses:
		return "", fault.New(fault.QuotaReached, "This form takes no more inquiries this month.")
	}
	return leads.Held, nil
}
