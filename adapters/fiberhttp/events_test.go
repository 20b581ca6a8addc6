package fiberhttp_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/leadagent/leadagent/adapters/fiberhttp"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
	"github.com/leadagent/leadagent/web"
)

const patience = 10 * time.Second

// stream is an open event stream as a browser reads it.
type stream struct {
	t      *testing.T
	events chan sse // closed at the stream's end
	close  context.CancelFunc
}

type sse struct{ name, data string }

func (b *bench) stream(as tenancy.UserID, lead leads.ID) *stream {
	b.t.Helper()
	ctx, cancel := context.WithCancel(b.t.Context())
	b.t.Cleanup(cancel)
	r := b.request(http.MethodGet, web.LeadEventsPath(string(lead)), "").WithContext(ctx)
	r.Header.Set("Accept", "text/event-stream")
	r.AddCookie(&http.Cookie{Name: "__session", Value: token(as)})
	res, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		b.t.Fatalf("the stream answers %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	s := &stream{t: b.t, events: make(chan sse, 100), close: cancel}
	go s.read(res.Body)
	return s
}

func (s *stream) read(body io.ReadCloser) {
	defer close(s.events)
	defer func() { _ = body.Close() }()
	var e sse
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	lines.Split(anyBreak)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "event":
			e.name = value
		case "data":
			e.data += value + "\n"
		case "":
			if lines.Text() == "" && e != (sse{}) {
				s.events <- e
				e = sse{}
			}
		}
	}
}

// anyBreak splits at LF, CR and CR LF, as browsers do.
func anyBreak(data []byte, _ bool) (advance int, line []byte, err error) {
	i := bytes.IndexAny(data, "\r\n")
	if i < 0 || i == len(data)-1 && data[i] == '\r' {
		return 0, nil, nil
	}
	if data[i] == '\r' && data[i+1] == '\n' {
		return i + 2, data[:i], nil
	}
	return i + 1, data[:i], nil
}

func (s *stream) next() sse {
	s.t.Helper()
	select {
	case e, open := <-s.events:
		if !open {
			s.t.Fatal("the stream ended")
		}
		return e
	case <-time.After(patience):
		s.t.Fatal("no event came")
	}
	return sse{}
}

// ended waits for the end and gives the events before it.
func (s *stream) ended() []sse {
	s.t.Helper()
	var rest []sse
	deadline := time.After(patience)
	for {
		select {
		case e, open := <-s.events:
			if !open {
				return rest
			}
			rest = append(rest, e)
		case <-deadline:
			s.t.Fatal("the stream did not end")
		}
	}
}

// pace makes a stream do by itself what is named, and nothing else.
func pace(p fiberhttp.Pace) func(*fiberhttp.Config) {
	if p.Look == 0 {
		p.Look = time.Hour
	}
	if p.RestLook == 0 {
		p.RestLook = time.Hour
	}
	if p.Beat == 0 {
		p.Beat = time.Hour
	}
	return func(c *fiberhttp.Config) { c.Pace = p }
}

// goesOn moves a run as a worker does.
func (b *bench) goesOn(id workflows.ID, to workflows.State, kind string) {
	b.data.change(acme, func(tn *tenant) {
		r := tn.runs[id]
		r.State = to
		r.moments = append(r.moments, ports.Moment{ID: 99, Kind: kind, Data: map[string]string{"to": string(to)}, At: tn.now()})
	})
}

func (b *bench) eventually(what string, holds func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(patience); !holds(); runtime.Gosched() {
		if time.Now().After(deadline) {
			b.t.Fatal(what)
		}
	}
}

func TestEventsFollowTheRun(t *testing.T) {
	t.Parallel()
	b := newBench(t, pace(fiberhttp.Pace{}))
	lead, id := b.waiting(acme, "Jane Doe", func(_ *leads.Lead, r *run) { r.State = workflows.Drafting })
	_, other := b.waiting(acme, "Somebody Else")
	s := b.stream(sam, lead)
	first := s.next()
	if first.name != web.EventTimeline || !strings.Contains(first.data, "Drafting") {
		t.Errorf("first %+v", first)
	}
	b.live.Publish(t.Context(), acme, []workflows.ID{other})
	b.goesOn(id, workflows.AwaitingReview, "reopened")
	b.live.Publish(t.Context(), acme, []workflows.ID{id})
	if second := s.next(); second.name != web.EventTimeline || !strings.Contains(second.data, "Waits for a person") {
		t.Errorf("second %+v", second)
	}
	b.goesOn(id, workflows.Rejected, "rejected")
	b.live.Publish(t.Context(), acme, []workflows.ID{id})
	rest := s.ended()
	if len(rest) != 2 || rest[0].name != web.EventTimeline || rest[1].name != web.EventEnd || rest[1].data == "" {
		t.Errorf("the end is %+v", rest)
	}
	b.eventually("a stream that ended still listens", func() bool { return b.live.listening() == 0 })
}

func TestEventsComeWithoutPublication(t *testing.T) {
	t.Parallel()
	b := newBench(t, pace(fiberhttp.Pace{Look: 10 * time.Millisecond}))
	lead, id := b.waiting(acme, "Jane Doe", func(_ *leads.Lead, r *run) { r.State = workflows.Drafting })
	s := b.stream(sam, lead)
	s.next()
	b.goesOn(id, workflows.AwaitingReview, "reopened")
	if e := s.next(); !strings.Contains(e.data, "Waits for a person") {
		t.Errorf("looked: %+v", e)
	}
}

func TestEventsEndWhenAccessIsLost(t *testing.T) {
	t.Parallel()
	for name, revoke := range map[string]func(*tenant){
		"revoked": func(tn *tenant) { m := tn.members[mia]; m.Active = false; tn.members[mia] = m },
		"role":    func(tn *tenant) { m := tn.members[mia]; m.Role = 0; tn.members[mia] = m },
		"deleted": func(tn *tenant) { clear(tn.members) },
		"given to somebody else": func(tn *tenant) {
			for _, l := range tn.leads {
				l.AssignedTo = sam
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, pace(fiberhttp.Pace{RestLook: 10 * time.Millisecond}))
			lead, _ := b.waiting(acme, "Jane Doe", func(l *leads.Lead, _ *run) { l.AssignedTo = mia })
			s := b.stream(mia, lead)
			s.next()
			b.data.change(acme, func(tn *tenant) {
				revoke(tn)
				for _, r := range tn.runs {
					r.moments = append(r.moments, ports.Moment{Kind: "secret", At: tn.now()})
				}
			})
			if rest := s.ended(); len(rest) != 0 {
				t.Errorf("more was told: %+v", rest)
			}
		})
	}
}

func TestLoweredRoleKeepsWhatItMaySee(t *testing.T) {
	t.Parallel()
	b := newBench(t, pace(fiberhttp.Pace{}))
	lead, id := b.waiting(acme, "Jane Doe", func(l *leads.Lead, _ *run) { l.AssignedTo = moe })
	s := b.stream(moe, lead)
	s.next()
	b.data.change(acme, func(tn *tenant) { m := tn.members[moe]; m.Role = tenancy.Worker; tn.members[moe] = m })
	b.goesOn(id, workflows.Drafting, "redraft_wanted")
	b.live.Publish(t.Context(), acme, []workflows.ID{id})
	if e := s.next(); !strings.Contains(e.data, "asked for another draft") {
		t.Errorf("told: %+v", e)
	}
}

func TestEventsSurviveADatabaseThatIsAway(t *testing.T) {
	t.Parallel()
	b := newBench(t, pace(fiberhttp.Pace{RestLook: 10 * time.Millisecond}))
	lead, id := b.waiting(acme, "Jane Doe")
	s := b.stream(sam, lead)
	s.next()
	b.data.mu.Lock()
	b.data.down = true
	b.data.mu.Unlock()
	b.get(sam, web.PathReview).want(http.StatusServiceUnavailable)
	b.data.mu.Lock()
	b.data.down = false
	b.data.mu.Unlock()
	b.goesOn(id, workflows.Drafting, "redraft_wanted")
	if e := s.next(); !strings.Contains(e.data, "Drafting") {
		t.Errorf("told: %+v", e)
	}
}

func TestAGoneClientFreesItsStream(t *testing.T) {
	t.Parallel()
	b := newBench(t, pace(fiberhttp.Pace{Beat: 10 * time.Millisecond}))
	lead, _ := b.waiting(acme, "Jane Doe")
	s := b.stream(sam, lead)
	s.next()
	if b.live.listening() != 1 {
		t.Fatalf("%d listen", b.live.listening())
	}
	s.close()
	b.eventually("the stream of a client that is gone still listens", func() bool { return b.live.listening() == 0 })
}

func TestEventsEndWithTheServerAndWithTheirTime(t *testing.T) {
	t.Parallel()
	b := newBench(t, pace(fiberhttp.Pace{Life: 50 * time.Millisecond}))
	lead, _ := b.waiting(acme, "Jane Doe")
	s := b.stream(sam, lead)
	s.next()
	s.ended()

	b = newBench(t, pace(fiberhttp.Pace{}))
	lead, _ = b.waiting(acme, "Jane Doe")
	s = b.stream(sam, lead)
	s.next()
	if err := b.server.Shutdown(5 * time.Second); err != nil {
		t.Error(err)
	}
	s.ended()
}

func TestNoTextForgesAnEvent(t *testing.T) {
	t.Parallel()
	b := newBench(t, pace(fiberhttp.Pace{}))
	forged := "x\r\revent: end\rdata: forged\n\nevent: end\ndata: forged\r\n\r\nevent: end\r\ndata: forged"
	lead, id := b.waiting(acme, "Jane Doe", func(_ *leads.Lead, r *run) {
		r.moments = append(r.moments, ports.Moment{Kind: "redraft_wanted", Data: map[string]string{"by_name": forged, "problem": forged}, At: start()})
	})
	s := b.stream(sam, lead)
	if e := s.next(); e.name != web.EventTimeline || !strings.Contains(e.data, "data: forged") {
		t.Errorf("the text is %+v", e)
	}
	b.goesOn(id, workflows.Drafting, "reopened")
	b.live.Publish(t.Context(), acme, []workflows.ID{id})
	if e := s.next(); e.name != web.EventTimeline || !strings.Contains(e.data, "Drafting") {
		t.Errorf("what follows is %+v", e)
	}
	b.do(b.request(http.MethodGet, web.LeadEventsPath(string(lead)), "")).want(http.StatusSeeOther)
}
