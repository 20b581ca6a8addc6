package accounts_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/app/accounts"
)

// TestFormKeys: a key is all that stands between a form and strangers' programs, so it has at least 80 random bits, in characters that no
// address has to escape and nobody confuses.
func TestFormKeys(t *testing.T) {
	t.Parallel()
	const many = 20_000
	seen := map[string]bool{}
	var at [20]map[byte]int
	for i := range at {
		at[i] = map[byte]int{}
	}
	for range many {
		key := accounts.FormKey()
		require.Regexp(t, `^[a-z2-7]{20}$`, key)
		require.False(t, seen[key], "a key came twice")
		seen[key] = true
		for i := range key {
			at[i][key[i]]++
		}
	}
	bits := 0.0
	for _, counts := range at {
		for _, n := range counts {
			p := float64(n) / many
			bits -= p * math.Log2(p)
		}
	}
	require.GreaterOrEqual(t, bits, 99.0, "every one of the 20 characters carries its five bits")
}
