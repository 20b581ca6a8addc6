package fiberhttp

import (
	"bufio"
	"context"
	"time"

	"github.com/gofiber/fiber/v2"
)

// Pace is how often an event stream does what it does by itself. Zero values have the defaults.
type Pace struct {
	// Look is how often a moving run is read again although nobody said that it changed, and with it whether the person may still see it; a run that
	// waits for a person is read again every RestLook.
	Look, RestLook time.Duration
	// Beat is how often a comment is sent, by which a client that is gone shows.
	Beat time.Duration
	// Life is how long a stream lasts before the browser has to come again with a fresh session.
	Life time.Duration
}

// The defaults. RestLook stays well below the minute in which a revoked person has to be gone.
const (
	defaultLook     = 5 * time.Second
	defaultRestLook = 20 * time.Second
	defaultBeat     = 15 * time.Second
	defaultLife     = 15 * time.Minute
	readPatience    = 10 * time.Second
	flushPatience   = 30 * time.Second
)

func (p Pace) defaults() Pace {
	set := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	set(&p.Look, defaultLook)
	set(&p.RestLook, defaultRestLook)
	set(&p.Beat, defaultBeat)
	set(&p.Life, defaultLife)
	return p
}

// leadEvents streams the moving part of a lead's page as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). The
// subscription begins before the first look, so that no change falls between the two.
func (s *Server) leadEvents(c *fiber.Ctx) error {
	v, err := visitor(c)
	if err != nil {
		return err
	}
	pace := s.config.Pace.defaults()
	ctx, cancel := context.WithTimeout(s.open, pace.Life)
	changed, err := s.Live.Subscribe(ctx, v.Scope.Org())
	if err != nil {
		cancel()
		return err
	}
	d, err := s.dossier(c, v)
	if err != nil {
		cancel()
		return err
	}
	c.Set(fiber.HeaderContentType, "text/event-stream; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-store, no-transform")
	c.Set("X-Accel-Buffering", "no") // nginx passes the events on as they come
	if c.Method() == fiber.MethodHead {
		cancel()
		return nil
	}
	stream := &leadStream{server: s, visitor: v, lead: d.Lead.ID, conn: c.Context().Conn(), changed: changed, pace: pace}
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer cancel()
		stream.out = w
		stream.run(ctx, d)
	})
	return nil
}
