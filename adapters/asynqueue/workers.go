package asynqueue

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/leadagent/leadagent/app/pipeline"
	"github.com/leadagent/leadagent/app/review"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// How workers look for tasks and how long they have to stop.
const (
	lookEvery = 10 * time.Millisecond // Asynq's own second would be felt at every idle moment
	stopIn    = 9 * time.Second
)

// Concurrency is how many tasks one process works on at a time, for each queue.
type Concurrency struct {
	Research  int
	Approvals int
}

// Workers take tasks and do them. Each queue has workers of its own, so that an approval never waits behind research.
type Workers struct {
	servers []*asynq.Server
	mux     *asynq.ServeMux
	cancel  context.CancelFunc
}

// NewWorkers makes workers on a Redis client that the caller closes after Stop.
func NewWorkers(
	client redis.UniversalClient, p *pipeline.Pipeline, desk *review.Desk, concurrency Concurrency, log *slog.Logger,
) *Workers {
	base, cancel := context.WithCancel(context.Background())
	w := &Workers{mux: asynq.NewServeMux(), cancel: cancel}
	w.mux.HandleFunc(string(ports.RingRun), handler(log, func(ctx context.Context, t payload) error { return p.Advance(ctx, t.Org, t.Run) }))
	w.mux.HandleFunc(string(ports.RingCard), handler(log, func(ctx context.Context, t payload) error { return p.ShowCard(ctx, t.Org, t.Run) }))
	w.mux.HandleFunc(string(ports.RingCallback), handler(log, func(ctx context.Context, t payload) error {
		return desk.DecideClicks(ctx, t.Org, t.Run)
	}))
	for queue, n := range map[workflows.Queue]int{
		workflows.Research: concurrency.Research, workflows.Approvals: concurrency.Approvals,
	} {
		w.servers = append(w.servers, asynq.NewServerFromRedisClient(client, asynq.Config{
			Concurrency: n, Queues: map[string]int{string(queue): 1}, TaskCheckInterval: lookEvery, ShutdownTimeout: stopIn,
			BaseContext: func() context.Context { return base }, Logger: quiet{log}, LogLevel: asynq.WarnLevel,
		}))
	}
	return w
}

// handler reads the payload and always takes the task off the queue: whatever is still to be done, Postgres knows, and the sweeper brings it back.
func handler(log *slog.Logger, do func(context.Context, payload) error) func(context.Context, *asynq.Task) error {
	return func(ctx context.Context, task *asynq.Task) error {
		var t payload
		if err := json.Unmarshal(task.Payload(), &t); err != nil {
			log.ErrorContext(ctx, "task refused: its payload cannot be read", "type", task.Type(), "error", err)
			return nil
		}
		if _, ok := workflows.ParseID(string(t.Run)); !ok || t.Org == "" {
			log.ErrorContext(ctx, "task refused: it names no run of an organization", "type", task.Type())
			return nil
		}
		if err := do(ctx, t); err != nil {
			log.WarnContext(ctx, "task ended early", "type", task.Type(), "org", t.Org, "run", t.Run, "error", err)
		}
		return nil
	}
}

// Start begins to take tasks.
func (w *Workers) Start() error {
	for _, s := range w.servers {
		if err := s.Start(w.mux); err != nil {
			return fmt.Errorf("start workers: %w", err)
		}
	}
	return nil
}

// Stop takes no more tasks, lets running ones give their runs back, and returns within about ten seconds.
func (w *Workers) Stop() {
	for _, s := range w.servers {
		s.Stop()
	}
	w.cancel()
	var all sync.WaitGroup
	for _, s := range w.servers {
		all.Go(s.Shutdown)
	}
	all.Wait()
}

// quiet passes Asynq's own words to the program's log.
type quiet struct{ log *slog.Logger }

func (q quiet) Debug(args ...any) { q.log.Debug("asynq: " + fmt.Sprint(args...)) }
func (q quiet) Info(args ...any)  { q.log.Debug("asynq: " + fmt.Sprint(args...)) }
func (q quiet) Warn(args ...any)  { q.log.Warn("asynq: " + fmt.Sprint(args...)) }
func (q quiet) Error(args ...any) { q.log.Warn("asynq: " + fmt.Sprint(args...)) }
func (q quiet) Fatal(args ...any) { q.log.Error("asynq: " + fmt.Sprint(args...)) }
