package clerk

import (
	"context"
	"time"
)

// attemptLife bounds one attempt of an automatic webhook, as Svix does.
const attemptLife = 15 * time.Second

// pauses are how long the sandbox waits between attempts: Svix's schedule, shortened so that a person at a desk sees it work.
// https://docs.svix.com/retries
func pauses() []time.Duration {
	return []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute}
}

// announce sends a webhook in the background where that was asked for. Like Svix, it promises no order. The caller holds
// the mutex.
func (s *Server) announce(kind string, data any) {
	if !s.cfg.Automatic || s.cfg.WebhookURL == "" || s.closed {
		return
	}
	e, err := s.NewEvent(kind, data)
	if err != nil {
		return
	}
	s.insist(e)
}

// deliverUntilTaken repeats a delivery until it is taken, the schedule has run out, or the context ends.
func (s *Server) deliverUntilTaken(ctx context.Context, e Event) {
	for _, pause := range append([]time.Duration{0}, pauses()...) {
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		if s.delivered(ctx, e) {
			return
		}
	}
}

func (s *Server) delivered(ctx context.Context, e Event) bool {
	ctx, cancel := context.WithTimeout(ctx, attemptLife)
	defer cancel()
	d, err := s.Deliver(ctx, e)
	return err == nil && d.Delivered()
}
