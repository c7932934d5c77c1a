package scenario

import (
	"encoding"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/kinds"
)

// config decodes the parameters of a limiter into the configuration that its
// kind has bound them to.
type config struct {
	*decoder
	nodes map[string]ast.Node // where a parameter is, by its path as in "headroom.min"; "" is the limiter
}

// fields returns what decodes each of the parameters, whose own path is the
// prefix.
func (c config) fields(prefix string, params []kinds.Parameter) []field {
	var fields []field
	for _, p := range params {
		set := c.setter(prefix+p.Name, p)
		fields = append(fields, field{key: p.Name, decode: func(v value) {
			c.nodes[prefix+p.Name] = v.node
			set(v)
		}})
	}
	return fields
}

// setter returns what decodes one parameter. It panics at a type that scenarios
// have no notation for: whoever adds a limiter sees it in every test.
func (c config) setter(path string, p kinds.Parameter) func(value) {
	switch at := p.Value.(type) {
	case []kinds.Parameter:
		return func(v value) { c.mapping(v, c.fields(path+".", at)) }
	case encoding.TextUnmarshaler:
		return c.unmarshal(at)
	case *time.Duration:
		return c.duration(at, -maxDuration, maxDuration)
	case *int:
		return c.integer(at, math.MinInt, math.MaxInt)
	case *uint64:
		return c.unsigned(at)
	case *float64:
		return c.number(at)
	case *string:
		return c.text(at)
	case *bool:
		return c.boolean(at)
	}
	panic(fmt.Sprintf("scenario: limiter parameter %s has type %T, which has no notation", path, p.Value))
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
