package intake

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// stampClock is a clock that a test sets.
type stampClock struct{ at time.Time }

func (c *stampClock) now() time.Time { return c.at }

func newStamps(key string) (*Stamps, *stampClock) {
	c := &stampClock{at: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	return NewStamps([]byte(key), c.now), c
}

func TestStampTellsHowLongAgoThePageWasOpened(t *testing.T) {
	t.Parallel()
	stamps, clock := newStamps("key")
	stamp := stamps.Issue("acme-demo")
	opened := clock.at
	for after, why := range map[time.Duration]string{
		0: "too fast", stampRest - time.Millisecond: "too fast", stampRest: "", time.Minute: "", stampLife: "", stampLife + time.Millisecond: "more than a day",
		-time.Hour: "too fast", // a stamp of the future: a clock went back, or it was made up
	} {
		clock.at = opened.Add(after)
		if why == "" {
			require.Empty(t, stamps.suspect(stamp, "acme-demo"), after.String())
			continue
		}
		require.Contains(t, stamps.suspect(stamp, "acme-demo"), why, after.String())
	}
	require.Equal(t, 2*time.Second, stampRest, "as the contract says")
}

func TestStampsCannotBeForged(t *testing.T) {
	t.Parallel()
	stamps, clock := newStamps("key")
	others, _ := newStamps("another key")
	stamp, foreign := stamps.Issue("acme-demo"), others.Issue("acme-demo")
	clock.at = clock.at.Add(time.Minute)
	require.Empty(t, stamps.suspect(stamp, "acme-demo"))
	raw, err := base64.RawURLEncoding.DecodeString(stamp)
	require.NoError(t, err)
	older := append([]byte(nil), raw...)
	older[7]++
	for name, forged := range map[string]string{
		"none": "", "not base64": "%%%", "of another key": foreign, "padded": stamp + "=", "longer": stamp + "AAAA",
		"only the time": base64.RawURLEncoding.EncodeToString(raw[:8]), "empty signature": base64.RawURLEncoding.EncodeToString(append(raw[:8:8], make([]byte, 32)...)),
		"another time": base64.RawURLEncoding.EncodeToString(older), "in the other alphabet": base64.StdEncoding.EncodeToString(raw), "blank": " " + stamp,
		"huge": strings.Repeat("A", 1<<20),
	} {
		require.Contains(t, stamps.suspect(forged, "acme-demo"), "not ours", name)
	}
	require.Contains(t, stamps.suspect(stamp, "globex-demo"), "not ours", "another form's stamp")
	require.Contains(t, stamps.suspect(stamp, "acme-demo\n"), "not ours")
	for n := range len(stamp) {
		require.Contains(t, stamps.suspect(stamp[:n], "acme-demo"), "not ours", "cut after %d characters", n)
	}
}

// TestAnyChangedBitIsSeen flips one bit of a stamp anywhere.
func TestAnyChangedBitIsSeen(t *testing.T) {
	t.Parallel()
	stamps, clock := newStamps("key")
	raw, err := base64.RawURLEncoding.DecodeString(stamps.Issue("acme-demo"))
	require.NoError(t, err)
	clock.at = clock.at.Add(time.Minute)
	rapid.Check(t, func(r *rapid.T) {
		forged := append([]byte(nil), raw...)
		forged[rapid.IntRange(0, len(raw)-1).Draw(r, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(r, "bit")
		require.NotEmpty(r, stamps.suspect(base64.RawURLEncoding.EncodeToString(forged), "acme-demo"))
	})
}

// TestStampsOfAllProcessesAreOne: a form opened at one web process may come back to another.
func TestStampsOfAllProcessesAreOne(t *testing.T) {
	t.Parallel()
	one, _ := newStamps("key")
	other, clock := newStamps("key")
	clock.at = clock.at.Add(time.Minute)
	require.Empty(t, other.suspect(one.Issue("acme-demo"), "acme-demo"))
}
