package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/sandbox/clerk"
	"github.com/leadagent/leadagent/adapters/sandbox/model"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// takeRings does what a relay does, but for the ringing.
func (f *floor) takeRings() []ports.Ring {
	f.t.Helper()
	rings, err := f.outbox.Take(f.t.Context(), 100, researchSlots, time.Minute)
	require.NoError(f.t, err)
	require.NoError(f.t, f.outbox.Rang(f.t.Context(), rings))
	return rings
}

func (f *floor) sweep(grace time.Duration, everything bool) int {
	f.t.Helper()
	n, err := f.outbox.Sweep(f.t.Context(), grace, everything)
	require.NoError(f.t, err)
	return n
}

// TestADroppedRingComesBack: a ring that nobody answers, a worker that died, a forgetful queue. Each time the run is rung anew, under a new number.
func TestADroppedRingComesBack(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	id := f.take(aLead(1))
	first := f.takeRings()
	require.Len(t, first, 1)
	require.Equal(t, ports.Ring{Org: f.org, Run: id, Kind: ports.RingRun, Queue: workflows.Research, Number: first[0].Number}, first[0])
	require.Empty(t, f.takeRings(), "rung is rung")
	require.Zero(t, f.sweep(time.Hour, false), "it may still be on its way")
	require.Equal(t, 1, f.sweep(0, false), "it was lost")
	second := f.takeRings()
	require.Len(t, second, 1)
	require.Greater(t, second[0].Number, first[0].Number, "a task of the old number cannot swallow it")
	require.Equal(t, 1, f.sweep(time.Hour, true), "the queue forgot everything")
	require.Len(t, f.takeRings(), 1)

	f.dies(id)
	require.Equal(t, 1, f.sweep(time.Hour, false), "its worker died")
	require.Len(t, f.takeRings(), 1)
	f.advance(id)
	require.Equal(t, workflows.AwaitingReview, f.run(id).State)
	f.sweep(0, false)
	for _, r := range f.takeRings() {
		require.Equal(t, ports.RingCard, r.Kind, "a run that waits for a person is not rung")
	}

	_, err := f.desk.Approve(t.Context(), f.admin(), id, 1)
	require.NoError(t, err)
	var queues []workflows.Queue
	for _, r := range f.takeRings() {
		queues = append(queues, r.Queue)
	}
	require.Subset(t, []workflows.Queue{workflows.Approvals}, queues, "what follows a decision waits behind no research")
}

// works runs relay, sweeper and workers of one process until stop is called.
func (f *floor) works() (stop func()) {
	f.t.Helper()
	ctx, cancel := context.WithCancel(f.t.Context())
	workers := f.workers()
	require.NoError(f.t, workers.Start())
	wait := f.ring(ctx)
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			wait()
			workers.Stop()
		})
	}
	f.t.Cleanup(stop)
	return stop
}

// TestAFloodDelaysNobodyElse: two hundred leads of Acme are queued, then three of Globex come. Globex's begin after no more than Acme's share.
func TestAFloodDelaysNobodyElse(t *testing.T) {
	t.Parallel()
	f := newFloor(t, nil)
	const flood, few = 200, 3
	var all sync.WaitGroup
	for n := range flood {
		all.Go(func() { f.take(aLead(n)) })
	}
	all.Wait()
	f.box.Model.Faults.Latency(string(model.RoleReader), 20*time.Millisecond)
	stop := f.works()
	f.until(20*time.Second, "the flood is being worked on", func() bool { return f.asked(model.RoleReader) >= 2*researchSlots })
	before := f.begun("Company ")
	globex := f.of(clerk.GlobexID)
	var ids []workflows.ID
	for n := range few {
		lead := aLead(1000 + n)
		lead.Form, lead.Company = "globex-demo", fmt.Sprintf("Late %d", n)
		ids = append(ids, globex.take(lead))
	}
	f.until(30*time.Second, "Globex's leads have begun", func() bool { return f.begun("Late ") == few })
	// What Acme began meanwhile: its slots were taken, and each that became free once may have been taken anew.
	require.LessOrEqual(t, f.begunBefore("Late ", "Company ")-before, 3*researchSlots, "of %d", flood)
	for _, id := range ids {
		f.until(30*time.Second, "Globex's lead is prepared", func() bool { return globex.run(id).State == workflows.AwaitingReview })
	}
	stop()
	require.LessOrEqual(t, f.count(`SELECT count(*) FROM workflows WHERE org_id = $1 AND status <> 'queued'`, clerk.AcmeID), flood/2,
		"Globex did not wait for the flood to be over")
}

// begun counts the leads, by the beginning of their company's name, whose research began.
func (f *floor) begun(company string) int { return len(f.firstCalls(company)) }

// begunBefore counts those whose research began before the last of the others.
func (f *floor) begunBefore(others, company string) int {
	last, n := 0, 0
	for _, at := range f.firstCalls(others) {
		last = max(last, at)
	}
	for _, at := range f.firstCalls(company) {
		if at < last {
			n++
		}
	}
	return n
}

// firstCalls gives, for each company whose name begins so, which call of the model's was the first for it.
func (f *floor) firstCalls(prefix string) map[string]int {
	first := map[string]int{}
	for i, c := range f.box.Model.Calls() {
		if c.Role != model.RoleReader {
			continue
		}
		var input struct{ Lead struct{ Company string } }
		if json.Unmarshal(c.Input, &input) != nil || !strings.HasPrefix(input.Lead.Company, prefix) {
			continue
		}
		if _, known := first[input.Lead.Company]; !known {
			first[input.Lead.Company] = i
		}
	}
	return first
}
