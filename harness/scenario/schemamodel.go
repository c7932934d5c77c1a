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
		s.Properties = append(s.Properties, property{f.key, f.describe()})
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
	panic("scenario: the schema has no " + name)
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
	countPattern    = `(?:[1-9][0-9]{0,5}|1000000)`
	namePattern     = `^\s*[A-Za-z0-9][A-Za-z0-9._+-]{0,63}\s*$`
)

// definitions are the notations that have no counterpart in JSON.
func definitions() properties {
	window := `\s*/\s*\+?` + spanPattern + `\s*$`
	return properties{
		{"name", &schema{
			Description: "1 to 64 letters, digits and any of - _ . +, with a letter or digit first.",
			Type:        "string", Pattern: namePattern,
		}},
		{"duration", &schema{
			Description: "A time of 0 or more: numbers with a unit, at most 744h.",
			Examples:    []any{"50ms", "1.5s", "1m30s", "500µs"},
			AnyOf:       []*schema{{Type: "string", Pattern: `^\s*` + durationPattern + `\s*$`}, {Const: 0}},
		}},
		{"positiveDuration", &schema{
			Description: "A time of more than 0: numbers with a unit, at most 744h.",
			Type:        "string",
			Examples:    []any{"25s", "50ms", "1m30s"},
			AllOf:       []*schema{{Pattern: `^\s*` + durationPattern + `\s*$`}, {Pattern: "[1-9]"}},
		}},
		{"limit", &schema{
			Description: "Requests per window: at most 1000000 in at most 744h.",
			Type:        "string",
			Examples:    []any{"20/1s", "20/1051ms", "100/1m"},
			AllOf:       []*schema{{Pattern: `^\s*` + countPattern + window}, {Pattern: "/.*[1-9]"}},
		}},
		{"rate", &schema{
			Description: "Requests per time; not given, what the server grants.",
			Type:        "string",
			Examples:    []any{"20/1s", "20/1051ms"},
			AllOf:       []*schema{{Pattern: `^\s*\+?0*[1-9][0-9]*` + window}, {Pattern: "/.*[1-9]"}},
		}},
		{"distribution", &schema{
			Description: "How a time is drawn: uniform(lower, upper), constant(value), normal(mean, sd), lognormal(median, sigma), " +
				"exponential(mean), empirical(file with one value a line), or a time for a constant. In braces it needs quotes.",
			Examples: []any{"uniform(0ms, 50ms)", "constant(5ms)", "normal(25ms, 8ms)", "lognormal(20ms, 0.5)", "exponential(10ms)", "empirical(latencies.csv)"},
			AnyOf:    []*schema{{Type: "string", Pattern: distributionPattern()}, {Const: 0}},
		}},
	}
}

func distributionPattern() string {
	const (
		one = `\s*\(\s*` + durationPattern + `\s*\)`
		two = `\s*\(\s*` + durationPattern + `\s*,\s*` + durationPattern + `\s*\)`
	)
	return `^\s*(?:` + durationPattern +
		`|(?:uniform|normal)` + two +
		`|(?:constant|exponential)` + one +
		`|lognormal\s*\(\s*` + durationPattern + `\s*,[^,]+\)` +
		`|empirical\s*\(.+\))\s*$`
}
