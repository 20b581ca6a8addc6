package fiberhttp

import (
	"io"
	"net"
	"time"
)

// How long, and for how many bytes, a connection that we close is still read.
const (
	lingerTime  = 2 * time.Second
	lingerBytes = 64 << 20
)

// lingering closes connections so that the client gets to read its answer. One that is refused while it still sends, since its body is over the limit,
// would otherwise see its connection reset and nothing of the refusal (RFC 9112, 9.6).
type lingering struct{ net.Listener }

// Accept implements net.Listener.
func (l lingering) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok && err == nil {
		return lingeringConn{tcp}, nil
	}
	return conn, err
}

type lingeringConn struct{ *net.TCPConn }

// Close implements net.Conn. It ends what we send at once, and the connection itself when the client has ended what it sends.
func (c lingeringConn) Close() error {
	if err := c.CloseWrite(); err != nil {
		return c.TCPConn.Close()
	}
	go func() {
		defer func() { _ = c.TCPConn.Close() }() // the client has had its answer
		if c.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
			_, _ = io.CopyN(io.Discard, c.TCPConn, lingerBytes) // nobody wants what is left
		}
	}()
	return nil
}
