// Package resend hands approved emails to Resend's HTTP API (https://resend.com/docs/api-reference/emails/send-email). It owns the wire: the
// request, its idempotency key, and the reading of what Resend said. It must not know why an email is sent, and it never decides to
// send one again.
//
// It speaks HTTP by the standard library. Resend's own client for Go (v3.0.0) keeps of an error answer only its text, and it is the status and
// the error's name that tell a refusal from a doubt.
package resend
