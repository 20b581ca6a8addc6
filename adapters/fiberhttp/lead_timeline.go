package fiberhttp

import (
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/leadagent/leadagent/app/console"
	"github.com/leadagent/leadagent/app/pipeline"
	"github.com/leadagent/leadagent/domain/leads"
	"github.com/leadagent/leadagent/domain/tenancy"
	"github.com/leadagent/leadagent/domain/workflows"
	"github.com/leadagent/leadagent/ports"
	"github.com/leadagent/leadagent/web"
)

// Kinds of moments that are no event of the state machine, and what they carry.
const (
	momentReceived    = "received"
	momentRead        = "read"
	momentSearch      = "search"
	momentFetch       = "fetch_url"
	momentCRM         = "crm_search"
	momentUnknownTool = "unknown_tool"
	momentWaiting     = "waiting"
	momentCard        = "card_posted"
	outcomeFailed     = "failed"
)

// liveOf is the part of a lead's page that moves.
func liveOf(d console.Dossier, clock web.Clock) (web.LeadLiveView, error) {
	research, err := researchOf(d)
	if err != nil {
		return web.LeadLiveView{}, err
	}
	t := telling{dossier: d, research: research, who: peopleOf(d), clock: clock}
	return web.LeadLiveView{
		LeadID: string(d.Lead.ID), Clock: clock, Progress: progressOf(d, clock), Items: t.items(), Live: d.Run != nil && !d.Run.State.Ended(),
	}, nil
}

// telling turns what happened to a run into what its page tells.
type telling struct {
	dossier  console.Dossier
	research pipeline.Research
	who      people
	clock    web.Clock
}

func (t telling) items() []web.TimelineItem {
	var items []web.TimelineItem
	for _, m := range t.dossier.Moments {
		items = append(items, t.tell(m)...)
	}
	for _, e := range t.dossier.Emails {
		if !e.HandedOverAt.IsZero() {
			items = append(items, web.TimelineItem{Kind: web.TimelineSending, At: e.HandedOverAt})
		}
	}
	if t.dossier.Run == nil {
		items = t.withoutRun()
	}
	sort.SliceStable(items, func(i, j int) bool { return items[i].At.Before(items[j].At) })
	return items
}

// withoutRun is the way of a lead that nothing was started for.
func (t telling) withoutRun() []web.TimelineItem {
	lead := t.dossier.Lead
	items := []web.TimelineItem{{Kind: web.TimelineReceived, At: lead.CreatedAt, Detail: cameFrom(lead.Source)}}
	if lead.Status == leads.Held {
		items = append(items, web.TimelineItem{Kind: web.TimelineHeld, At: lead.CreatedAt, Detail: "It goes on with the next period, or with a bigger plan."})
	}
	return items
}

// tell gives the items of one moment. What is not known here is told by its name, so that nothing stays hidden.
func (t telling) tell(m ports.Moment) []web.TimelineItem {
	item := web.TimelineItem{At: m.At, By: t.by(m)}
	switch m.Kind {
	case momentReceived:
		item.Kind, item.Detail = web.TimelineReceived, cameFrom(t.dossier.Lead.Source)
	case momentRead:
		item.Kind, item.Title, item.Detail = web.TimelineNote, "Took notes", m.Data["note"]
	case momentSearch, momentFetch, momentCRM:
		return []web.TimelineItem{looked(item, m)}
	case momentUnknownTool:
		item.Kind, item.Title, item.Detail = web.TimelineNote, "The model asked for a tool that does not exist", m.Data["note"]
	case momentWaiting:
		item.Kind, item.Vendor, item.Until = web.TimelineWaiting, m.Data["for"], moment(m.Data["until"])
	case momentCard:
		item.Kind, item.Detail = web.TimelineCard, channelName(m.Data["channel"])
	default:
		return t.tellEvent(item, workflows.EventKind(m.Kind), m)
	}
	return []web.TimelineItem{item}
}

// looked is an action of the research.
func looked(item web.TimelineItem, m ports.Moment) web.TimelineItem {
	item.Failed = m.Data["outcome"] == outcomeFailed
	item.Query = m.Data["argument"]
	switch m.Kind {
	case momentFetch:
		item.Kind, item.URL = web.TimelineFetch, m.Data["argument"]
	case momentCRM:
		item.Kind = web.TimelineCRM
	default:
		item.Kind = web.TimelineSearch
	}
	if item.Failed {
		item.Detail = m.Data["note"]
		return item
	}
	found, _, _ := strings.Cut(m.Data["note"], " ")
	item.Count, _ = strconv.Atoi(found)
	return item
}

// by names who did it: the member as they are called now, else as they were called then.
func (t telling) by(m ports.Moment) string {
	if id := m.Data["by"]; id != "" {
		return t.who.name(tenancy.UserID(id))
	}
	return ""
}

// moment reads a time of the record; the zero time when there is none.
func moment(s string) time.Time {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return at
}

func channelName(s string) string {
	if s == "" {
		return ""
	}
	return "#" + strings.TrimPrefix(s, "#")
}

// cameFrom is a lead's origin in a few words.
func cameFrom(s leads.Source) string {
	from := "Hosted form"
	if s.Surface == "api" {
		from = "API"
	}
	if campaign := s.UTM["utm_campaign"]; campaign != "" {
		from += ", campaign “" + campaign + "”"
	}
	return from
}
