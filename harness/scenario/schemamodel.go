package scenario

import (
	"bytes"
	"encoding/json"
)

// A schema is a node of a JSON Schema, with the keywords that this one needs.
// In JSON they come in this order.
type schema struct {
	Draft       string      `json:"$schema,omitempty"`
	Title       string      `json:"title,omitempty"`
	Ref         string      `json:"$ref,omitempty"`
	Description string      `json:"description,omitempty"`
	Type        any         `json:"type,omitempty"` // a string, or several
	Default     any         `json:"default,omitempty"`
	Examples    []any       `json:"examples,omitempty"`
	Const       any         `json:"const,omitempty"`
	Enum        []any       `json:"enum,omitempty"`
	Minimum     json.Number `json:"minimum,omitempty"`
	Maximum     json.Number `json:"maximum,omitempty"`
	Pattern     string      `json:"pattern,omitempty"`
	MinItems    int         `json:"minItems,omitempty"`
	MaxItems    int         `json:"maxItems,omitempty"`
	Items       *schema     `json:"items,omitempty"`
	Properties  properties  `json:"properties,omitempty"`
	Required    []string    `json:"required,omitempty"`
	Closed      *bool       `json:"additionalProperties,omitempty"` // false: no other keys
	Dependent   properties  `json:"dependentSchemas,omitempty"`
	If          *schema     `json:"if,omitempty"`
	Then        *schema     `json:"then,omitempty"`
	Not         *schema     `json:"not,omitempty"`
	AllOf       []*schema   `json:"allOf,omitempty"`
	AnyOf       []*schema   `json:"anyOf,omitempty"`
	OneOf       []*schema   `json:"oneOf,omitempty"`
	Defs        properties  `json:"$defs,omitempty"`
}

// properties are schemas by name, in an order that people can follow.
type properties []property

type property struct {
	name   string
	schema *schema
}

// MarshalJSON writes an object whose keys stay in their order.
func (p properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, one := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(one.name)
		if err != nil {
			return nil, err
		}
		value, err := marshalPlain(one.schema)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// marshalPlain leaves characters such as < and & as they are.
func marshalPlain(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// object is a mapping of these fields and no others.
func object(help string, fields []field) *schema {
	s := &schema{Description: sentence(help)}
	s.setObject(fields)
	return s
}

// setObject makes s that of a mapping of these fields.
func (s *schema) setObject(fields []field) {
	s.Type, s.Closed = "object", new(bool)
	for _, f := range fields {
		s.Properties = append(s.Properties, property{name: f.key, schema: f.describe()})
		if f.example != "" {
			s.Required = append(s.Required, f.key)
		}
	}
}

// of is the schema of a name, which must be there.
func (p properties) of(name string) *schema {
	for _, one := range p {
		if one.name == name {
			return one.schema
		}
	}
	panic("yamlfile: the schema has no " + name)
}

// withAny is what has any of these keys.
func withAny(keys ...string) *schema {
	s := &schema{}
	for _, k := range keys {
		s.AnyOf = append(s.AnyOf, &schema{Required: []string{k}})
	}
	return s
}

// reference is one of the definitions, with the default that is particular
// here; "" is none.
func reference(name, standard string) schema {
	s := schema{Ref: "#/$defs/" + name}
	if standard != "" {
		s.Default = standard
	}
	return s
}

// Regular expressions that both JSON Schema (ECMA-262) and Go know. Whether a
// value is in its range is beyond them, but for zero.
const (
	spanPattern     = `(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+`
	durationPattern = `\+?(?:0|` + spanPattern + `)`
)

// definitions are the notations here that have no counterpart in JSON, under the
// names that reference has.
func definitions() properties {
	return properties{
		{name: "duration", schema: &schema{
			Description: "A time of 0 or more: numbers with a unit, at most 744h.",
			Examples:    []any{"50ms", "1.5s", "1m30s", "500µs"},
			AnyOf:       []*schema{{Type: "string", Pattern: `^\s*` + durationPattern + `\s*$`}, {Const: 0}},
		}},
		{name: "positiveDuration", schema: &schema{
			Description: "A time of more than 0: numbers with a unit, at most 744h.",
			Type:        "string",
			Examples:    []any{"25s", "50ms", "1m30s"},
			AllOf:       []*schema{{Pattern: `^\s*` + durationPattern + `\s*$`}, {Pattern: "[1-9]"}},
		}},
	}
}
