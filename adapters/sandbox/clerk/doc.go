// Package clerk emulates the parts of Clerk that the program meets: an issuer of session tokens, the Backend API for organizations,
// memberships, invitations, users and sessions, a small Frontend API by which a page gets fresh tokens, a sign-in page that lists
// the seeded people, and webhooks signed as Svix signs them.
//
// It was written from clerk.com/docs: guides/sessions/session-tokens (the claims of both versions), guides/how-clerk-works/overview (cookies),
// reference/backend-api and reference/frontend-api, guides/development/webhooks/overview; and from
// docs.svix.com/receiving/verifying-payloads/how-manual.
//
// It owns all state in memory. It must not know the program under test beyond the URLs that it is configured with, and it is never
// part of a production process.
package clerk
