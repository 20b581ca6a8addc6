package slack

import "encoding/json"

// textObject, block and element are the parts of Block Kit that the emulator renders or acts on.
type textObject struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Verbatim bool   `json:"verbatim"`
}

type block struct {
	Type      string       `json:"type"`
	BlockID   string       `json:"block_id"`
	Text      *textObject  `json:"-"`
	Fields    []textObject `json:"fields"`
	Elements  []element    `json:"-"`
	Accessory *element     `json:"accessory"`
	Label     *textObject  `json:"label"`
	Hint      *textObject  `json:"hint"`
	Element   *element     `json:"element"`
	Optional  bool         `json:"optional"`
	AltText   string       `json:"alt_text"`
	Title     *textObject  `json:"title"`
}

type element struct {
	Type          string      `json:"type"`
	ActionID      string      `json:"action_id"`
	Text          textObject  `json:"-"`
	Value         string      `json:"value"`
	URL           string      `json:"url"`
	Style         string      `json:"style"`
	Verbatim      bool        `json:"verbatim"`
	Confirm       *confirm    `json:"confirm"`
	Placeholder   *textObject `json:"placeholder"`
	InitialValue  string      `json:"initial_value"`
	Multiline     bool        `json:"multiline"`
	MinLength     int         `json:"min_length"`
	MaxLength     int         `json:"max_length"`
	Options       []option    `json:"options"`
	InitialOption *option     `json:"initial_option"`
	InitialSet    []option    `json:"initial_options"`
	AltText       string      `json:"alt_text"`
}

type confirm struct {
	Title   textObject `json:"title"`
	Text    textObject `json:"text"`
	Confirm textObject `json:"confirm"`
	Deny    textObject `json:"deny"`
}

type option struct {
	Text        textObject  `json:"text"`
	Value       string      `json:"value"`
	Description *textObject `json:"description,omitempty"`
}

// UnmarshalJSON reads a block, whose "text" is an object in most types and a string in others, and whose "elements" may be nested
// in ways that only their text matters of.
func (b *block) UnmarshalJSON(raw []byte) error {
	type plain block
	if err := json.Unmarshal(raw, (*plain)(b)); err != nil {
		return err
	}
	var loose struct {
		Text     json.RawMessage `json:"text"`
		Elements []element       `json:"elements"`
	}
	if err := json.Unmarshal(raw, &loose); err != nil {
		return err
	}
	b.Elements = loose.Elements
	if len(loose.Text) > 0 {
		b.Text = looseText(loose.Text)
	}
	return nil
}

// UnmarshalJSON reads an element: a button has a text object, a context element is one itself.
func (e *element) UnmarshalJSON(raw []byte) error {
	type plain element
	if err := json.Unmarshal(raw, (*plain)(e)); err != nil {
		return err
	}
	var loose struct {
		Text json.RawMessage `json:"text"`
	}
	if err := json.Unmarshal(raw, &loose); err != nil {
		return err
	}
	if len(loose.Text) > 0 {
		e.Text = *looseText(loose.Text)
	}
	if e.Type == "mrkdwn" || e.Type == "plain_text" {
		e.Text.Type, e.Text.Verbatim = e.Type, e.Verbatim
	}
	return nil
}

func looseText(raw json.RawMessage) *textObject {
	var t textObject
	if err := json.Unmarshal(raw, &t); err == nil {
		return &t
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return &textObject{Type: "plain_text", Text: string(raw)}
	}
	return &textObject{Type: "plain_text", Text: s}
}

// decodeBlocks reads stored blocks. They were checked when they came, so what cannot be read is a block of a kind that is only shown
// as such.
func decodeBlocks(raw json.RawMessage) []block {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil
	}
	out := make([]block, len(list))
	for i, item := range list {
		if err := json.Unmarshal(item, &out[i]); err != nil {
			out[i] = block{Type: "unsupported"}
		}
	}
	return out
}

// interactive returns the elements of a block that a person can act on.
func (b block) interactive() []element {
	var out []element
	if b.Type == "actions" {
		out = append(out, b.Elements...)
	}
	if b.Accessory != nil && b.Accessory.Type != "image" {
		out = append(out, *b.Accessory)
	}
	return out
}
