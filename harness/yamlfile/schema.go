package yamlfile

import (
	"bytes"
	"encoding/json"
)

// A Schema is a node of a JSON Schema, with the keywords that are needed here.
// In JSON they come in this order.
type Schema struct {
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
	MinLength   int         `json:"minLength,omitempty"`
	MaxLength   int         `json:"maxLength,omitempty"`
	MinItems    int         `json:"minItems,omitempty"`
	MaxItems    int         `json:"maxItems,omitempty"`
	Items       *Schema     `json:"items,omitempty"`
	MinKeys     int         `json:"minProperties,omitempty"`
	MaxKeys     int         `json:"maxProperties,omitempty"`
	Properties  Properties  `json:"properties,omitempty"`
	Required    []string    `json:"required,omitempty"`
	Closed      *bool       `json:"additionalProperties,omitempty"` // false: no other keys
	Dependent   Properties  `json:"dependentSchemas,omitempty"`
	If          *Schema     `json:"if,omitempty"`
	Then        *Schema     `json:"then,omitempty"`
	Not         *Schema     `json:"not,omitempty"`
	AllOf       []*Schema   `json:"allOf,omitempty"`
	AnyOf       []*Schema   `json:"anyOf,omitempty"`
	OneOf       []*Schema   `json:"oneOf,omitempty"`
	Defs        Properties  `json:"$defs,omitempty"`
}

// Properties are schemas by name, in an order that people can follow.
type Properties []Property

// A Property is the schema of a name.
type Property struct {
	Name   string
	Schema *Schema
}

// MarshalJSON writes an object whose keys stay in their order.
func (p Properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, one := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(one.Name)
		if err != nil {
			return nil, err
		}
		value, err := MarshalPlain(one.Schema)
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

// MarshalPlain is v in JSON, in which characters such as < and & stay as they are.
func MarshalPlain(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// Object is a mapping of these fields and no others.
func Object(help string, fields []Field) *Schema {
	s := &Schema{Description: Sentence(help)}
	s.setObject(fields)
	return s
}

// setObject makes s that of a mapping of these fields.
func (s *Schema) setObject(fields []Field) {
	s.Type, s.Closed = "object", new(bool)
	for _, f := range fields {
		s.Properties = append(s.Properties, Property{Name: f.Key, Schema: f.Describe()})
		if f.Example != "" {
			s.Required = append(s.Required, f.Key)
		}
	}
}

// Of is the schema of a name. It panics if there is none.
func (p Properties) Of(name string) *Schema {
	for _, one := range p {
		if one.Name == name {
			return one.Schema
		}
	}
	panic("yamlfile: the schema has no " + name)
}

// WithAny is what has any of these keys.
func WithAny(keys ...string) *Schema {
	s := &Schema{}
	for _, k := range keys {
		s.AnyOf = append(s.AnyOf, &Schema{Required: []string{k}})
	}
	return s
}

// Reference is one of the definitions of the whole schema, with the default that
// is particular here; "" is none.
func Reference(name, standard string) Schema {
	s := Schema{Ref: "#/$defs/" + name}
	if standard != "" {
		s.Default = standard
	}
	return s
}

// Regular expressions that both JSON Schema (ECMA-262) and Go know: of a time
// without a sign, and of one that may be 0 or have a plus. Whether a value is in
// its range is beyond them, but for zero.
const (
	SpanPattern     = `(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+`
	DurationPattern = `\+?(?:0|` + SpanPattern + `)`
)

// Definitions are the notations here that have no counterpart in JSON, under the
// names by which Duration refers to them.
func Definitions() Properties {
	return Properties{
		{Name: "duration", Schema: &Schema{
			Description: "A time of 0 or more: numbers with a unit, at most 744h.",
			Examples:    []any{"50ms", "1.5s", "1m30s", "500µs"},
			AnyOf:       []*Schema{{Type: "string", Pattern: `^\s*` + DurationPattern + `\s*$`}, {Const: 0}},
		}},
		{Name: "positiveDuration", Schema: &Schema{
			Description: "A time of more than 0: numbers with a unit, at most 744h.",
			Type:        "string",
			Examples:    []any{"25s", "50ms", "1m30s"},
			AllOf:       []*Schema{{Pattern: `^\s*` + DurationPattern + `\s*$`}, {Pattern: "[1-9]"}},
		}},
	}
}
