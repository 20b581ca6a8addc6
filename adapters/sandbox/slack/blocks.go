package slack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// surface is where blocks are shown; each has its own limits.
type surface int

const (
	surfaceMessage surface = iota
	surfaceModal
)

// maxBlocks: https://docs.slack.dev/reference/block-kit/blocks
func (on surface) maxBlocks() int {
	if on == surfaceModal {
		return 100
	}
	return 50
}

// maxBlockText bounds the text of all blocks of a message together. Slack documents no number; its engineers name 12,000 in
// github.com/slackapi/bolt-js/issues/2509.
const maxBlockText = 12000

// parseBlocks checks blocks and gives those without one a block_id, as Slack does.
func parseBlocks(raw json.RawMessage, on surface) (json.RawMessage, *refusal) {
	var list []map[string]any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&list); err != nil {
		return nil, refuse("invalid_blocks_format")
	}
	if len(list) == 0 {
		return nil, nil
	}
	c := &checker{on: on, blockIDs: map[string]bool{}, actionIDs: map[string]bool{}}
	c.blocks(list)
	if len(c.mistakes) > 0 {
		return nil, c.refusal()
	}
	if on == surfaceMessage && textTotal(list) > maxBlockText {
		return nil, refuse("msg_blocks_too_long")
	}
	for i, block := range list {
		if id, _ := block["block_id"].(string); id == "" {
			block["block_id"] = "b" + strconv.Itoa(i) + randomID(2)
		}
	}
	stored, err := json.Marshal(list)
	if err != nil {
		return nil, refuse("invalid_blocks_format")
	}
	return stored, nil
}

// checker walks blocks and notes each mistake with its JSON pointer, in Slack's words.
type checker struct {
	on        surface
	mistakes  []string
	blockIDs  map[string]bool
	actionIDs map[string]bool
	inputs    int
}

func (c *checker) refusal() *refusal {
	messages := make([]string, 0, len(c.mistakes))
	for _, m := range c.mistakes {
		messages = append(messages, "[ERROR] "+m)
	}
	return &refusal{"invalid_blocks", object{
		"errors": c.mistakes, "response_metadata": object{"messages": messages},
	}}
}

func (c *checker) mistake(pointer, format string, values ...any) {
	c.mistakes = append(c.mistakes, fmt.Sprintf(format, values...)+" [json-pointer:"+pointer+"]")
}

func (c *checker) blocks(list []map[string]any) {
	if len(list) > c.on.maxBlocks() {
		c.mistake("/blocks", "no more than %d items allowed", c.on.maxBlocks())
	}
	for i, block := range list {
		pointer := "/blocks/" + strconv.Itoa(i)
		c.blockID(block, pointer)
		kind, _ := block["type"].(string)
		switch kind {
		case "section":
			c.section(block, pointer)
		case "header":
			c.only(block, pointer, "text", "level")
			c.text(block["text"], pointer+"/text", 150, plainOnly, required)
		case "divider":
			c.only(block, pointer)
		case "context":
			c.context(block, pointer)
		case "actions":
			c.actions(block, pointer)
		case "image":
			c.image(block, pointer)
		case "input":
			c.input(block, pointer)
		case "rich_text", "markdown", "video", "file", "table", "alert", "card", "carousel":
			// Accepted without a closer look: the emulator renders only their text.
		case "":
			c.mistake(pointer, "missing required field: type")
		default:
			c.mistake(pointer+"/type", "unsupported type: %s", kind)
		}
	}
}

func (c *checker) blockID(block map[string]any, pointer string) {
	id, present := block["block_id"]
	if !present {
		return
	}
	text, ok := id.(string)
	switch {
	case !ok:
		c.mistake(pointer+"/block_id", "must be a string")
	case utf8.RuneCountInString(text) > 255:
		c.mistake(pointer+"/block_id", "must be less than 256 characters")
	case text != "" && c.blockIDs[text]:
		c.mistake(pointer+"/block_id", "`block_id` %s already exists", text)
	}
	c.blockIDs[text] = true
}

// section: https://docs.slack.dev/reference/block-kit/blocks/section-block
func (c *checker) section(block map[string]any, pointer string) {
	c.only(block, pointer, "text", "fields", "accessory", "expand")
	fields, hasFields := c.list(block, "fields", pointer, 10)
	if !hasFields {
		c.text(block["text"], pointer+"/text", 3000, anyText, required)
	} else {
		c.text(block["text"], pointer+"/text", 3000, anyText, optional)
	}
	for i, field := range fields {
		c.text(field, pointer+"/fields/"+strconv.Itoa(i), 2000, anyText, required)
	}
	if accessory, ok := block["accessory"]; ok {
		c.element(accessory, pointer+"/accessory", "section")
	}
}

// context: https://docs.slack.dev/reference/block-kit/blocks/context-block
func (c *checker) context(block map[string]any, pointer string) {
	c.only(block, pointer, "elements")
	elements, ok := c.list(block, "elements", pointer, 10)
	if !ok {
		c.mistake(pointer, "missing required field: elements")
	}
	for i, element := range elements {
		at := pointer + "/elements/" + strconv.Itoa(i)
		if fields, isMap := element.(map[string]any); isMap && fields["type"] == "image" {
			c.element(element, at, "context")
			continue
		}
		c.text(element, at, 3000, anyText, required)
	}
}

// actions: https://docs.slack.dev/reference/block-kit/blocks/actions-block
func (c *checker) actions(block map[string]any, pointer string) {
	c.only(block, pointer, "elements")
	elements, ok := c.list(block, "elements", pointer, 25)
	if !ok {
		c.mistake(pointer, "missing required field: elements")
	}
	for i, element := range elements {
		c.element(element, pointer+"/elements/"+strconv.Itoa(i), "actions")
	}
}

// image: https://docs.slack.dev/reference/block-kit/blocks/image-block
func (c *checker) image(block map[string]any, pointer string) {
	c.only(block, pointer, "image_url", "slack_file", "alt_text", "title")
	c.short(block, "alt_text", pointer, 2000, required)
	c.short(block, "image_url", pointer, 3000, optional)
	c.text(block["title"], pointer+"/title", 2000, plainOnly, optional)
}

// input: https://docs.slack.dev/reference/block-kit/blocks/input-block
func (c *checker) input(block map[string]any, pointer string) {
	c.inputs++
	c.only(block, pointer, "label", "element", "hint", "optional", "dispatch_action")
	c.text(block["label"], pointer+"/label", 2000, plainOnly, required)
	c.text(block["hint"], pointer+"/hint", 2000, plainOnly, optional)
	if block["element"] == nil {
		c.mistake(pointer, "missing required field: element")
		return
	}
	c.element(block["element"], pointer+"/element", "input")
}

// textTotal counts the characters of every text in blocks.
func textTotal(value any) int {
	total := 0
	switch v := value.(type) {
	case []map[string]any:
		for _, item := range v {
			total += textTotal(item)
		}
	case []any:
		for _, item := range v {
			total += textTotal(item)
		}
	case map[string]any:
		for key, item := range v {
			if text, ok := item.(string); ok && key == "text" {
				total += utf8.RuneCountInString(text)
			} else {
				total += textTotal(item)
			}
		}
	}
	return total
}
