package postgres

import (
	"github.com/jackc/pgx/v5"
	"github.com/stephenafamo/bob"
	bobpgx "github.com/stephenafamo/bob/drivers/pgx"

	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// session is what the repositories of one running transaction share. The transaction's organization is set already; the database fills
// nothing in by itself, so rows are still written with org().
type session struct {
	exec   bob.Executor // the transaction, for bob's queries
	tx     pgx.Tx       // the same transaction, for batches
	scope  tenancy.Scope
	commit *ports.Commit // what others are told of once the transaction is committed
}

func newSession(tx pgx.Tx, scope tenancy.Scope) *session {
	return &session{exec: bobpgx.NewTx(tx, nil), tx: tx, scope: scope, commit: &ports.Commit{Org: scope.Org()}}
}

// org is the organization's id as rows carry it.
func (s *session) org() string { return string(s.scope.Org()) }

// changed notes that the run's page looks different once the transaction is committed.
func (s *session) changed(run workflows.ID) {
	for _, known := range s.commit.Changed {
		if known == run {
			return
		}
	}
	s.commit.Changed = append(s.commit.Changed, run)
}

// due notes that the outbox has rows to ring, or that a slot became free.
func (s *session) due() { s.commit.Due = true }
