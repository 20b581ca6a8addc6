package fiberhttp_test

import (
	"context"
	"sync"

	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
)

// broker is ports.Live within one process, and knows who listens.
type broker struct {
	mu        sync.Mutex
	listeners map[chan workflows.ID]tenancy.OrgID
}

var _ ports.Live = (*broker)(nil)

func (b *broker) Publish(_ context.Context, org tenancy.OrgID, runs []workflows.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for listener, of := range b.listeners {
		for _, id := range runs {
			if of == org {
				select {
				case listener <- id:
				default:
				}
			}
		}
	}
}

func (b *broker) Subscribe(ctx context.Context, org tenancy.OrgID) (<-chan workflows.ID, error) {
	listener := make(chan workflows.ID, 16)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.listeners == nil {
		b.listeners = map[chan workflows.ID]tenancy.OrgID{}
	}
	b.listeners[listener] = org
	context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.listeners, listener)
		close(listener)
	})
	return listener, nil
}

func (b *broker) listening() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.listeners)
}
