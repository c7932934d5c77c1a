package scenario

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// config decodes the parameters of a limiter into the struct that the limiter
// declares for them, by the yaml tags of its fields.
type config struct {
	*decoder
	nodes map[string]ast.Node // where a parameter is, by its path as in "headroom.min"; "" is the limiter
}

// fields returns what decodes each field of the struct v, whose own path is
// the prefix.
func (c config) fields(prefix string, v reflect.Value) []field {
	var fields []field
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag.Get("yaml")
		key, _, _ := strings.Cut(tag, ",")
		if key == "" || key == "-" {
			continue
		}
		set := c.setter(prefix+key, v.Field(i))
		fields = append(fields, field{key: key, decode: func(v value) {
			c.nodes[prefix+key] = v.node
			set(v)
		}})
	}
	return fields
}

// setter returns what decodes one field. It panics at a type that scenarios
// have no notation for: whoever adds a limiter sees it in every test.
func (c config) setter(path string, f reflect.Value) func(value) {
	switch p := f.Addr().Interface().(type) {
	case encoding.TextUnmarshaler:
		return c.unmarshal(p)
	case *time.Duration:
		return c.duration(p, -maxDuration, maxDuration)
	case *int:
		return c.integer(p, math.MinInt, math.MaxInt)
	case *uint64:
		return c.unsigned(p)
	case *float64:
		return c.number(p)
	case *string:
		return c.text(p)
	case *bool:
		return c.boolean(p)
	}
	if f.Kind() == reflect.Struct {
		return func(v value) { c.mapping(v, c.fields(path+".", f)) }
	}
	panic(fmt.Sprintf("scenario: limiter parameter %s has type %s, which has no notation", path, f.Type()))
}

// unmarshal decodes a type that knows its own notation.
func (c config) unmarshal(p encoding.TextUnmarshaler) func(value) {
	return func(v value) {
		text, ok := written(v.node)
		if !ok {
			c.wrongType(v, "a single value")
			return
		}
		if err := p.UnmarshalText([]byte(text)); err != nil {
			c.errorf(v.node, "%s: %v", v.key, err)
		}
	}
}

// report reports what Validate returned: each of the errors joined in it where
// the parameter is that it begins with, or else at the limiter.
func (c config) report(err error) {
	if err == nil {
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			c.report(e)
		}
		return
	}
	parameter, _, _ := strings.Cut(err.Error(), " ")
	at, given := c.nodes[strings.TrimSuffix(parameter, ":")]
	if !given {
		at = c.nodes[""]
	}
	c.errorf(at, "%v", err)
}
