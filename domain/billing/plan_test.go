package billing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadagent/leadagent/domain/billing"
)

func day(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestPeriodAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ began, now, start, end string }{
		{"2026-01-15 10:00", "2026-01-15 10:00", "2026-01-15 10:00", "2026-02-15 10:00"},
		{"2026-01-15 10:00", "2026-02-15 09:59", "2026-01-15 10:00", "2026-02-15 10:00"},
		{"2026-01-15 10:00", "2026-02-15 10:00", "2026-02-15 10:00", "2026-03-15 10:00"},
		{"2026-01-31 00:00", "2026-02-10 00:00", "2026-01-31 00:00", "2026-02-28 00:00"},
		{"2026-01-31 00:00", "2026-02-28 00:00", "2026-02-28 00:00", "2026-03-31 00:00"},
		{"2024-01-31 00:00", "2024-02-29 12:00", "2024-02-29 00:00", "2024-03-31 00:00"},
		{"2025-11-30 23:30", "2026-03-01 00:00", "2026-02-28 23:30", "2026-03-30 23:30"},
	} {
		p := billing.PeriodAt(day(c.began), day(c.now))
		require.Equal(t, day(c.start), p.Start, c)
		require.Equal(t, day(c.end), p.End, c)
	}
}

func TestPeriodsCoverEveryMomentOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		began := time.Unix(rapid.Int64Range(1_600_000_000, 1_900_000_000).Draw(t, "began"), 0).UTC()
		now := began.Add(time.Duration(rapid.Int64Range(0, 5*365*24*3600).Draw(t, "later")) * time.Second)
		p := billing.PeriodAt(began, now)
		if now.Before(p.Start) || !now.Before(p.End) {
			t.Fatalf("%v is not in %v", now, p)
		}
		if next := billing.PeriodAt(began, p.End); !next.Start.Equal(p.End) {
			t.Fatalf("%v is followed by %v", p, next)
		}
	})
}

func TestTerms(t *testing.T) {
	t.Parallel()
	require.Equal(t, billing.Terms{Leads: 100, Seats: 3, Price: 4900, Title: "Starter", Public: true}, billing.Starter.Terms())
	require.Equal(t, billing.Terms{Leads: 1000, Seats: 10, Price: 19900, Title: "Pro", Public: true}, billing.Pro.Terms())
	require.Equal(t, billing.Terms{Title: "Enterprise"}, billing.Enterprise.Terms())
	require.True(t, billing.Usage{Used: 100, Limit: 100}.Reached())
	require.False(t, billing.Usage{Used: 99, Limit: 100}.Reached())
	require.False(t, billing.Usage{Used: 1 << 20, Limit: billing.Unlimited}.Reached())
}
