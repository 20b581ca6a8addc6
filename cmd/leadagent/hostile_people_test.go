package main

import (
	"net/http"
	"strings"

	"github.com/stretchr/testify/require"
)

// signIn gives the cookies of a person who has signed in.
func (w *world) signIn(person string) []*http.Cookie {
	w.t.Helper()
	list, err := w.box.Clerk.SignIn(person, orgOf(person))
	require.NoError(w.t, err)
	return list
}

// cookies is the Cookie header that a browser would send.
func cookies(list []*http.Cookie) string {
	pairs := make([]string, len(list))
	for i, c := range list {
		pairs[i] = c.Name + "=" + c.Value
	}
	return strings.Join(pairs, "; ")
}
