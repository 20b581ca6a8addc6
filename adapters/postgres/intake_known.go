package postgres

import (
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/ports"
)

// known is what an organization has already of the submissions at hand: from before, and from those that were just decided on.
type known struct {
	keys   map[string]keyed
	prints map[string]printed
}

type keyed struct {
	receipt  ports.Receipt
	bodyHash string
}

// printed are the day's first leads with a fingerprint. What the bot shield caught stands for nobody but its like.
type printed struct {
	any, real *ports.Receipt
}

func newKnown() known { return known{keys: map[string]keyed{}, prints: map[string]printed{}} }

// learn adds a lead; leads of one fingerprint come in the order of their making.
func (k known) learn(fingerprint string, r ports.Receipt) {
	p := k.prints[fingerprint]
	if p.any == nil {
		p.any = &r
	}
	if p.real == nil && r.Status != leads.Quarantined {
		p.real = &r
	}
	k.prints[fingerprint] = p
}

// about gives the receipt of a submission that is known already. The same key with another body is Invalid.
func (k known) about(t *ticket) (receipt ports.Receipt, found bool, err error) {
	if before, used := k.keys[t.entry.IdempotencyKey]; used && t.entry.IdempotencyKey != "" {
		if before.bodyHash != t.entry.BodyHash {
			return ports.Receipt{}, false, fault.New(fault.Invalid, "This Idempotency-Key was used before with another body.").
				With("header", "Idempotency-Key")
		}
		receipt = before.receipt
		receipt.Replayed = true
		return receipt, true, nil
	}
	first := k.prints[t.fingerprint].real
	if t.entry.Quarantine != "" {
		first = k.prints[t.fingerprint].any
	}
	if first == nil {
		return ports.Receipt{}, false, nil
	}
	receipt = *first
	receipt.Duplicate = true
	return receipt, true, nil
}
