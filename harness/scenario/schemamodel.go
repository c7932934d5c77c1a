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

// object is a mapping of these keys and no others.
func object(description string, p ...property) *schema {
	closed := false
	return &schema{Description: description, Type: "object", Properties: p, Closed: &closed}
}

// ref is a definition, with what is particular here.
func ref(name, description string, standard any) *schema {
	return &schema{Ref: "#/$defs/" + name, Description: description, Default: standard}
}
