package embedded

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// inProcessRedis is a miniredis whose clock is kept going.
type inProcessRedis struct {
	server  *miniredis.Miniredis
	end     context.CancelFunc
	stopped chan struct{}
}

// clockStep is how late a key may expire; Redis' own active expiry runs at the same pace (hz 10).
const clockStep = 100 * time.Millisecond

// startInProcessRedis starts one that outlives ctx.
func startInProcessRedis(ctx context.Context, port int) (*inProcessRedis, error) {
	server := miniredis.NewMiniRedis()
	if err := server.StartAddr(net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err != nil {
		return nil, fmt.Errorf("in-process Redis: %w: %w", ErrPortInUse, err)
	}
	ctx, end := context.WithCancel(context.WithoutCancel(ctx))
	r := &inProcessRedis{server: server, end: end, stopped: make(chan struct{})}
	go r.keepTime(ctx)
	return r, nil
}

// keepTime moves miniredis' clock, by which keys expire and which otherwise stands still.
func (r *inProcessRedis) keepTime(ctx context.Context) {
	defer close(r.stopped)
	tick := time.NewTicker(clockStep)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			r.server.FastForward(now.Sub(last))
			last = now
		}
	}
}

func (r *inProcessRedis) stop(context.Context) error {
	r.kill()
	return nil
}

func (r *inProcessRedis) kill() {
	r.end()
	<-r.stopped
	r.server.Close()
}
