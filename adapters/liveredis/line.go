package liveredis

import (
	"context"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"github.com/leadagent/leadagent/domain/tenancy"
)

// line is this process's one subscription to Redis. The client connects again by itself and then subscribes to everything anew.
type line struct {
	live *Live

	mu     sync.Mutex // held while Redis is talked to, so never together with the hub's
	pubsub *redis.PubSub
}

// match brings the subscription into line with who reads now. It may take as long as the client's time-outs.
func (n *line) match(ctx context.Context, org tenancy.OrgID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	here, anywhere := n.live.hub.present(org)
	switch {
	case !anywhere:
		n.hangUp()
	case here:
		if n.pubsub == nil {
			n.pubsub = n.live.client.Subscribe(ctx)
			go n.listen(n.pubsub.ChannelWithSubscriptions())
		}
		// On failure the client remembers the channel and subscribes when it has connected.
		_ = n.pubsub.Subscribe(ctx, channelPrefix+string(org))
	case n.pubsub != nil:
		_ = n.pubsub.Unsubscribe(ctx, channelPrefix+string(org))
	}
}

func (n *line) hangUp() {
	if n.pubsub == nil {
		return
	}
	// Nothing depends on how the connection ends.
	_ = n.pubsub.Close()
	n.pubsub = nil
}

// listen ends when the subscription is closed.
func (n *line) listen(messages <-chan any) {
	for message := range messages {
		switch m := message.(type) {
		case *redis.Message:
			n.live.receive(m.Channel, m.Payload)
		case *redis.Subscription:
			if org, ours := strings.CutPrefix(m.Channel, channelPrefix); ours && m.Kind == "subscribe" {
				n.live.hub.hear(tenancy.OrgID(org))
			}
		}
	}
}
