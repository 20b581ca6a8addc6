package slack

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
)

// element checks a block element in the place that it stands in.
// https://docs.slack.dev/reference/block-kit/block-elements lists which blocks take which.
func (c *checker) element(value any, pointer, place string) {
	fields, ok := value.(map[string]any)
	if !ok {
		c.mistake(pointer, "must provide an object")
		return
	}
	kind, _ := fields["type"].(string)
	if !slices.Contains(placesOf(kind), place) {
		c.mistake(pointer+"/type", "unsupported type: %s", kind)
		return
	}
	if kind == "image" {
		c.properties(fields, pointer, "type", "image_url", "slack_file", "alt_text")
		c.short(fields, "alt_text", pointer, 2000, required)
		return
	}
	c.actionID(fields, pointer)
	switch kind {
	case "button":
		c.button(fields, pointer)
	case "plain_text_input":
		c.textInput(fields, pointer)
	case "static_select":
		c.options(fields, pointer, 100, plainOnly)
	case "radio_buttons", "checkboxes":
		c.options(fields, pointer, 10, anyText)
	case "overflow":
		c.options(fields, pointer, 5, plainOnly)
	}
}

// placesOf says in which blocks an element may stand.
func placesOf(kind string) []string {
	switch kind {
	case "image":
		return []string{"section", "context"}
	case "button", "overflow":
		return []string{"section", "actions"}
	case "static_select", "radio_buttons", "checkboxes", "users_select", "datepicker", "timepicker":
		return []string{"section", "actions", "input"}
	case "plain_text_input", "email_text_input", "number_input", "url_text_input":
		return []string{"input"}
	}
	return nil
}

func (c *checker) actionID(fields map[string]any, pointer string) {
	c.short(fields, "action_id", pointer, 255, optional)
	id, _ := fields["action_id"].(string)
	if id == "" {
		return
	}
	if c.actionIDs[id] {
		c.mistake(pointer+"/action_id", "`action_id` %s already exists", id)
	}
	c.actionIDs[id] = true
}

// button: https://docs.slack.dev/reference/block-kit/block-elements/button-element
func (c *checker) button(fields map[string]any, pointer string) {
	c.properties(fields, pointer, "type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label")
	c.text(fields["text"], pointer+"/text", 75, plainOnly, required)
	c.short(fields, "value", pointer, 2000, optional)
	c.short(fields, "url", pointer, 3000, optional)
	c.short(fields, "accessibility_label", pointer, 75, optional)
	if style, ok := fields["style"]; ok && style != "primary" && style != "danger" {
		c.mistake(pointer+"/style", "must be one of: primary, danger")
	}
	if raw, ok := fields["url"].(string); ok && raw != "" {
		if u, err := url.Parse(raw); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			c.mistake(pointer+"/url", "must be a valid URL")
		}
	}
	if confirm, ok := fields["confirm"]; ok {
		c.confirm(confirm, pointer+"/confirm")
	}
}

// confirm: https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
func (c *checker) confirm(value any, pointer string) {
	fields, ok := value.(map[string]any)
	if !ok {
		c.mistake(pointer, "must provide an object")
		return
	}
	c.properties(fields, pointer, "title", "text", "confirm", "deny", "style")
	c.text(fields["title"], pointer+"/title", 100, plainOnly, required)
	c.text(fields["text"], pointer+"/text", 300, anyText, required)
	c.text(fields["confirm"], pointer+"/confirm", 30, plainOnly, required)
	c.text(fields["deny"], pointer+"/deny", 30, plainOnly, required)
}

// textInput: https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
func (c *checker) textInput(fields map[string]any, pointer string) {
	c.properties(fields, pointer, "type", "action_id", "placeholder", "initial_value", "multiline", "min_length", "max_length",
		"dispatch_action_config", "focus_on_load")
	c.text(fields["placeholder"], pointer+"/placeholder", 150, plainOnly, optional)
	most := c.number(fields, "max_length", pointer, 1, 3000, 3000)
	c.number(fields, "min_length", pointer, 0, 3000, 0)
	c.short(fields, "initial_value", pointer, most, optional)
}

func (c *checker) number(fields map[string]any, name, pointer string, least, most, otherwise int) int {
	value, present := fields[name]
	if !present {
		return otherwise
	}
	literal, ok := value.(json.Number)
	n, err := strconv.Atoi(literal.String())
	if !ok || err != nil {
		c.mistake(pointer+"/"+name, "must be an integer")
		return otherwise
	}
	if n < least {
		c.mistake(pointer+"/"+name, "must be more than %d", least-1)
	}
	if n > most {
		c.mistake(pointer+"/"+name, "must be less than %d", most+1)
	}
	return n
}

// options: https://docs.slack.dev/reference/block-kit/composition-objects/option-object
func (c *checker) options(fields map[string]any, pointer string, most int, kind textKind) {
	c.text(fields["placeholder"], pointer+"/placeholder", 150, plainOnly, optional)
	options, ok := c.list(fields, "options", pointer, most)
	if !ok && fields["option_groups"] == nil {
		c.mistake(pointer, "missing required field: options")
	}
	for i, option := range options {
		at := pointer + "/options/" + strconv.Itoa(i)
		values, isMap := option.(map[string]any)
		if !isMap {
			c.mistake(at, "must provide an object")
			continue
		}
		c.properties(values, at, "text", "value", "description", "url")
		c.text(values["text"], at+"/text", 75, kind, required)
		c.short(values, "value", at, 150, required)
		c.text(values["description"], at+"/description", 75, anyText, optional)
	}
}
