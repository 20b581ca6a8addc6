package liveredis

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

const (
	channelPrefix = "leadagent:live:"
	// mostIDs is how many runs one message names.
	mostIDs = 200
	// mostPublishing is how many publications may wait for a slow Redis; what comes then stays in this process.
	mostPublishing = 16
	// confirmation is how long Subscribe waits for Redis to say that it listens.
	confirmation = 250 * time.Millisecond
)

// Live tells open pages of every process what changed. Word goes to the readers of this process directly, and to other processes by Redis'
// PUBLISH (https://redis.io/docs/latest/develop/pubsub/); what cannot be delivered is dropped.
type Live struct {
	client     redis.UniversalClient
	origin     string // tells our own messages when Redis gives them back
	publishing chan struct{}
	hub        hub
	line       line
}

var _ ports.Live = (*Live)(nil)

// NewLive makes a Live on the client, which stays the caller's to close. It holds a connection of its own only while somebody subscribes.
func NewLive(client redis.UniversalClient) *Live {
	l := &Live{
		client: client, origin: rand.Text(), publishing: make(chan struct{}, mostPublishing),
		hub: hub{rooms: map[tenancy.OrgID]*room{}},
	}
	l.line.live = l
	return l
}

// Publish implements ports.Live. It returns at once; the message to Redis carries run ids and nothing else.
func (l *Live) Publish(ctx context.Context, org tenancy.OrgID, runs []workflows.ID) {
	if org == "" || len(runs) == 0 {
		return
	}
	l.hub.deliver(org, runs)
	select {
	case l.publishing <- struct{}{}:
	default:
		return
	}
	// Whoever changed the run may be done before Redis has heard of it.
	ctx = context.WithoutCancel(ctx)
	go func() {
		defer func() { <-l.publishing }()
		for len(runs) > 0 {
			n := min(len(runs), mostIDs)
			if l.client.Publish(ctx, channelPrefix+string(org), l.encode(runs[:n])).Err() != nil {
				return // best effort
			}
			runs = runs[n:]
		}
	}()
}

func (l *Live) encode(runs []workflows.ID) string {
	var b strings.Builder
	b.WriteString(l.origin)
	for _, run := range runs {
		b.WriteByte(' ')
		b.WriteString(string(run))
	}
	return b.String()
}

// receive hands on what another process published. Anything that is not a run's id is dropped.
func (l *Live) receive(channel, payload string) {
	org, ours := strings.CutPrefix(channel, channelPrefix)
	origin, ids, _ := strings.Cut(payload, " ")
	if !ours || origin == l.origin {
		return
	}
	var runs []workflows.ID
	for _, id := range strings.Fields(ids) {
		if run, ok := workflows.ParseID(id); ok {
			runs = append(runs, run)
		}
	}
	l.hub.deliver(tenancy.OrgID(org), runs)
}

// Subscribe implements ports.Live. It never fails: without Redis the channel tells what this process publishes, and as soon as Redis is
// there the rest as well.
func (l *Live) Subscribe(ctx context.Context, org tenancy.OrgID) (<-chan workflows.ID, error) {
	reader, heard, first := l.hub.enter(org)
	if first {
		go l.line.match(context.WithoutCancel(ctx), org)
	}
	context.AfterFunc(ctx, func() {
		if l.hub.leave(org, reader) {
			l.line.match(context.WithoutCancel(ctx), org)
		}
	})
	wait := time.NewTimer(confirmation)
	defer wait.Stop()
	select {
	case <-heard:
	case <-wait.C:
	case <-ctx.Done():
	}
	return reader, nil
}
