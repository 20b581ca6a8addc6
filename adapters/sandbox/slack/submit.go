package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// SubmitResult is what became of a submitted modal.
type SubmitResult struct {
	Delivery
	// Errors are what the app, or Slack's own checks, said beside the fields, by block_id.
	Errors map[string]string `json:"errors,omitempty"`
	// Closed says that the modal is gone.
	Closed bool `json:"closed"`
	// Ephemerals are the ephemeral messages that the person was shown since.
	Ephemerals []Message `json:"ephemerals"`
}

// Submit fills in the modal that a person sees and presses its submit button. values go by action_id; inputs that are not
// named keep what they show. Slack checks required and length itself; then the app gets a view_submission.
func (s *Server) Submit(ctx context.Context, team, user string, values map[string][]string) (SubmitResult, error) {
	seen := len(s.Ephemerals(team, user))
	s.mu.Lock()
	stack := s.stack(team, user)
	if len(stack) == 0 {
		s.mu.Unlock()
		return SubmitResult{}, fmt.Errorf("%w: no open modal", ErrNoSuchControl)
	}
	v := stack[len(stack)-1]
	v.Values = v.filled(values)
	v.Trouble = ""
	if v.Errors = v.incomplete(); len(v.Errors) > 0 {
		s.touch()
		s.mu.Unlock()
		return SubmitResult{Errors: v.Errors}, nil
	}
	body, err := s.submission(v)
	target, id := s.cfg.InteractivityURL, v.ID
	s.mu.Unlock()
	if err != nil {
		return SubmitResult{}, err
	}
	d, err := s.deliver(ctx, target, formType, body, 0)
	if err != nil {
		return SubmitResult{}, err
	}
	result := s.submitted(id, d)
	shown := s.Ephemerals(team, user)
	result.Ephemerals = shown[min(seen, len(shown)):]
	return result, nil
}

// filled completes values by what the inputs show, keyed by block_id and action_id.
func (v *View) filled(values map[string][]string) map[string]map[string][]string {
	out := map[string]map[string][]string{}
	for _, b := range v.blocks() {
		if b.Element == nil {
			continue
		}
		value, given := values[b.Element.ActionID]
		if !given {
			value = v.shown(b)
		}
		out[b.BlockID] = map[string][]string{b.Element.ActionID: value}
	}
	return out
}

// shown is what an input shows now: the last submitted value, or the initial one.
func (v *View) shown(b block) []string {
	if last, ok := v.Values[b.BlockID][b.Element.ActionID]; ok {
		return last
	}
	var out []string
	if b.Element.InitialValue != "" {
		out = append(out, b.Element.InitialValue)
	}
	if b.Element.InitialOption != nil {
		out = append(out, b.Element.InitialOption.Value)
	}
	for _, o := range b.Element.InitialSet {
		out = append(out, o.Value)
	}
	return out
}

func (v *View) blocks() []block {
	var document viewDocument
	if err := json.Unmarshal(v.Document, &document); err != nil {
		return nil
	}
	return decodeBlocks(document.Blocks)
}

// incomplete is what Slack's client itself refuses before the app hears of it.
func (v *View) incomplete() map[string]string {
	mistakes := map[string]string{}
	for _, b := range v.blocks() {
		if b.Element == nil {
			continue
		}
		value := v.Values[b.BlockID][b.Element.ActionID]
		if len(value) == 0 || value[0] == "" {
			if !b.Optional {
				mistakes[b.BlockID] = "Please complete this required field."
			}
			continue
		}
		n := utf8.RuneCountInString(value[0])
		if most := b.Element.MaxLength; most > 0 && n > most {
			mistakes[b.BlockID] = "Please enter at most " + strconv.Itoa(most) + " characters."
		}
		if n < b.Element.MinLength {
			mistakes[b.BlockID] = "Please enter at least " + strconv.Itoa(b.Element.MinLength) + " characters."
		}
	}
	return mistakes
}

// submission: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload. The caller holds the mutex.
func (s *Server) submission(v *View) ([]byte, error) {
	w := s.teams[v.Team]
	person, _ := w.person(v.User)
	payload := s.payload("view_submission", w, person, s.newTrigger(v.Team, v.User))
	view := s.viewObject(v)
	view["state"] = object{"values": v.state()}
	payload["view"] = view
	payload["response_urls"] = []object{}
	return encodePayload(payload)
}

func (v *View) state() object {
	out := object{}
	for _, b := range v.blocks() {
		if b.Element != nil {
			out[b.BlockID] = object{b.Element.ActionID: stateOf(*b.Element, v.Values[b.BlockID][b.Element.ActionID])}
		}
	}
	return out
}

func stateOf(e element, value []string) object {
	state := object{"type": e.Type}
	chosen := slices.DeleteFunc(slices.Clone(e.Options), func(o option) bool { return !slices.Contains(value, o.Value) })
	switch e.Type {
	case "checkboxes":
		state["selected_options"] = chosen
	case "static_select", "radio_buttons":
		state["selected_option"] = nil
		if len(chosen) > 0 {
			state["selected_option"] = chosen[0]
		}
	default:
		state["value"] = nil
		if len(value) > 0 && value[0] != "" {
			state["value"] = value[0]
		}
	}
	return state
}

// submitted carries out the response_action that the app answered with.
// https://docs.slack.dev/surfaces/modals (updating, pushing, clearing views, displaying errors)
func (s *Server) submitted(viewID string, d Delivery) SubmitResult {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touch()
	result := SubmitResult{Delivery: d}
	i := slices.IndexFunc(s.views, func(v *View) bool { return v.ID == viewID })
	if i < 0 {
		result.Closed = true
		return result
	}
	v := s.views[i]
	v.Trouble = d.Trouble()
	if d.Acknowledged() {
		s.obey(v, d.Response)
	}
	result.Errors = v.Errors
	result.Closed = !slices.Contains(s.views, v)
	return result
}

func (s *Server) obey(v *View, response []byte) {
	var answer struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	if len(response) > 0 && json.Unmarshal(response, &answer) != nil {
		v.Trouble = "We had some trouble connecting. Try again?"
		return
	}
	switch answer.Action {
	case "":
		s.views = slices.DeleteFunc(s.views, func(other *View) bool { return other == v })
	case "clear":
		s.closeAll(v.Team, v.User)
	case "errors":
		s.showErrors(v, answer.Errors)
	case "update", "push":
		s.showNext(v, answer.Action, answer.View)
	default:
		v.Trouble = "We had some trouble connecting. Try again?"
	}
}

// showErrors shows messages beside fields. Slack rejects an answer that names a block which is not an input.
func (s *Server) showErrors(v *View, errors map[string]string) {
	inputs := map[string]bool{}
	for _, b := range v.blocks() {
		inputs[b.BlockID] = b.Element != nil
	}
	for id := range errors {
		if !inputs[id] {
			v.Trouble = "We had some trouble connecting. Try again? (errors names a block that is no input: " + id + ")"
			return
		}
	}
	v.Errors = errors
}

func (s *Server) showNext(v *View, action string, raw json.RawMessage) {
	document, external, no := s.checkView(raw, v.Team, v.ID)
	if no != nil {
		v.Trouble = fmt.Sprintf("We had some trouble connecting. Try again? (%s %v)", no.word, no.extra["errors"])
		return
	}
	if action == "update" {
		s.replaceView(v, document, external)
		return
	}
	s.addView(&trigger{team: v.Team, user: v.User}, document, external, v)
}

// Dismiss closes the modal that a person sees, and tells the app when it asked for it.
func (s *Server) Dismiss(ctx context.Context, team, user string) error {
	s.mu.Lock()
	stack := s.stack(team, user)
	if len(stack) == 0 {
		s.mu.Unlock()
		return fmt.Errorf("%w: no open modal", ErrNoSuchControl)
	}
	v := stack[len(stack)-1]
	var document viewDocument
	_ = json.Unmarshal(v.Document, &document)
	s.views = slices.DeleteFunc(s.views, func(other *View) bool { return other == v })
	s.touch()
	w := s.teams[team]
	person, _ := w.person(user)
	payload := s.payload("view_closed", w, person, "")
	delete(payload, "trigger_id")
	payload["view"], payload["is_cleared"] = s.viewObject(v), false
	target := s.cfg.InteractivityURL
	s.mu.Unlock()
	if !document.NotifyOnClose {
		return nil
	}
	body, err := encodePayload(payload)
	if err != nil {
		return err
	}
	_, err = s.deliver(ctx, target, formType, body, 0)
	return err
}
