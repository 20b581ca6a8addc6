package mail

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// mostAnswered is how many bytes a server may send in one conversation; a real one sends a few hundred.
const mostAnswered = 1 << 20

var errTalkative = errors.New("the server sent more than a conversation can need")

// wire is a connection whose time is bounded twice: by each step's patience and by the context, whichever ends first. Once the context
// has ended no step gets time any more.
type wire struct {
	net.Conn
	left int // bytes that may still be read; only the conversation reads

	mu       sync.Mutex
	deadline time.Time // of the context; zero: none
	cut      bool
}

// newWire binds a connection to the context. Call release when the conversation has ended.
func newWire(ctx context.Context, conn net.Conn) (w *wire, release func() bool) {
	w = &wire{Conn: conn, left: mostAnswered}
	w.deadline, _ = ctx.Deadline()
	return w, context.AfterFunc(ctx, w.end)
}

// allow gives what follows at most d.
func (w *wire) allow(d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut {
		return nil // the past deadline stands
	}
	until := time.Now().Add(d)
	if !w.deadline.IsZero() && w.deadline.Before(until) {
		until = w.deadline
	}
	return w.SetDeadline(until)
}

// end lets every pending and later read and write fail at once.
func (w *wire) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = true
	// It only fails on a closed connection, which has ended as well.
	_ = w.SetDeadline(time.Unix(1, 0))
}

// Read reads like the connection until the server has sent too much.
func (w *wire) Read(p []byte) (int, error) {
	if w.left <= 0 {
		return 0, errTalkative
	}
	n, err := w.Conn.Read(p[:min(len(p), w.left)])
	w.left -= n
	return n, err
}
