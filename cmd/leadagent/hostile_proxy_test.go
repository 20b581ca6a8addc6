package main

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// wire is a TCP proxy before a store, by which a test takes the store away from one process and gives it back. The store itself, which other tests use
// at the same time, never notices.
type wire struct {
	target string
	local  net.Listener

	mu      sync.Mutex
	changed *sync.Cond
	cut     bool
	frozen  bool
	delay   time.Duration
	open    map[net.Conn]bool
}

// wireTo makes a proxy to the address in a URL, and gives the URL that leads through it.
func wireTo(t *testing.T, address string) (p *wire, through string) {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	local, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p = &wire{target: u.Host, local: local, open: map[net.Conn]bool{}}
	p.changed = sync.NewCond(&p.mu)
	go p.accept()
	t.Cleanup(func() {
		_ = local.Close() // what is open still is closed next
		p.Cut()
	})
	u.Host = local.Addr().String()
	return p, u.String()
}

func (p *wire) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
	p.changed.Broadcast()
}

// Cut resets every connection and refuses new ones, as a server that has ended does.
func (p *wire) Cut() {
	p.set(func() {
		p.cut = true
		for conn := range p.open {
			p.reset(conn)
		}
	})
}

func (p *wire) reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // a reset rather than an end
	}
	_ = conn.Close()
	delete(p.open, conn)
}

// Freeze lets nothing pass any more, as a host that is gone does: connections stay open and silent.
func (p *wire) Freeze() { p.set(func() { p.frozen = true }) }

// Slow delays whatever is sent to the store.
func (p *wire) Slow(d time.Duration) { p.set(func() { p.delay = d }) }

// Mend ends all of that.
func (p *wire) Mend() { p.set(func() { p.cut, p.frozen, p.delay = false, false, 0 }) }

func (p *wire) accept() {
	for {
		conn, err := p.local.Accept()
		if err != nil {
			return
		}
		go p.serve(conn)
	}
}

// admit keeps a connection in the books; false while the store is away.
func (p *wire) admit(conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cut {
		p.reset(conn)
		return false
	}
	p.open[conn] = true
	return true
}

func (p *wire) serve(client net.Conn) {
	if !p.admit(client) {
		return
	}
	store, err := net.Dial("tcp", p.target)
	if err != nil || !p.admit(store) {
		_ = client.Close()
		return
	}
	var both sync.WaitGroup
	both.Go(func() { p.pass(store, client, true) })
	both.Go(func() { p.pass(client, store, false) })
	both.Wait()
	p.set(func() { delete(p.open, client); delete(p.open, store) })
}

// pass carries bytes one way until either side ends.
func (p *wire) pass(to, from net.Conn, toStore bool) {
	defer func() { _, _ = to.Close(), from.Close() }() // the other way has nothing to say without this one
	chunk := make([]byte, 64<<10)
	for {
		n, err := from.Read(chunk)
		if err != nil {
			return
		}
		p.wait(toStore)
		if _, err := io.Writer(to).Write(chunk[:n]); err != nil {
			return
		}
	}
}

func (p *wire) wait(toStore bool) {
	p.mu.Lock()
	for p.frozen && !p.cut {
		p.changed.Wait()
	}
	delay := p.delay
	p.mu.Unlock()
	if toStore && delay > 0 {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		<-timer.C
	}
}
