package liveredis_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded"
	"github.com/leadagent/leadagent/adapters/liveredis"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
)

const acme, globex = tenancy.OrgID("org_acme"), tenancy.OrgID("org_globex")

func run(n int) workflows.ID { return workflows.ID(fmt.Sprintf("0197f0c0-0000-7000-8000-%012d", n)) }

func subscribe(t *testing.T, l *liveredis.Live, org tenancy.OrgID) <-chan workflows.ID {
	t.Helper()
	ids, err := l.Subscribe(t.Context(), org)
	require.NoError(t, err)
	return ids
}

func next(t *testing.T, ids <-chan workflows.ID) workflows.ID {
	t.Helper()
	select {
	case id, open := <-ids:
		require.True(t, open)
		return id
	case <-time.After(10 * time.Second):
		t.Fatal("nothing came")
		return ""
	}
}

func nothing(t *testing.T, ids <-chan workflows.ID) {
	t.Helper()
	select {
	case id := <-ids:
		t.Fatalf("%q came", id)
	default:
	}
}

func TestWordReachesEveryProcessOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, r *embedded.Redis) {
		here, there := liveredis.NewLive(connect(t, r)), liveredis.NewLive(connect(t, r))
		mine, second, theirs, foreign := subscribe(t, here, acme), subscribe(t, here, acme), subscribe(t, there, acme), subscribe(t, there, globex)
		for i := range 3 {
			here.Publish(t.Context(), acme, []workflows.ID{run(2 * i), run(2*i + 1)})
			got := map[workflows.ID]bool{}
			for range 2 {
				got[next(t, theirs)] = true
			}
			require.Equal(t, map[workflows.ID]bool{run(2 * i): true, run(2*i + 1): true}, got)
			for _, ids := range []<-chan workflows.ID{mine, second} {
				require.Equal(t, run(2*i), next(t, ids))
				require.Equal(t, run(2*i+1), next(t, ids))
			}
		}
		there.Publish(t.Context(), globex, []workflows.ID{run(100)})
		require.Equal(t, run(100), next(t, foreign))
		// A word of the other organization's and our own echo would have come before this one.
		there.Publish(t.Context(), acme, []workflows.ID{run(101)})
		for _, ids := range []<-chan workflows.ID{mine, second, theirs} {
			require.Equal(t, run(101), next(t, ids))
			nothing(t, ids)
		}
		nothing(t, foreign)
	})
}

func TestMessagesCarryRunIDsOnly(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, r *embedded.Redis) {
		client := connect(t, r)
		l := liveredis.NewLive(connect(t, r))
		tap := client.PSubscribe(t.Context(), "*")
		t.Cleanup(func() { _ = tap.Close() })
		_, err := tap.Receive(t.Context())
		require.NoError(t, err)
		l.Publish(t.Context(), acme, []workflows.ID{run(1), run(2)})
		m, err := tap.ReceiveMessage(t.Context())
		require.NoError(t, err)
		require.Equal(t, "leadagent:live:org_acme", m.Channel)
		require.Regexp(t, `^[A-Z2-7]{26} `+string(run(1)+" "+run(2))+`$`, m.Payload)

		ids := subscribe(t, l, acme)
		for _, payload := range []string{"", "x", "x <script>", "x org_globex " + string(run(3)) + "x", "x  " + string(run(4))} {
			require.NoError(t, client.Publish(t.Context(), "leadagent:live:org_acme", payload).Err())
		}
		require.Equal(t, run(4), next(t, ids), "what is no run id is dropped")
	})
}

func TestManyRunsAtOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, r *embedded.Redis) {
		here, there := liveredis.NewLive(connect(t, r)), liveredis.NewLive(connect(t, r))
		ids := subscribe(t, there, acme)
		many := make([]workflows.ID, 450)
		for i := range many {
			many[i] = run(i)
		}
		done := make(chan struct{})
		got := map[workflows.ID]bool{}
		go func() {
			defer close(done)
			for len(got) < 64 {
				got[<-ids] = true
			}
		}()
		here.Publish(t.Context(), acme, many)
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Fatal("too little came")
		}
	})
}

func TestChannelsCloseWithTheirContext(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, r *embedded.Redis) {
		client := connect(t, r)
		l := liveredis.NewLive(client)
		for range 3 { // a subscription comes back after the last one went
			ctx, cancel := context.WithCancel(t.Context())
			ids, err := l.Subscribe(ctx, acme)
			require.NoError(t, err)
			stays := subscribe(t, l, globex)
			cancel()
			eventually(t, func() bool {
				select {
				case _, open := <-ids:
					return !open
				default:
					return false
				}
			})
			l.Publish(t.Context(), acme, []workflows.ID{run(1)})
			l.Publish(t.Context(), globex, []workflows.ID{run(2)})
			require.Equal(t, run(2), next(t, stays))
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		ids, err := l.Subscribe(ended, acme)
		require.NoError(t, err)
		eventually(t, func() bool { _, open := <-ids; return !open })
		eventually(t, func() bool {
			n, err := client.PubSubNumSub(t.Context(), "leadagent:live:org_acme").Result()
			return err == nil && n["leadagent:live:org_acme"] == 0
		})
	})
}

func TestASlowReaderMissesAndHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, r *embedded.Redis) {
		l := liveredis.NewLive(connect(t, r))
		slow, quick := subscribe(t, l, acme), subscribe(t, l, acme)
		for i := range 1000 {
			l.Publish(t.Context(), acme, []workflows.ID{run(i)})
			require.Equal(t, run(i), next(t, quick))
		}
		require.Len(t, slow, cap(slow))
	})
}

func TestWithoutRedisThisProcessStaysLiveAndOthersReturn(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, r *embedded.Redis) {
		here, there := liveredis.NewLive(connect(t, r)), liveredis.NewLive(connect(t, r))
		mine, theirs := subscribe(t, here, acme), subscribe(t, there, acme)
		r.Kill()
		began := time.Now()
		here.Publish(t.Context(), acme, []workflows.ID{run(1)})
		require.Equal(t, run(1), next(t, mine))
		late := subscribe(t, here, globex)
		here.Publish(t.Context(), globex, []workflows.ID{run(2)})
		require.Equal(t, run(2), next(t, late))
		require.Less(t, time.Since(began), 2*time.Second)

		require.NoError(t, r.Restart(t.Context()))
		eventually(t, func() bool { // publications begin to arrive again, also for who came during the outage
			here.Publish(t.Context(), acme, []workflows.ID{run(3)})
			there.Publish(t.Context(), globex, []workflows.ID{run(4)})
			return len(theirs) > 0 && len(late) > 0
		})
		for next(t, theirs) != run(3) {
			// The client tries again, so that word of the outage may come as well.
		}
		for next(t, late) != run(4) {
		}
	})
}

func TestPublishingToASilentRedisHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	client := redis.NewClient(&redis.Options{Addr: "192.0.2.1:6379", DialTimeout: time.Minute}) // an address that never answers
	t.Cleanup(func() { _ = client.Close() })
	l := liveredis.NewLive(client)
	ids := subscribe(t, l, acme)
	began := time.Now()
	for i := range 500 {
		l.Publish(t.Context(), acme, []workflows.ID{run(i)})
		require.Equal(t, run(i), next(t, ids))
	}
	l.Publish(t.Context(), "", []workflows.ID{run(1)})
	l.Publish(t.Context(), acme, nil)
	require.Less(t, time.Since(began), 2*time.Second)
}
