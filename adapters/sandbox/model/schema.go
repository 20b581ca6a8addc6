package model

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// schema is a response schema: the part of OpenAPI 3.0 that the API reference lists under "Schema".
type schema struct {
	kind       string
	enum       []string
	properties map[string]*schema
	required   []string
	items      *schema
	maxItems   int
	nullable   bool
}

const schemaFields = "type format title description nullable enum maxItems minItems properties required minProperties maxProperties minLength maxLength " +
	"pattern example anyOf propertyOrdering default items minimum maximum"

// typeNames are the values of the enum Type by number, from 1.
func typeNames() []string {
	return []string{"STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"}
}

func parseSchema(v any, at string) (*schema, *apiError) {
	o, ok := v.(object)
	if !ok {
		return nil, invalid(at, "must be an object")
	}
	if e := only(o, at, schemaFields); e != nil {
		return nil, e
	}
	s := &schema{}
	var e *apiError
	if s.kind, e = typeOf(o, at); e != nil {
		return nil, e
	}
	s.nullable, _ = o["nullable"].(bool)
	s.maxItems, _ = integer(o["maxItems"])
	for _, step := range []func(object, string) *apiError{s.parseEnum, s.parseItems, s.parseProperties} {
		if e := step(o, at); e != nil {
			return nil, e
		}
	}
	return s, nil
}

// typeOf reads a type by its name or, as clients with enum-encoding=int send it, by its number.
func typeOf(o object, at string) (string, *apiError) {
	names := typeNames()
	switch v := o["type"].(type) {
	case string:
		if name := strings.ToUpper(v); slices.Contains(names, name) {
			return name, nil
		}
		return "", invalid(at+".type", "Invalid value at 'type' (type.googleapis.com/google.ai.generativelanguage.v1beta.Type), %q", v)
	case json.Number:
		n, err := strconv.Atoi(v.String())
		if err != nil || n < 1 || n > len(names) {
			return "", invalid(at+".type", "must be specified")
		}
		return names[n-1], nil
	}
	if o["anyOf"] != nil {
		return "", nil
	}
	return "", invalid(at+".type", "must be specified")
}

func (s *schema) parseEnum(o object, at string) *apiError {
	values, ok := o["enum"].([]any)
	if !ok {
		return nil
	}
	if len(values) > 0 && s.kind != "STRING" {
		return invalid(at+".enum", "only allowed for STRING type")
	}
	for i, v := range values {
		value, ok := v.(string)
		if !ok || value == "" {
			return invalid(at+".enum["+strconv.Itoa(i)+"]", "cannot be empty")
		}
		s.enum = append(s.enum, value)
	}
	return nil
}

func (s *schema) parseItems(o object, at string) *apiError {
	raw, given := o["items"]
	switch {
	case s.kind == "ARRAY" && !given:
		return invalid(at+".items", "missing field.")
	case !given:
		return nil
	case s.kind != "ARRAY":
		return invalid(at+".items", "should not be set for non-ARRAY type")
	}
	var e *apiError
	s.items, e = parseSchema(raw, at+".items")
	return e
}

func (s *schema) parseProperties(o object, at string) *apiError {
	raw, _ := o["properties"].(object)
	switch {
	case s.kind == "OBJECT" && len(raw) == 0:
		return invalid(at+".properties", "should be non-empty for OBJECT type")
	case len(raw) > 0 && s.kind != "OBJECT":
		return invalid(at+".properties", "only allowed for OBJECT type")
	}
	s.properties = map[string]*schema{}
	for name, v := range raw {
		property, e := parseSchema(v, at+".properties["+name+"]")
		if e != nil {
			return e
		}
		s.properties[name] = property
	}
	required, _ := o["required"].([]any)
	for i, v := range required {
		name, _ := v.(string)
		if s.properties[name] == nil {
			return invalid(at+".required["+strconv.Itoa(i)+"]", "property is not defined")
		}
		s.required = append(s.required, name)
	}
	return nil
}

// role tells whose request a schema is of.
func (s *schema) role() Role {
	has := func(names ...string) bool {
		for _, name := range names {
			if s == nil || s.properties[name] == nil {
				return false
			}
		}
		return true
	}
	switch {
	case has("category") && len(s.properties["category"].enum) > 0:
		return RoleJudge
	case has("subject", "body"):
		return RoleWriter
	case has("facts", "actions"):
		return RoleReader
	}
	return RoleOther
}

// conform fits a decoded JSON value to the schema, as constrained decoding would: unknown properties go, required ones appear,
// and a value outside an enum becomes its first.
func (s *schema) conform(v any) any {
	if v == nil {
		return s.emptiest()
	}
	switch s.kind {
	case "OBJECT":
		return s.conformObject(v)
	case "ARRAY":
		return s.conformArray(v)
	case "STRING":
		text, ok := v.(string)
		if !ok || len(s.enum) > 0 && !slices.Contains(s.enum, text) {
			return s.emptiest()
		}
	}
	return v
}

func (s *schema) conformObject(v any) any {
	given, _ := v.(map[string]any)
	fitted := map[string]any{}
	for name, property := range s.properties {
		if value, ok := given[name]; ok {
			fitted[name] = property.conform(value)
		} else if slices.Contains(s.required, name) {
			fitted[name] = property.emptiest()
		}
	}
	return fitted
}

// conformArray leaves out elements whose enum properties do not fit: an action with a tool that is not on the list cannot be decoded.
func (s *schema) conformArray(v any) any {
	given, _ := v.([]any)
	fitted := []any{}
	for _, element := range given {
		if s.maxItems > 0 && len(fitted) == s.maxItems {
			break
		}
		if s.items.admits(element) {
			fitted = append(fitted, s.items.conform(element))
		}
	}
	return fitted
}

func (s *schema) admits(v any) bool {
	fields, ok := v.(map[string]any)
	if !ok {
		return true
	}
	for name, property := range s.properties {
		if text, isText := fields[name].(string); isText && len(property.enum) > 0 && !slices.Contains(property.enum, text) {
			return false
		}
	}
	return true
}

// emptiest is the least value that fits.
func (s *schema) emptiest() any {
	switch s.kind {
	case "STRING":
		if len(s.enum) > 0 {
			return s.enum[0]
		}
		return ""
	case "NUMBER", "INTEGER":
		return 0
	case "BOOLEAN":
		return false
	case "ARRAY":
		return []any{}
	case "OBJECT":
		return s.conformObject(nil)
	}
	return nil
}
