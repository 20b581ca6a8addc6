package slack

import (
	"encoding/json"
	"slices"
)

// maxViews is how many views a modal's stack holds: the first and two pushed on it. https://docs.slack.dev/surfaces/modals
const maxViews = 3

// View is an open modal. The last open view of a person is the one that they see.
type View struct {
	ID         string          `json:"id"`
	Team       string          `json:"team_id"`
	User       string          `json:"user"`
	Document   json.RawMessage `json:"view"`
	Hash       string          `json:"hash"`
	ExternalID string          `json:"external_id,omitempty"`
	// Errors are the messages beside the fields, by block_id, from response_action "errors".
	Errors map[string]string `json:"errors,omitempty"`
	// Values are what the person last submitted, by block_id and action_id.
	Values map[string]map[string][]string `json:"values,omitempty"`
	// Trouble is what the person was told when the app did not acknowledge.
	Trouble string `json:"trouble,omitempty"`

	root, previous string
}

// viewDocument is the part of a view that the emulator reads.
type viewDocument struct {
	Type            string          `json:"type"`
	Title           *textObject     `json:"title"`
	Submit          *textObject     `json:"submit"`
	Close           *textObject     `json:"close"`
	Blocks          json.RawMessage `json:"blocks"`
	CallbackID      string          `json:"callback_id"`
	PrivateMetadata string          `json:"private_metadata"`
	ExternalID      string          `json:"external_id"`
	NotifyOnClose   bool            `json:"notify_on_close"`
	ClearOnClose    bool            `json:"clear_on_close"`
}

// viewsOpen: https://docs.slack.dev/reference/methods/views.open
func (s *Server) viewsOpen(c *call) (object, *refusal) {
	t, no := s.trigger(c)
	if no != nil {
		return nil, no
	}
	document, id, no := s.checkView(c.args.document("view"), c.team.ID, "")
	if no != nil {
		return nil, no
	}
	t.used = true
	// A person has one stack; a new modal takes the place of what was open.
	s.closeAll(t.team, t.user)
	v := s.addView(t, document, id, nil)
	return object{"view": s.viewObject(v)}, nil
}

// viewsPush: https://docs.slack.dev/reference/methods/views.push
func (s *Server) viewsPush(c *call) (object, *refusal) {
	t, no := s.trigger(c)
	if no != nil {
		return nil, no
	}
	document, id, no := s.checkView(c.args.document("view"), c.team.ID, "")
	if no != nil {
		return nil, no
	}
	stack := s.stack(t.team, t.user)
	if len(stack) == 0 {
		return nil, refuse("not_found")
	}
	if len(stack) >= maxViews {
		return nil, refuse("push_limit_reached")
	}
	t.used = true
	return object{"view": s.viewObject(s.addView(t, document, id, stack[len(stack)-1]))}, nil
}

// viewsUpdate: https://docs.slack.dev/reference/methods/views.update
func (s *Server) viewsUpdate(c *call) (object, *refusal) {
	i := slices.IndexFunc(s.views, func(v *View) bool {
		byID := c.args.has("view_id") && v.ID == c.args.text("view_id")
		byExternal := c.args.has("external_id") && v.ExternalID == c.args.text("external_id")
		return v.Team == c.team.ID && (byID || byExternal)
	})
	if i < 0 {
		return nil, refuse("not_found")
	}
	v := s.views[i]
	if hash := c.args.text("hash"); hash != "" && hash != v.Hash {
		return nil, refuse("hash_conflict")
	}
	document, external, no := s.checkView(c.args.document("view"), c.team.ID, v.ID)
	if no != nil {
		return nil, no
	}
	s.replaceView(v, document, external)
	return object{"view": s.viewObject(v)}, nil
}

func (s *Server) replaceView(v *View, document json.RawMessage, external string) {
	v.Document, v.ExternalID, v.Hash = document, external, s.nextTS()+"."+randomID(4)
	v.Errors, v.Trouble = nil, ""
	s.touch()
}

// trigger finds a trigger that can still open a view: each opens one, within three seconds.
func (s *Server) trigger(c *call) (*trigger, *refusal) {
	t := s.triggers[c.args.text("trigger_id")]
	switch {
	case t == nil || t.team != c.team.ID:
		return nil, refuse("invalid_trigger_id")
	case t.used:
		return nil, refuse("exchanged_trigger_id")
	case s.cfg.Now().After(t.expires):
		return nil, refuse("expired_trigger_id")
	}
	return t, nil
}

// checkView: https://docs.slack.dev/reference/views/modal-views
func (s *Server) checkView(raw json.RawMessage, team, self string) (document json.RawMessage, external string, no *refusal) {
	var fields map[string]any
	var view viewDocument
	if len(raw) > maxViewBytes {
		return nil, "", refuse("view_too_large")
	}
	if json.Unmarshal(raw, &fields) != nil || json.Unmarshal(raw, &view) != nil {
		return nil, "", refuse("invalid_arguments")
	}
	c := &checker{on: surfaceModal}
	c.view(fields, view)
	if len(c.mistakes) > 0 {
		refused := c.refusal()
		refused.word = "invalid_arguments"
		return nil, "", refused
	}
	blocks, no := parseBlocks(view.Blocks, surfaceModal)
	if no != nil {
		no.word = "invalid_arguments"
		return nil, "", no
	}
	taken := func(v *View) bool { return v.Team == team && v.ExternalID == view.ExternalID && v.ID != self }
	if view.ExternalID != "" && slices.ContainsFunc(s.views, taken) {
		return nil, "", refuse("duplicate_external_id")
	}
	fields["blocks"] = blocks
	stored, err := json.Marshal(fields)
	if err != nil {
		return nil, "", refuse("invalid_arguments")
	}
	return stored, view.ExternalID, nil
}

// maxViewBytes: views.open answers view_too_large above it.
const maxViewBytes = 250 << 10

func (c *checker) view(fields map[string]any, view viewDocument) {
	c.properties(fields, "/view", "type", "title", "blocks", "close", "submit", "private_metadata", "callback_id", "clear_on_close",
		"notify_on_close", "external_id", "submit_disabled")
	if view.Type != "modal" {
		c.mistake("/view/type", "must be one of: modal")
	}
	c.text(fields["title"], "/view/title", 24, plainOnly, required)
	c.text(fields["submit"], "/view/submit", 24, plainOnly, optional)
	c.text(fields["close"], "/view/close", 24, plainOnly, optional)
	c.short(fields, "private_metadata", "/view", 3000, optional)
	c.short(fields, "callback_id", "/view", 255, optional)
	c.short(fields, "external_id", "/view", 255, optional)
	blocks := decodeBlocks(view.Blocks)
	if len(blocks) == 0 {
		c.mistake("/view", "missing required field: blocks")
	}
	hasInput := slices.ContainsFunc(blocks, func(b block) bool { return b.Type == "input" })
	if hasInput && view.Submit == nil {
		c.mistake("/view", "missing required field: submit")
	}
}

func (s *Server) addView(t *trigger, document json.RawMessage, external string, on *View) *View {
	v := &View{ID: "V" + randomID(6), Team: t.team, User: t.user}
	v.root = v.ID
	if on != nil {
		v.root, v.previous = on.root, on.ID
	}
	s.views = append(s.views, v)
	s.replaceView(v, document, external)
	return v
}

func (s *Server) stack(team, user string) []*View {
	var out []*View
	for _, v := range s.views {
		if v.Team == team && v.User == user {
			out = append(out, v)
		}
	}
	return out
}

func (s *Server) closeAll(team, user string) {
	s.views = slices.DeleteFunc(s.views, func(v *View) bool { return v.Team == team && v.User == user })
	s.touch()
}

// viewObject is the view as https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload shows it.
func (s *Server) viewObject(v *View) object {
	out := object{}
	// The document was stored by this package, so it is a JSON object.
	_ = json.Unmarshal(v.Document, &out)
	for _, name := range []string{"private_metadata", "callback_id", "external_id"} {
		if out[name] == nil {
			out[name] = ""
		}
	}
	out["id"], out["team_id"], out["hash"], out["app_id"] = v.ID, v.Team, v.Hash, s.cfg.AppID
	out["root_view_id"], out["app_installed_team_id"], out["bot_id"] = v.root, v.Team, s.teams[v.Team].botID()
	out["previous_view_id"] = nil
	if v.previous != "" {
		out["previous_view_id"] = v.previous
	}
	out["state"] = object{"values": object{}}
	return out
}

// OpenView returns the modal that a person sees now.
func (s *Server) OpenView(team, user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stack := s.stack(team, user)
	if len(stack) == 0 {
		return View{}, false
	}
	return *stack[len(stack)-1], true
}
