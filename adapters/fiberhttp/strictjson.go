package fiberhttp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/leadagent/leadagent/domain/fault"
)

// maxDepth is how deep JSON may nest.
const maxDepth = 32

// readJSON decodes a JSON body strictly: the right content type, UTF-8 without NUL, no duplicate and no unknown fields, no trailing text, nothing
// nested deeper than 32. Malformed and Unsupported say what is wrong; a field of the wrong type or name is Invalid and named.
func readJSON(c *fiber.Ctx, into any) error {
	kind, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), fiber.MIMEApplicationJSON) {
		return fault.New(fault.Unsupported, "Send JSON, with Content-Type: application/json.")
	}
	return decodeStrict(c.BodyRaw(), into)
}

func decodeStrict(raw []byte, into any) error {
	switch {
	case len(bytes.TrimSpace(raw)) == 0:
		return malformed("The body is empty; send a JSON object.")
	case !utf8.Valid(raw):
		return malformed("The body is not valid UTF-8.")
	case bytes.IndexByte(raw, 0) >= 0:
		return malformed("The body contains a NUL character.")
	}
	tokens := json.NewDecoder(bytes.NewReader(raw))
	tokens.UseNumber()
	if err := walk(tokens, 0); err != nil {
		return err
	}
	if _, err := tokens.Token(); !errors.Is(err, io.EOF) {
		return malformed("There is something after the JSON value.")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	return fieldFault(decoder.Decode(into))
}

func malformed(message string) error { return fault.New(fault.Malformed, message) }

// walk reads one value and refuses what encoding/json would let pass.
func walk(d *json.Decoder, depth int) error {
	if depth > maxDepth {
		return malformed("The JSON is nested too deep.")
	}
	token, err := d.Token()
	if err != nil {
		return malformed("The body is not valid JSON.")
	}
	switch token {
	case json.Delim('{'):
		return walkObject(d, depth)
	case json.Delim('['):
		for d.More() {
			if err := walk(d, depth+1); err != nil {
				return err
			}
		}
		return closing(d)
	}
	if s, ok := token.(string); ok {
		return checkText(s)
	}
	return nil
}

func walkObject(d *json.Decoder, depth int) error {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			return malformed("The body is not valid JSON.")
		}
		// encoding/json matches names without regard to case, so those count as the same. By way of the upper case a long s is an s.
		folded := strings.ToLower(strings.ToUpper(key))
		if seen[folded] {
			return malformed(fmt.Sprintf("The field %q stands there twice.", clipped(key)))
		}
		seen[folded] = true
		if err := walk(d, depth+1); err != nil {
			return err
		}
	}
	return closing(d)
}

func closing(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return malformed("The body is not valid JSON.")
	}
	return nil
}

// checkText refuses what Postgres cannot store and what encoding/json replaced.
func checkText(s string) error {
	if strings.ContainsRune(s, 0) {
		return malformed("A text contains a NUL character.")
	}
	if strings.ContainsRune(s, utf8.RuneError) {
		return malformed("A text is not valid Unicode.")
	}
	return nil
}

// fieldFault names the field that encoding/json stumbled over.
func fieldFault(err error) error {
	if err == nil {
		return nil
	}
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		if wrongType.Field == "" {
			return malformed("Send a JSON object.")
		}
		return fault.InvalidFields(fault.Field{Name: clipped(wrongType.Field), Message: "This field has the wrong type."})
	}
	if name, found := strings.CutPrefix(err.Error(), "json: unknown field "); found {
		return fault.InvalidFields(fault.Field{Name: clipped(strings.Trim(name, `"`)), Message: "There is no such field."})
	}
	return fault.Wrap(fault.Malformed, err, "The body is not valid JSON.")
}

func clipped(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
