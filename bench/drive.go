package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

// sequence numbers the people, so that nobody is a duplicate.
type sequence struct{ atomic.Int64 }

func (s *stage) anyOrg() tenancy.OrgID {
	return tenancy.OrgID(fmt.Sprintf("org_bench_%04d", rand.IntN(s.plan.orgs)))
}

func (s *stage) oneOrg() tenancy.OrgID { return "org_bench_0000" }

// tally is what the callers saw.
type tally struct {
	mu      sync.Mutex
	took    []time.Duration
	refused int
	failed  error
}

// submit is a submission from raw fields to its receipt.
func (s *stage) submit(ctx context.Context, org tenancy.OrgID, t *tally) {
	began := time.Now()
	sub, err := leads.ParseSubmission(leads.Raw{
		Email: fmt.Sprintf("Pat.%d@Example.com", s.sent.Add(1)), Name: "Pat Doe", Company: "Northwind Traders", Phone: "+49 170 1234567",
		Message: "We would like to buy forty seats, and need to know the price by Friday.", Source: leads.Source{Form: "bench", Surface: "form"},
	})
	if err == nil {
		_, err = s.intake.Accept(ctx, ports.Entry{Scope: tenancy.ForProspect(org, tenancy.Form), Submission: sub})
	}
	took := time.Since(began)
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case err == nil:
		t.took = append(t.took, took)
	case fault.Is(err, fault.Overloaded):
		t.refused++
	default:
		t.failed = err
	}
}

func (t *tally) result(took time.Duration) (result, error) {
	slices.Sort(t.took)
	at := func(share float64) time.Duration {
		if len(t.took) == 0 {
			return 0
		}
		return t.took[int(share*float64(len(t.took)-1))]
	}
	return result{stored: len(t.took), refused: t.refused, took: took, p50: at(.5), p99: at(.99)}, t.failed
}

// closed has so many callers, each of which submits again when it has its answer.
func (s *stage) closed(ctx context.Context, org func() tenancy.OrgID) (result, error) {
	began := time.Now()
	end := began.Add(time.Duration(s.plan.seconds) * time.Second)
	var t tally
	var all sync.WaitGroup
	for range s.plan.callers {
		all.Go(func() {
			for time.Now().Before(end) && ctx.Err() == nil {
				s.submit(ctx, org(), &t)
			}
		})
	}
	all.Wait()
	return t.result(time.Since(began))
}

// open submits so many a second, whatever becomes of them.
func (s *stage) open(ctx context.Context, org func() tenancy.OrgID, rate float64) (result, error) {
	const step = time.Millisecond
	tick := time.NewTicker(step)
	defer tick.Stop()
	began := time.Now()
	length := time.Duration(s.plan.seconds) * time.Second
	var t tally
	var all sync.WaitGroup
	sent := 0
	for now := began; now.Sub(began) < length && ctx.Err() == nil; now = <-tick.C {
		for ; sent < int(rate*now.Sub(began).Seconds()); sent++ {
			all.Go(func() { s.submit(ctx, org(), &t) })
		}
	}
	all.Wait()
	return t.result(time.Since(began))
}
