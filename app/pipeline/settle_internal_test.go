package pipeline

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadagent/leadagent/domain/fault"
)

// kinds are all kinds of fault that there are.
func kinds() []fault.Kind {
	var all []fault.Kind
	for k := fault.Kind(1); !strings.HasPrefix(k.String(), "Kind("); k++ {
		all = append(all, k)
	}
	return all
}

// TestEveryFaultHasItsVerdict: what is a vendor's, waits; what no retry mends, asks; what is ours is tried a few times, then fails.
func TestEveryFaultHasItsVerdict(t *testing.T) {
	t.Parallel()
	want := map[fault.Kind]verdict{
		fault.Busy: tryLater, fault.Unavailable: tryLater,
		fault.Stale: leaveAlone, fault.Overloaded: comeBack,
		fault.Refused: askPerson, fault.Unusable: askPerson, fault.Doubtful: askPerson, fault.QuotaReached: askPerson, fault.TooMany: askPerson,
		fault.Invalid: ownDefect, fault.Malformed: ownDefect, fault.TooLarge: ownDefect, fault.Unsupported: ownDefect, fault.Unauthenticated: ownDefect,
		fault.Forbidden: ownDefect, fault.NotFound: ownDefect, fault.Conflict: ownDefect, fault.Internal: ownDefect,
	}
	require.Len(t, want, len(kinds()), "a kind without a line here")
	for _, k := range kinds() {
		require.Equal(t, want[k], verdictOn(k), k.String())
	}
	require.Equal(t, ownDefect, verdictOn(fault.Kind(200)), "an unknown kind is a defect")
	require.Equal(t, ownDefect, verdictOn(fault.KindOf(errors.New("anything"))))
}

// TestBackoffBounds: it doubles from a second to five minutes, give or take a quarter, and never undercuts what the vendor asked for.
func TestBackoffBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		failures := rapid.IntRange(0, 1_000_000).Draw(r, "failures")
		asked := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(r, "asked"))
		nominal := longest
		if failures < 20 {
			nominal = min(firstWait<<failures, longest)
		}
		got := backoff(failures, asked)
		require.GreaterOrEqual(r, got, max(nominal*3/4, asked))
		require.LessOrEqual(r, got, max(nominal*5/4, asked))
	})
	spread := map[time.Duration]bool{}
	for range 50 {
		spread[backoff(5, 0)] = true
	}
	require.Greater(t, len(spread), 10, "runs that failed together must not come back together")
}

func TestProblemsAreSafeToShow(t *testing.T) {
	t.Parallel()
	secret := errors.New("dial tcp 10.0.0.7: token xoxb-1")
	require.Equal(t, "The AI model is busy.", problem(from("the model", fault.Wrap(fault.Busy, secret, "The AI model is busy."))))
	require.Equal(t, "Something went wrong.", problem(secret))
	require.Equal(t, "Something went wrong.", problem(fault.Wrap(fault.Internal, secret, "")))
	require.Equal(t, "the model", waitingFor(fmt.Errorf("step: %w", from("the model", secret))))
	require.Equal(t, "another try", waitingFor(secret))
	require.NoError(t, from("the model", nil))
	require.True(t, fault.Is(from("the model", fault.New(fault.Refused, "no")), fault.Refused), "the kind shines through")
}
