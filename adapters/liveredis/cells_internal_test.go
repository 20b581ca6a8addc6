package liveredis

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The bound of the memory and the passing of minutes show only from within.

func TestCellsFreeUpWithTime(t *testing.T) {
	t.Parallel()
	c, now := newCells(10), time.Now()
	for range 4 {
		ok, _ := c.allow("k", 4, now)
		require.True(t, ok)
	}
	ok, wait := c.allow("k", 4, now)
	require.False(t, ok)
	require.Equal(t, 15*time.Second, wait)
	ok, _ = c.allow("k", 4, now.Add(wait))
	require.True(t, ok)
	ok, _ = c.allow("k", 4, now.Add(wait))
	require.False(t, ok)
	for range 4 {
		ok, _ = c.allow("k", 4, now.Add(time.Hour))
		require.True(t, ok)
	}
}

func TestCellsAreBounded(t *testing.T) {
	t.Parallel()
	c, now := newCells(100), time.Now()
	for i := range 1000 {
		ok, _ := c.allow(strconv.Itoa(i), 1, now)
		require.True(t, ok)
		require.LessOrEqual(t, len(c.free), 100)
	}
	c.allow("old", 60, now.Add(-time.Minute))
	c.allow("busy", 1, now)
	c.makeRoom(now)
	require.NotContains(t, c.free, "old")
	require.Contains(t, c.free, "busy", "whoever is still limited stays so while there is room")
}
