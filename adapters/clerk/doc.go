// Package clerk asks Clerk who somebody is: it verifies session tokens and looks memberships up in the Backend API. It owns the cache of
// signing keys and the reading of Clerk's claims. It must not know what a role allows, nor keep anything about people.
package clerk
