// Package mailbox is the sandbox's mail server: it accepts whatever is sent to it by SMTP (RFC 5321), delivers none of it, and
// shows it on a page and as JSON. No email leaves the machine.
//
// Its faults let a test refuse, delay, hold or cut a delivery at each stage, among them after the final dot, when the message is
// accepted and the sender cannot know. It must not know what the messages are about.
package mailbox
