package slack

import (
	"slices"
	"strconv"
	"strings"
)

const (
	historyDefault = 100
	historyMax     = 999
	listDefault    = 100
	listMax        = 1000
)

// conversationsList: https://docs.slack.dev/reference/methods/conversations.list
func (s *Server) conversationsList(c *call) (object, *refusal) {
	types := strings.Split(c.args.text("types"), ",")
	if c.args.text("types") == "" {
		types = []string{"public_channel"}
	}
	var shown []any
	for _, channel := range c.team.Channels {
		kind := "public_channel"
		if channel.Private {
			kind = "private_channel"
		}
		// A private channel is listed only once the app has been invited.
		if slices.Contains(types, kind) && (!channel.Private || c.team.joined[channel.ID]) {
			shown = append(shown, c.team.channelObject(channel))
		}
	}
	page, cursor, no := paged(shown, c.args, listDefault, listMax)
	if no != nil {
		return nil, no
	}
	return object{"channels": page, "response_metadata": object{"next_cursor": cursor}}, nil
}

// conversationsInfo: https://docs.slack.dev/reference/methods/conversations.info
func (s *Server) conversationsInfo(c *call) (object, *refusal) {
	channel, ok := c.team.channel(c.args.text("channel"))
	if !ok || (channel.Private && !c.team.joined[channel.ID]) {
		return nil, refuse("channel_not_found")
	}
	return object{"channel": c.team.channelObject(channel)}, nil
}

// conversationsJoin: https://docs.slack.dev/reference/methods/conversations.join
func (s *Server) conversationsJoin(c *call) (object, *refusal) {
	channel, ok := c.team.channel(c.args.text("channel"))
	if !ok {
		return nil, refuse("channel_not_found")
	}
	if channel.Private {
		return nil, refuse("method_not_supported_for_channel_type")
	}
	answer := object{}
	if c.team.joined[channel.ID] {
		answer["warning"] = "already_in_channel"
		answer["response_metadata"] = object{"warnings": []string{"already_in_channel"}}
	}
	c.team.joined[channel.ID] = true
	answer["channel"] = c.team.channelObject(channel)
	s.touch()
	return answer, nil
}

// conversationsHistory: https://docs.slack.dev/reference/methods/conversations.history
func (s *Server) conversationsHistory(c *call) (object, *refusal) {
	channel, no := c.readable(c.args.text("channel"))
	if no != nil {
		return nil, no
	}
	var found []any
	for _, m := range slices.Backward(c.team.messages) {
		if m.Channel == channel.ID && (m.ThreadTS == "" || m.ThreadTS == m.TS) && c.within(m.TS) {
			found = append(found, s.messageObject(c.team, m, c.args.flag("include_all_metadata")))
		}
	}
	return history(found, c.args)
}

// conversationsReplies: https://docs.slack.dev/reference/methods/conversations.replies
func (s *Server) conversationsReplies(c *call) (object, *refusal) {
	channel, no := c.readable(c.args.text("channel"))
	if no != nil {
		return nil, no
	}
	parent := c.args.text("ts")
	if c.team.message(channel.ID, parent) == nil {
		return nil, refuse("thread_not_found")
	}
	var found []any
	for _, m := range c.team.messages {
		if m.Channel == channel.ID && (m.TS == parent || m.ThreadTS == parent) && c.within(m.TS) {
			found = append(found, s.messageObject(c.team, m, c.args.flag("include_all_metadata")))
		}
	}
	return history(found, c.args)
}

func history(found []any, a args) (object, *refusal) {
	page, cursor, no := paged(found, a, historyDefault, historyMax)
	if no != nil {
		return nil, no
	}
	return object{"messages": page, "has_more": cursor != "", "pin_count": 0, "response_metadata": object{"next_cursor": cursor}}, nil
}

// readable finds a channel whose messages the app may read.
func (c *call) readable(id string) (Channel, *refusal) {
	channel, ok := c.team.channel(id)
	if !ok || (channel.Private && !c.team.joined[id]) {
		return Channel{}, refuse("channel_not_found")
	}
	if !c.team.joined[id] {
		return Channel{}, refuse("not_in_channel")
	}
	return channel, nil
}

// within applies oldest, latest and inclusive. Timestamps have one width, so they compare as text.
func (c *call) within(ts string) bool {
	oldest, latest, inclusive := c.args.text("oldest"), c.args.text("latest"), c.args.flag("inclusive")
	if inclusive && (ts == oldest || ts == latest) {
		return true
	}
	return (oldest == "" || seconds(ts) > seconds(oldest)) && (latest == "" || seconds(ts) < seconds(latest))
}

func seconds(ts string) float64 {
	f, err := strconv.ParseFloat(ts, 64)
	if err != nil {
		return 0
	}
	return f
}

func (w *workspace) channelObject(channel Channel) object {
	return object{
		"id": channel.ID, "name": channel.Name, "name_normalized": channel.Name, "is_channel": !channel.Private, "is_group": false,
		"is_im": false, "is_mpim": false, "is_private": channel.Private, "is_archived": false, "is_general": false,
		"is_member": w.joined[channel.ID], "num_members": len(w.People), "context_team_id": w.ID,
		"topic": object{"value": "", "creator": "", "last_set": 0}, "purpose": object{"value": "", "creator": "", "last_set": 0},
	}
}

// paged cuts one page. The cursor is the position of the next one, as opaque to the app as Slack's.
// https://docs.slack.dev/apis/web-api/pagination
func paged(all []any, a args, standard, most int) (page []any, next string, no *refusal) {
	limit := a.number("limit", standard)
	if limit <= 0 || limit > most {
		return nil, "", refuse("invalid_limit")
	}
	start := 0
	if cursor := a.text("cursor"); cursor != "" {
		n, err := strconv.Atoi(strings.TrimPrefix(cursor, "sandbox:"))
		if err != nil || n < 0 || n > len(all) {
			return nil, "", refuse("invalid_cursor")
		}
		start = n
	}
	end := min(start+limit, len(all))
	if end < len(all) {
		next = "sandbox:" + strconv.Itoa(end)
	}
	if page = all[start:end]; page == nil {
		page = []any{}
	}
	return page, next, nil
}

// messageObject is a message as https://docs.slack.dev/reference/events/message and the history methods show it.
func (s *Server) messageObject(w *workspace, m *Message, metadata bool) object {
	out := object{
		"type": "message", "ts": m.TS, "text": escapeControl(m.Text), "user": w.botUser(), "bot_id": w.botID(), "app_id": s.cfg.AppID, "team": w.ID,
		"bot_profile": object{"id": w.botID(), "app_id": s.cfg.AppID, "name": s.cfg.AppName, "team_id": w.ID, "deleted": false},
	}
	if len(m.Blocks) > 0 {
		out["blocks"] = escapedBlocks(m.Blocks)
	}
	if m.ThreadTS != "" {
		out["thread_ts"] = m.ThreadTS
	}
	if metadata && len(m.Metadata) > 0 {
		out["metadata"] = m.Metadata
	}
	if m.EditedTS != "" {
		out["edited"] = object{"user": w.botUser(), "ts": m.EditedTS}
	}
	if replies := w.replies(m); replies > 0 {
		out["thread_ts"], out["reply_count"] = m.TS, replies
	}
	return out
}

func (w *workspace) replies(parent *Message) int {
	n := 0
	for _, m := range w.messages {
		if m.Channel == parent.Channel && m.ThreadTS == parent.TS && m.TS != parent.TS {
			n++
		}
	}
	return n
}
