package faults

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Moment is a boundary at which a call can be held.
type Moment string

const (
	// Before is when the request has arrived and nothing has been done.
	Before Moment = "before"
	// After is when the emulator has done its work and the caller has not heard of it.
	After Moment = "after"
)

// Forever plans a fault for every following call, until Clear.
const Forever = -1

// Switch decides what befalls each call. The zero value lets everything pass. It is safe for concurrent use.
type Switch struct {
	mu      sync.Mutex
	planned []plan
	holds   map[boundary]chan struct{}
	latency map[string]time.Duration
	held    map[boundary]int
	changed chan struct{}
}

type plan struct {
	fault Fault
	left  int
}

type boundary struct {
	target string
	moment Moment
}

// Plan lets the next n calls that match f.Target fail with f, in the order of planning. Forever never runs out.
func (s *Switch) Plan(f Fault, n int) {
	if n == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.planned = append(s.planned, plan{fault: f, left: n})
}

// FailNext answers the next n calls, whatever their target, with the status and headers.
func (s *Switch) FailNext(n, status int, header http.Header) {
	s.Plan(Fault{Target: Any, Kind: KindStatus, Status: status, Header: header}, n)
}

// ResetAfterAccept lets the next n calls of the target take effect and then cuts the connection without an answer.
func (s *Switch) ResetAfterAccept(target string, n int) {
	s.Plan(Fault{Target: target, Kind: KindReset}, n)
}

// Latency delays every call of the target by d from now on; 0 ends it.
func (s *Switch) Latency(target string, d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.latency == nil {
		s.latency = map[string]time.Duration{}
	}
	s.latency[target] = d
}

// Hold stops every call of the target before it takes effect, until Release.
func (s *Switch) Hold(target string) { s.hold(boundary{target, Before}) }

// HoldAfter stops every call of the target after it took effect and before the caller hears of it, until Release.
func (s *Switch) HoldAfter(target string) { s.hold(boundary{target, After}) }

func (s *Switch) hold(b boundary) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.holds == nil {
		s.holds = map[boundary]chan struct{}{}
	}
	if s.holds[b] == nil {
		s.holds[b] = make(chan struct{})
	}
}

// Release ends every hold and lets the held calls go on.
func (s *Switch) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for b, gate := range s.holds {
		close(gate)
		delete(s.holds, b)
	}
}

// Clear forgets every planned fault, hold and latency.
func (s *Switch) Clear() {
	s.Release()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.planned, s.latency = nil, nil
}

// Held counts the calls of the target that are being held now, at either moment; Any counts all of them.
func (s *Switch) Held(target string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heldLocked(target)
}

func (s *Switch) heldLocked(target string) int {
	total := 0
	for b, n := range s.held {
		if target == Any || b.target == target {
			total += n
		}
	}
	return total
}

// AwaitHeld returns once at least n calls of the target are being held, or with the context's error.
func (s *Switch) AwaitHeld(ctx context.Context, target string, n int) error {
	for {
		s.mu.Lock()
		count, changed := s.heldLocked(target), s.changedLocked()
		s.mu.Unlock()
		if count >= n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %d held calls of %q: %w", n, target, ctx.Err())
		}
	}
}

func (s *Switch) changedLocked() chan struct{} {
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

// Admit is called by an emulator when a request has arrived. It waits out latency and holds, then returns the fault that the
// call shall suffer, if any. Its error is the context's: the caller went away, and the call must have no effect.
func (s *Switch) Admit(ctx context.Context, target string) (Fault, bool, error) {
	if err := s.delay(ctx, target); err != nil {
		return Fault{}, false, err
	}
	if err := s.wait(ctx, target, Before); err != nil {
		return Fault{}, false, err
	}
	f, ok := s.take(target)
	return f, ok, nil
}

// Depart is called by an emulator when a call has taken effect and is about to be answered. Its error is the context's.
func (s *Switch) Depart(ctx context.Context, target string) error {
	return s.wait(ctx, target, After)
}

func (s *Switch) delay(ctx context.Context, target string) error {
	s.mu.Lock()
	d := max(s.latency[target], s.latency[Any])
	s.mu.Unlock()
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("during latency: %w", ctx.Err())
	}
}

func (s *Switch) wait(ctx context.Context, target string, moment Moment) error {
	s.mu.Lock()
	gate := s.holds[boundary{target, moment}]
	if gate == nil {
		gate = s.holds[boundary{Any, moment}]
	}
	if gate == nil {
		s.mu.Unlock()
		return nil
	}
	s.countLocked(boundary{target, moment}, 1)
	s.mu.Unlock()

	defer func() {
		s.mu.Lock()
		s.countLocked(boundary{target, moment}, -1)
		s.mu.Unlock()
	}()
	select {
	case <-gate:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("held %s %q: %w", moment, target, ctx.Err())
	}
}

func (s *Switch) countLocked(b boundary, delta int) {
	if s.held == nil {
		s.held = map[boundary]int{}
	}
	s.held[b] += delta
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

func (s *Switch) take(target string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.planned {
		p := &s.planned[i]
		if p.fault.Target != Any && p.fault.Target != target {
			continue
		}
		f := p.fault
		if p.left > 0 {
			p.left--
		}
		if p.left == 0 {
			s.planned = append(s.planned[:i:i], s.planned[i+1:]...)
		}
		return f, true
	}
	return Fault{}, false
}
