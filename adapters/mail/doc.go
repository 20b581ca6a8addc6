// Package mail hands approved emails to an SMTP server (RFC 5321). It owns the wire: the connection, the encoding of the message, and the
// reading of what the server said. It must not know why an email is sent, and it never decides to send one again.
package mail
