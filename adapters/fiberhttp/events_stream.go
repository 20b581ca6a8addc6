package fiberhttp

import (
	"bufio"
	"bytes"
	"context"
	"net"
	"strings"
	"time"

	"github.com/leadagent/leadagent/app/accounts"
	"github.com/leadagent/leadagent/app/console"
	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/web"
)

// leadStream is one open event stream. It outlives its request's Ctx and must not touch it.
type leadStream struct {
	server  *Server
	visitor accounts.Visitor
	lead    leads.ID
	conn    net.Conn
	out     *bufio.Writer
	changed <-chan workflows.ID
	pace    Pace
	sent    []byte // what the page shows
}

// run sends until the run has ended, the person may not see it any more, the client is gone, or the server closes.
func (l *leadStream) run(ctx context.Context, d console.Dossier) {
	if l.write("retry: 3000\n\n") != nil || !l.show(ctx, d) {
		return
	}
	beat := time.NewTicker(l.pace.Beat)
	defer beat.Stop()
	for l.await(ctx, d, beat.C) {
		next, mayGoOn := l.look(ctx, d)
		if !mayGoOn || !l.show(ctx, next) {
			return
		}
		d = next
	}
}

// await waits until the run is to be read again. It gives false when the stream is over.
func (l *leadStream) await(ctx context.Context, d console.Dossier, beat <-chan time.Time) bool {
	look := time.NewTimer(l.wait(d))
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-beat:
			if l.write(": still here\n\n") != nil {
				return false
			}
		case id, open := <-l.changed:
			if !open {
				l.changed = nil // the subscription is lost; looking goes on
			} else if d.Run == nil || d.Run.ID == id {
				return true
			}
		case <-look.C:
			return true
		}
	}
}

func (l *leadStream) wait(d console.Dossier) time.Duration {
	if d.Run != nil && d.Run.State.Working() {
		return l.pace.Look
	}
	return l.pace.RestLook
}

// look reads the lead again, as the person that the reader is by now. It gives false when they may not see it any more. While the database is
// away the page keeps what it has.
func (l *leadStream) look(ctx context.Context, shown console.Dossier) (console.Dossier, bool) {
	ctx, cancel := context.WithTimeout(ctx, readPatience)
	defer cancel()
	for range 2 {
		d, err := l.server.Console.Lead(ctx, l.visitor.Scope, l.lead)
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
			return d, false
		}
		if err != nil {
			l.server.Log.WarnContext(ctx, "an event stream could not be refreshed", "org", l.visitor.Scope.Org(), "error", err)
			return shown, true
		}
		now, known := d.People[l.visitor.Member.UserID]
		if !known || !now.Active {
			return d, false
		}
		if now.Role == l.visitor.Member.Role {
			return d, true
		}
		l.visitor.Member = now
		l.visitor.Scope = tenancy.ForMember(l.visitor.Scope.Org(), now, tenancy.Dashboard)
	}
	return shown, true
}

// show sends what has changed, and the end when there is one. It gives false when the stream is over.
func (l *leadStream) show(ctx context.Context, d console.Dossier) bool {
	live, err := liveOf(d, l.server.clock(l.visitor))
	if err != nil {
		l.server.Log.ErrorContext(ctx, "a timeline could not be told", "org", l.visitor.Scope.Org(), "error", err)
		return false
	}
	var page bytes.Buffer
	if err := web.LeadLive(live).Render(ctx, &page); err != nil {
		return false
	}
	if !bytes.Equal(page.Bytes(), l.sent) {
		if l.write(event(web.EventTimeline, page.String())) != nil {
			return false
		}
		l.sent = page.Bytes()
	}
	if !live.Live {
		// An error here means that the client is gone, which ends the stream as well.
		_ = l.write(event(web.EventEnd, "ended"))
		return false
	}
	return true
}

// event is a server-sent event. Every kind of line break that the format knows begins a new data line, so that no text can forge a field.
func event(name, data string) string {
	data = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(data)
	return "event: " + name + "\ndata: " + strings.ReplaceAll(data, "\n", "\ndata: ") + "\n\n"
}

// write sends and gives the connection time to take it; the server's own write time is for whole answers and would cut the stream.
func (l *leadStream) write(text string) error {
	if err := l.conn.SetWriteDeadline(time.Now().Add(flushPatience)); err != nil {
		return err
	}
	if _, err := l.out.WriteString(text); err != nil {
		return err
	}
	return l.out.Flush()
}
