package slack

import (
	"encoding/json"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"
)

type channelPage struct {
	Title, Base, Poll, ViewHash   string
	TeamName, ChannelName, Notice string
	Version                       int
	Teams, Channels, People       []link
	Messages                      []messageView
	Modal                         *modalView
}

type messageView struct {
	TS, Author, Initial, Time string
	Edited, Ephemeral         bool
	Text                      template.HTML
	Blocks                    []blockView
	Replies                   []messageView
}

type blockView struct {
	Type    string
	Text    template.HTML
	Items   []template.HTML
	Buttons []buttonView
	Input   *inputView
}

type buttonView struct {
	Form, As, TS, ActionID, Label, Style, Title string
	Opens                                       bool
	Confirm                                     *confirmView
}

type confirmView struct {
	Title, Yes string
	Text       template.HTML
}

// viewer is whose eyes the page is seen through, and where its forms go.
type viewer struct {
	renderer
	form, user string
}

func (p *pages) channel(w http.ResponseWriter, r *http.Request) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	team := s.teams[r.PathValue("team")]
	if team == nil {
		http.NotFound(w, r)
		return
	}
	channel, ok := team.channel(r.PathValue("channel"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	p.render(w, http.StatusOK, "channel", p.channelPage(team, channel, acting(team, r.URL.Query().Get("as"))))
}

// acting is the person that the page acts as: the one asked for, or the first.
func acting(team *workspace, id string) string {
	if _, ok := team.person(id); ok || len(team.People) == 0 {
		return id
	}
	return team.People[0].ID
}

func (p *pages) channelPage(team *workspace, channel Channel, user string) channelPage {
	s := p.server
	home := p.base + "/client/" + team.ID
	form := home + "/" + channel.ID
	v := viewer{renderer: renderer{team}, form: form, user: user}
	page := channelPage{
		Title: channel.Name + " · " + team.Name + " · Slack sandbox", Base: p.base, Poll: form + "/version?as=" + user,
		TeamName: team.Name, ChannelName: channel.Name, Notice: team.notices[user], Version: s.version, Teams: p.teams(team.ID),
	}
	for _, c := range team.Channels {
		page.Channels = append(page.Channels, link{ID: c.ID, Name: c.Name, URL: home + "/" + c.ID + "?as=" + user, Current: c.ID == channel.ID})
	}
	for _, person := range team.People {
		page.People = append(page.People, link{ID: person.ID, Name: person.shownName(), Current: person.ID == user})
	}
	for _, m := range append(append([]*Message{}, team.messages...), team.ephemerals...) {
		if m.Channel == channel.ID && (m.ThreadTS == "" || m.ThreadTS == m.TS) && (m.EphemeralTo == "" || m.EphemeralTo == user) {
			page.Messages = append(page.Messages, p.message(v, team, m))
		}
	}
	if stack := s.stack(team.ID, user); len(stack) > 0 {
		page.Modal, page.ViewHash = modal(v, stack[len(stack)-1]), stack[len(stack)-1].Hash
	}
	return page
}

func (p *pages) message(v viewer, team *workspace, m *Message) messageView {
	out := messageView{
		TS: m.TS, Author: p.server.cfg.AppName, Initial: strings.ToUpper(p.server.cfg.AppName[:1]), Time: clock(m.TS),
		Edited: m.EditedTS != "", Ephemeral: m.EphemeralTo != "", Text: v.mrkdwn(m.Text, false),
	}
	for _, b := range decodeBlocks(m.Blocks) {
		out.Blocks = append(out.Blocks, v.block(b, m.TS))
	}
	for _, reply := range append(append([]*Message{}, team.messages...), team.ephemerals...) {
		if reply != m && reply.Channel == m.Channel && reply.ThreadTS == m.TS && (reply.EphemeralTo == "" || reply.EphemeralTo == v.user) {
			out.Replies = append(out.Replies, p.message(v, team, reply))
		}
	}
	return out
}

func clock(ts string) string {
	whole, _, _ := strings.Cut(ts, ".")
	unix, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return ""
	}
	return time.Unix(unix, 0).Format("15:04")
}

func (v viewer) block(b block, ts string) blockView {
	out := blockView{Type: b.Type}
	if b.Text != nil {
		out.Text = v.object(*b.Text)
	}
	for _, field := range b.Fields {
		out.Items = append(out.Items, v.object(field))
	}
	switch b.Type {
	case "context":
		for _, e := range b.Elements {
			if e.Type == "image" {
				e.Text = textObject{Type: "plain_text", Text: "[" + e.AltText + "]"}
			}
			out.Items = append(out.Items, v.object(e.Text))
		}
	case "image":
		out.Text = escaped(b.AltText)
	}
	for _, e := range b.interactive() {
		if e.Type == "button" {
			out.Buttons = append(out.Buttons, v.button(e, ts))
		}
	}
	return out
}

func (v viewer) button(e element, ts string) buttonView {
	out := buttonView{
		Form: v.form + "/press", As: v.user, TS: ts, ActionID: e.ActionID, Label: unescape(e.Text.Text), Style: e.Style,
		Opens: e.URL != "", Title: e.URL,
	}
	if e.Confirm != nil {
		out.Confirm = &confirmView{
			Title: unescape(e.Confirm.Title.Text), Yes: unescape(e.Confirm.Confirm.Text), Text: v.object(e.Confirm.Text),
		}
	}
	return out
}

// version tells the page's script whether there is anything new to show.
func (p *pages) version(w http.ResponseWriter, r *http.Request) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	hash := ""
	if stack := s.stack(r.PathValue("team"), r.URL.Query().Get("as")); len(stack) > 0 {
		hash = stack[len(stack)-1].Hash
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(object{"version": s.version, "view": hash})
}
