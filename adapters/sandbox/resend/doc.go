// Package resend emulates the wire of Resend's email API: POST /emails with its authentication, its checks, its error documents and its
// idempotency keys. What it accepts goes to whoever catches mail in the sandbox; no email leaves the machine.
//
// It was written from resend.com/docs: "Send Email" and "Errors" (API reference), "Rate Limit", and "Idempotency Keys". Two things
// differ. Attachments, templates, tags and scheduling are refused. And a Message-ID among the custom headers is kept, where the real
// transport puts one of its own, so that a test can tell which email arrived.
package resend
