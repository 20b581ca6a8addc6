package liveredis

import (
	"sync"

	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
)

// backlog is how many ids a reader may be behind before it misses some.
const backlog = 64

// hub hands ids to the readers of this process.
type hub struct {
	mu    sync.Mutex
	rooms map[tenancy.OrgID]*room
}

// room is one organization's readers.
type room struct {
	readers map[chan workflows.ID]struct{}
	heard   chan struct{} // closed once Redis listens for this organization
	open    bool          // heard is not closed yet
}

// enter adds a reader and tells whether it is its organization's first.
func (h *hub) enter(org tenancy.OrgID) (reader chan workflows.ID, heard <-chan struct{}, first bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rooms[org]
	if r == nil {
		r = &room{readers: map[chan workflows.ID]struct{}{}, heard: make(chan struct{}), open: true}
		h.rooms[org] = r
		first = true
	}
	reader = make(chan workflows.ID, backlog)
	r.readers[reader] = struct{}{}
	return reader, r.heard, first
}

// leave removes and closes a reader and tells whether it was its organization's last.
func (h *hub) leave(org tenancy.OrgID, reader chan workflows.ID) (last bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rooms[org]
	delete(r.readers, reader)
	close(reader)
	if len(r.readers) > 0 {
		return false
	}
	delete(h.rooms, org)
	return true
}

// deliver never waits: a reader whose backlog is full misses the id.
func (h *hub) deliver(org tenancy.OrgID, runs []workflows.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rooms[org]
	if r == nil {
		return
	}
	for reader := range r.readers {
		for _, run := range runs {
			select {
			case reader <- run:
			default:
			}
		}
	}
}

// hear notes that Redis listens for the organization now.
func (h *hub) hear(org tenancy.OrgID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r := h.rooms[org]; r != nil && r.open {
		close(r.heard)
		r.open = false
	}
}

// present tells whether the organization has readers, and whether any has.
func (h *hub) present(org tenancy.OrgID) (here, anywhere bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.rooms[org] != nil, len(h.rooms) > 0
}
