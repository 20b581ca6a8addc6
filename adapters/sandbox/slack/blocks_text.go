package slack

import (
	"slices"
	"unicode/utf8"
)

// textKind says which text objects a place takes.
type textKind int

const (
	anyText textKind = iota
	plainOnly
)

type necessity int

const (
	optional necessity = iota
	required
)

// text checks a text object: https://docs.slack.dev/reference/block-kit/composition-objects/text-object
func (c *checker) text(value any, pointer string, limit int, kind textKind, need necessity) {
	if value == nil {
		if need == required {
			c.mistake(pointer, "missing required field: text")
		}
		return
	}
	fields, ok := value.(map[string]any)
	if !ok {
		c.mistake(pointer, "must provide an object")
		return
	}
	c.textType(fields, pointer, kind)
	text, ok := fields["text"].(string)
	if !ok {
		c.mistake(pointer+"/text", "must provide a string")
		return
	}
	c.length(text, pointer+"/text", 1, limit)
}

func (c *checker) textType(fields map[string]any, pointer string, kind textKind) {
	switch fields["type"] {
	case "plain_text":
		c.properties(fields, pointer, "type", "text", "emoji")
	case "mrkdwn":
		if kind == plainOnly {
			c.mistake(pointer+"/type", "must be one of: plain_text")
		}
		c.properties(fields, pointer, "type", "text", "verbatim")
	case nil:
		c.mistake(pointer, "missing required field: type")
	default:
		c.mistake(pointer+"/type", "must be one of: plain_text, mrkdwn")
	}
}

// length counts characters, not bytes.
func (c *checker) length(text, pointer string, least, most int) {
	n := utf8.RuneCountInString(text)
	if n < least {
		c.mistake(pointer, "must be more than %d characters", least-1)
	}
	if n > most {
		c.mistake(pointer, "must be less than %d characters", most+1)
	}
}

// short checks a string property.
func (c *checker) short(fields map[string]any, name, pointer string, limit int, need necessity) {
	value, present := fields[name]
	if !present {
		if need == required {
			c.mistake(pointer, "missing required field: %s", name)
		}
		return
	}
	text, ok := value.(string)
	if !ok {
		c.mistake(pointer+"/"+name, "must be a string")
		return
	}
	least := 0
	if need == required {
		least = 1
	}
	c.length(text, pointer+"/"+name, least, limit)
}

// list returns an array property; the second result says whether it is there and not empty.
func (c *checker) list(fields map[string]any, name, pointer string, most int) ([]any, bool) {
	value, present := fields[name]
	if !present {
		return nil, false
	}
	items, ok := value.([]any)
	if !ok {
		c.mistake(pointer+"/"+name, "must be an array")
		return nil, true
	}
	if len(items) > most {
		c.mistake(pointer+"/"+name, "no more than %d items allowed", most)
	}
	return items, len(items) > 0
}

// only refuses properties that a block does not have.
func (c *checker) only(block map[string]any, pointer string, names ...string) {
	c.properties(block, pointer, append(names, "type", "block_id")...)
}

func (c *checker) properties(fields map[string]any, pointer string, names ...string) {
	for name := range fields {
		if !slices.Contains(names, name) {
			c.mistake(pointer, "invalid additional property: %s", name)
		}
	}
}
