package slack

import (
	"encoding/json"
	"slices"
)

type modalView struct {
	Title, Submit, Close, Form, As, Trouble string
	Blocks                                  []blockView
}

type inputView struct {
	ID, Name, Type, Control, Label, Hint, Error, Value, Placeholder string
	Multiline                                                       bool
	Options                                                         []optionView
}

type optionView struct {
	Value, Label string
	Chosen       bool
}

// valuePrefix keeps the inputs of a modal apart from the page's own form fields.
const valuePrefix = "v."

func modal(v viewer, view *View) *modalView {
	var document viewDocument
	// The document was checked when it came.
	_ = json.Unmarshal(view.Document, &document)
	out := &modalView{
		Title: plain(document.Title, ""), Submit: plain(document.Submit, ""), Close: plain(document.Close, "Close"),
		Form: v.form, As: v.user, Trouble: view.Trouble,
	}
	for _, b := range view.blocks() {
		shown := v.block(b, "")
		if b.Type == "input" && b.Element != nil {
			shown.Input = input(b, view)
		}
		out.Blocks = append(out.Blocks, shown)
	}
	return out
}

func plain(t *textObject, otherwise string) string {
	if t == nil {
		return otherwise
	}
	return unescape(t.Text)
}

func input(b block, view *View) *inputView {
	e := b.Element
	value := view.shown(b)
	out := &inputView{
		ID: "i-" + b.BlockID, Name: valuePrefix + e.ActionID, Type: e.Type, Label: plain(b.Label, ""), Hint: plain(b.Hint, ""),
		Error: view.Errors[b.BlockID], Placeholder: plain(e.Placeholder, ""), Multiline: e.Multiline, Control: "radio",
	}
	if b.Optional {
		out.Label += " (optional)"
	}
	if e.Type == "checkboxes" {
		out.Control = "checkbox"
	}
	for _, o := range e.Options {
		out.Options = append(out.Options, optionView{Value: o.Value, Label: unescape(o.Text.Text), Chosen: slices.Contains(value, o.Value)})
	}
	if len(value) > 0 {
		out.Value = value[0]
	}
	return out
}
