package postgres

import (
	"encoding/json"
	"fmt"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// group is what one organization has in a transaction. The lock on its usage row lets one transaction at a time decide for it, so what is
// found about earlier submissions stays true until the commit.
type group struct {
	org     tenancy.OrgID
	tickets []*ticket // in the order of their coming
	account account
	locked  bool
	known   known

	outcomes  []outcome // of the tickets
	newcomers []newcomer
	rows      string // the newcomers as the database reads them
	granted   int    // how many of them count
	kept      []keptKey
}

type outcome struct {
	receipt ports.Receipt
	err     error
}

// keptKey is an idempotency key to be remembered.
type keptKey struct {
	key, bodyHash string
	lead          leads.ID
}

// begin forgets what an earlier try found.
func (g *group) begin() {
	*g = group{org: g.org, tickets: g.tickets, known: newKnown(), outcomes: make([]outcome, len(g.tickets))}
}

// decide gives every ticket its outcome as if they had come one after the other: what one of them leaves is known to the next.
func (g *group) decide(newID ports.NewID) error {
	if !g.locked {
		return nil
	}
	for i, t := range g.tickets {
		g.outcomes[i].receipt, g.outcomes[i].err = g.decideOn(t, newID)
	}
	if len(g.newcomers) == 0 {
		return nil
	}
	rows := make([]row, len(g.newcomers))
	for i, n := range g.newcomers {
		rows[i] = n.row()
	}
	encoded, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("encode submissions: %w", err)
	}
	g.rows = string(encoded)
	return nil
}

func (g *group) decideOn(t *ticket, newID ports.NewID) (ports.Receipt, error) {
	if receipt, known, err := g.known.about(t); known || err != nil {
		if err == nil && !receipt.Replayed {
			g.keep(t, receipt)
		}
		return receipt, err
	}
	status, err := g.account.statusOf(t.entry)
	if err != nil {
		return ports.Receipt{}, err
	}
	n := newcomer{ticket: t, lead: leads.ID(newID()), reference: newReference(), status: status}
	if status == leads.Pending {
		n.run = newID()
		g.granted++
		g.account.usage.Used++
	}
	g.newcomers = append(g.newcomers, n)
	g.known.learn(t.fingerprint, n.receipt())
	g.keep(t, n.receipt())
	return n.receipt(), nil
}

// keep lets a further request under the ticket's key find the lead.
func (g *group) keep(t *ticket, receipt ports.Receipt) {
	key := t.entry.IdempotencyKey
	if key == "" {
		return
	}
	receipt.Duplicate = false
	g.known.keys[key] = keyed{receipt: receipt, bodyHash: t.entry.BodyHash}
	g.kept = append(g.kept, keptKey{key: key, bodyHash: t.entry.BodyHash, lead: receipt.Lead})
}

// commit is what the group leaves for others once it is committed.
func (g *group) commit() ports.Commit {
	left := ports.Commit{Org: g.org, Due: g.granted > 0}
	for _, n := range g.newcomers {
		if n.run != "" {
			left.Changed = append(left.Changed, workflows.ID(n.run))
		}
	}
	return left
}

// answer gives the tickets their outcomes.
func (g *group) answer() {
	for i, t := range g.tickets {
		t.receipt, t.err = g.outcomes[i].receipt, g.outcomes[i].err
		close(t.done)
	}
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
