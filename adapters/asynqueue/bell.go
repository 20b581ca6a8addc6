package asynqueue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// payload is a task's plain JSON. It holds no personal data.
type payload struct {
	Org  tenancy.OrgID `json:"org"`
	Run  workflows.ID  `json:"run"`
	Ring int64         `json:"ring"`
}

// taskTimeout is above anything that one task does, so that Asynq never runs a second copy beside one that is at work.
const taskTimeout = time.Hour

// memory is the key by whose absence a flushed Redis is known.
const memory = "leadagent:doorbell:remembers"

// Bell puts rings into Asynq's queues.
type Bell struct {
	client *asynq.Client
	redis  redis.UniversalClient
}

var _ ports.Doorbell = (*Bell)(nil)

// NewBell makes a Bell on a Redis client that the caller closes.
func NewBell(client redis.UniversalClient) *Bell {
	return &Bell{client: asynq.NewClientFromRedisClient(client), redis: client}
}

// Ring puts the rings into their queues. Every ring has a number of its own, so that a task that is stuck or archived never swallows a later one.
// A ring that is there already is no error.
func (b *Bell) Ring(ctx context.Context, rings []ports.Ring) error {
	for _, r := range rings {
		body, err := json.Marshal(payload{Org: r.Org, Run: r.Run, Ring: r.Number})
		if err != nil {
			return fmt.Errorf("encode a ring: %w", err)
		}
		_, err = b.client.EnqueueContext(ctx, asynq.NewTask(string(r.Kind), body),
			asynq.Queue(string(r.Queue)), asynq.TaskID(fmt.Sprintf("%s:%d", r.Run, r.Number)),
			asynq.MaxRetry(0), asynq.Retention(0), asynq.Timeout(taskTimeout))
		if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
			return fault.Wrap(fault.Unavailable, err, "The queue cannot be reached.")
		}
	}
	return nil
}

// Remembers tells whether Redis still holds what was put into it since the last Remember.
func (b *Bell) Remembers(ctx context.Context) (bool, error) {
	n, err := b.redis.Exists(ctx, memory).Result()
	if err != nil {
		return false, fault.Wrap(fault.Unavailable, err, "The queue cannot be reached.")
	}
	return n == 1, nil
}

// Remember sets the mark that a flush takes away.
func (b *Bell) Remember(ctx context.Context) error {
	if err := b.redis.Set(ctx, memory, "1", 0).Err(); err != nil {
		return fault.Wrap(fault.Unavailable, err, "The queue cannot be reached.")
	}
	return nil
}
