package pipeline

import (
	"context"
	"log/slog"
	"time"

	"github.com/leadagent/leadagent/ports"
)

// How the relay works through the outbox.
const (
	ringsAtOnce = 128
	ringHold    = 10 * time.Second // a relay that dies leaves its rows to the others after this
	relayTick   = 500 * time.Millisecond
)

// Relay moves what is due from the outbox to the doorbell. Any number may run at once.
type Relay struct {
	outbox ports.Outbox
	bell   ports.Doorbell
	slots  int
	wake   chan struct{}
	log    *slog.Logger
}

// NewRelay makes a Relay. slots is how many runs of one organization may be researched at a time.
func NewRelay(outbox ports.Outbox, bell ports.Doorbell, slots int, log *slog.Logger) *Relay {
	return &Relay{outbox: outbox, bell: bell, slots: slots, wake: make(chan struct{}, 1), log: log}
}

// Wake makes the relay look at once. It never blocks.
func (r *Relay) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run relays until ctx ends. It looks when woken, and twice a second for what became due with time or was written by another process.
func (r *Relay) Run(ctx context.Context) {
	tick := time.NewTicker(relayTick)
	defer tick.Stop()
	for {
		if err := r.drain(ctx); err != nil && ctx.Err() == nil {
			r.log.WarnContext(ctx, "the outbox waits", "error", err)
			pause(ctx, time.Second)
		}
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		case <-tick.C:
		}
	}
}

// drain rings until nothing is due. Rows whose ring failed come back by themselves when their hold is over.
func (r *Relay) drain(ctx context.Context) error {
	for {
		rings, err := r.outbox.Take(ctx, ringsAtOnce, r.slots, ringHold)
		if err != nil || len(rings) == 0 {
			return err
		}
		if err := r.bell.Ring(ctx, rings); err != nil {
			return err
		}
		if err := r.outbox.Rang(ctx, rings); err != nil {
			return err
		}
	}
}

// Sweeper finds what was dropped: runs whose worker died, rings that Redis lost.
type Sweeper struct {
	outbox ports.Outbox
	bell   ports.Doorbell
	every  time.Duration
	grace  time.Duration
	found  func()
	log    *slog.Logger
}

// NewSweeper makes a Sweeper that looks every so often and counts a ring as lost when nobody came for grace. found is called when something was
// made due again.
func NewSweeper(outbox ports.Outbox, bell ports.Doorbell, every, grace time.Duration, found func(), log *slog.Logger) *Sweeper {
	return &Sweeper{outbox: outbox, bell: bell, every: every, grace: grace, found: found, log: log}
}

// Run sweeps until ctx ends.
func (w *Sweeper) Run(ctx context.Context) {
	tick := time.NewTicker(w.every)
	defer tick.Stop()
	for {
		if err := w.sweep(ctx); err != nil && ctx.Err() == nil {
			w.log.WarnContext(ctx, "sweep failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sweep looks first whether the doorbell forgot everything, as after a flush of Redis. A doorbell that cannot be asked has lost nothing for sure.
func (w *Sweeper) sweep(ctx context.Context) error {
	remembers, err := w.bell.Remembers(ctx)
	forgot := err == nil && !remembers
	found, err := w.outbox.Sweep(ctx, w.grace, forgot)
	if err != nil {
		return err
	}
	if forgot {
		if err := w.bell.Remember(ctx); err != nil {
			return err
		}
	}
	if found > 0 {
		w.log.InfoContext(ctx, "made due again", "rows", found, "queue_was_empty", forgot)
		w.found()
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
