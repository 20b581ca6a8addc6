package postgres_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded/pgtest"
	"github.com/leadagent/leadagent/adapters/postgres"
	"github.com/leadagent/leadagent/domain/leads"
)

// Whatever is asked of the database is understood in every mode, the two for poolers above all, in which values travel without the
// server's word about their types.
func TestEveryModeSpeaksTheSame(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			pg := pgtest.New(t, migrated)
			a := fill(t, pg, orgA)
			exec(t, connect(t, pg.SuperuserURL), "DELETE FROM outbox; DELETE FROM usage_periods")
			db := open(t, pg, func(o *postgres.Options) { o.ExecMode = mode })
			intake, outbox, directory := postgres.NewIntake(db, newID), postgres.NewOutbox(db), postgres.NewDirectory(db)

			e := entry(t, 1)
			e.IdempotencyKey, e.BodyHash, e.FormID, e.UserID = "k", "h", a.form, "user_1"
			first, err := intake.Accept(t.Context(), e)
			require.NoError(t, err)
			require.Equal(t, leads.Pending, first.Status)
			again, err := intake.Accept(t.Context(), e)
			require.NoError(t, err)
			require.True(t, again.Replayed)
			caught := entry(t, 2)
			caught.Quarantine = "too fast"
			_, err = intake.Accept(t.Context(), caught)
			require.NoError(t, err)

			rings, err := outbox.Take(t.Context(), 10, 10, time.Minute)
			require.NoError(t, err)
			require.Len(t, rings, 1)
			require.NoError(t, outbox.Rang(t.Context(), rings))
			found, err := outbox.Sweep(t.Context(), time.Hour, true)
			require.NoError(t, err)
			require.Positive(t, found)

			_, err = directory.Form(t.Context(), a.key)
			require.NoError(t, err)
			_, err = directory.SlackRun(t.Context(), a.team, a.run)
			require.NoError(t, err)
			wrong, err := postgres.Inspect(t.Context(), db)
			require.NoError(t, err)
			require.Empty(t, wrong)
		})
	}
}
