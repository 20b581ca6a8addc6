package postgres

import (
	"cmp"
	"errors"
	"slices"
	"sync"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/ports"
)

// ticket is a submission on its way through the intake. Its outcome may be read once done is closed.
type ticket struct {
	entry       ports.Entry
	fingerprint string
	done        chan struct{}
	receipt     ports.Receipt
	err         error
}

func newTicket(e ports.Entry) *ticket {
	return &ticket{entry: e, fingerprint: e.Submission.Fingerprint(), done: make(chan struct{})}
}

// answer gives all of them the same error.
func answer(tickets []*ticket, err error) {
	for _, t := range tickets {
		t.err = err
		close(t.done)
	}
}

// queue holds what waits, a line for each organization. An organization is with one committer at a time: two would wait for each other at
// its usage row.
type queue struct {
	mu      sync.Mutex
	lines   map[tenancy.OrgID]*line
	ready   []*line // have somebody waiting and are with no committer, the longest ready first
	waiting int     // tickets in all lines
	active  int     // committers
	coming  int     // those among them that have not taken anything yet
	closed  bool
	running sync.WaitGroup // committers, and transactions beside them; added to under mu, or by one of them
}

type line struct {
	org     tenancy.OrgID
	tickets []*ticket // the oldest first
	busy    bool
}

func newQueue() *queue { return &queue{lines: map[tenancy.OrgID]*line{}} }

// put lets the ticket wait and tells whether the caller has to start a committer. A full or closed queue is Overloaded.
func (q *queue) put(t *ticket) (start bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.line(t.entry.Scope.Org())
	if q.closed || q.waiting >= mostWaiting || len(l.tickets) >= mostOfOne {
		return false, fault.Wrap(fault.Overloaded, errors.New("too many submissions wait"), "Too much comes in right now. Try again in a moment.").
			After(fullFor)
	}
	l.tickets = append(l.tickets, t)
	q.lines[l.org] = l
	q.waiting++
	if len(l.tickets) == 1 && !l.busy {
		q.ready = append(q.ready, l)
	}
	return q.wanted(), nil
}

func (q *queue) line(org tenancy.OrgID) *line {
	if l := q.lines[org]; l != nil {
		return l
	}
	return &line{org: org}
}

// wanted tells whether one more committer is of use, and counts it as running.
func (q *queue) wanted() bool {
	if len(q.ready) == 0 || q.coming > 0 || q.active >= committers {
		return false
	}
	q.active++
	q.coming++
	q.running.Add(1)
	return true
}

// next tells a committer whether to go on. After false it is no longer counted.
func (q *queue) next() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.ready) > 0 && q.coming == 0 {
		q.coming++
		return true
	}
	q.active--
	q.running.Done()
	return false
}

// take gives a committer up to most tickets, every ready organization its fair share of them, in the order of the organizations' ids, and
// tells whether to start another committer for the rest.
func (q *queue) take(most int) (groups []*group, start bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.coming--
	lines := q.ready[:min(most, len(q.ready))]
	share := make([]int, len(lines))
	for i, l := range lines {
		share[i] = min(len(l.tickets), max(1, most/len(lines)))
		most -= share[i]
	}
	for i, l := range lines {
		more := min(len(l.tickets)-share[i], most)
		most -= more
		l.busy = true
		groups = append(groups, &group{org: l.org, tickets: l.cut(share[i] + more)})
		q.waiting -= share[i] + more
	}
	q.ready = slices.Delete(q.ready, 0, len(lines))
	slices.SortFunc(groups, func(a, b *group) int { return cmp.Compare(a.org, b.org) })
	return groups, q.wanted()
}

// cut gives the first n tickets of the line, which it loses.
func (l *line) cut(n int) []*ticket {
	head := l.tickets[:n:n]
	l.tickets = l.tickets[n:]
	if len(l.tickets) == 0 {
		l.tickets = nil
	}
	return head
}

// release says that organizations are with no committer any more, and tells whether to start another one for what came meanwhile.
func (q *queue) release(groups []*group) (start bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, g := range groups {
		l := q.lines[g.org]
		l.busy = false
		if len(l.tickets) > 0 {
			q.ready = append(q.ready, l)
		} else {
			delete(q.lines, g.org)
		}
	}
	return q.wanted()
}

// drop takes out a ticket that still waits. False: a committer has it.
func (q *queue) drop(t *ticket) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.lines[t.entry.Scope.Org()]
	if l == nil {
		return false
	}
	at := slices.Index(l.tickets, t)
	if at < 0 {
		return false
	}
	l.tickets = slices.Delete(l.tickets, at, at+1)
	q.waiting--
	q.forget(l)
	return true
}

// forget removes a line in which nobody waits.
func (q *queue) forget(l *line) {
	if len(l.tickets) > 0 || l.busy {
		return
	}
	if at := slices.Index(q.ready, l); at >= 0 {
		q.ready = slices.Delete(q.ready, at, at+1)
	}
	delete(q.lines, l.org)
}

// empty takes out all that waits.
func (q *queue) empty() []*ticket {
	q.mu.Lock()
	defer q.mu.Unlock()
	var left []*ticket
	for _, l := range q.lines {
		left = append(left, l.cut(len(l.tickets))...)
		q.forget(l)
	}
	q.waiting = 0
	return left
}

// close lets nothing more wait. The channel is closed when nothing runs any more.
func (q *queue) close() <-chan struct{} {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	drained := make(chan struct{})
	go func() {
		q.running.Wait()
		close(drained)
	}()
	return drained
}
