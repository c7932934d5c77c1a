package scenario

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"ratebench/clients/limiter"
	"ratebench/harness/kinds"
)

// parameters are those of a limiter that a scenario can set.
type parameters struct {
	nodes map[string]ast.Node // where a parameter was found, by its path as in "headroom.min"; "" is the limiter
}

// newParameters has yet to find any; at is where the limiter is.
func newParameters(at ast.Node) parameters {
	return parameters{nodes: map[string]ast.Node{"": at}}
}

// fields returns what decodes and describes each of the parameters, whose own
// path is the prefix.
func (p parameters) fields(prefix string, params []kinds.Parameter) []field {
	fields := make([]field, len(params))
	for i, param := range params {
		path := prefix + param.Name
		n := p.notation(path, param)
		decode := n.decode
		n.decode = func(d *decoder, v value) {
			p.nodes[path] = v.node
			decode(d, v)
		}
		fields[i] = newKey(param.Name, param.Help, n)
	}
	return fields
}

// notation returns that of one parameter. It panics at a type that scenarios
// have no notation for: whoever adds a limiter sees it in every test.
func (p parameters) notation(path string, param kinds.Parameter) notation {
	switch v := param.Value.(type) {
	case []kinds.Parameter:
		return mapping(p.fields(path+".", v), nil)
	case encoding.TextUnmarshaler:
		return unmarshaler(v)
	case *time.Duration:
		n := duration(v, -maxDuration, maxDuration)
		n.schema = reference("duration", n.text())
		return n
	case *int:
		return integer(v, math.MinInt, math.MaxInt)
	case *uint64:
		return unsigned(v)
	case *float64:
		return number(v)
	case *string:
		return wordOf(v, param.Words)
	case *bool:
		return boolean(v)
	}
	panic(fmt.Sprintf("notation: limiter parameter %s has type %T, which has no notation", path, param.Value))
}

// wordOf is one of these words, which the help explains, or any text if there
// are none.
func wordOf(p *string, words []string) notation {
	if words == nil {
		n := text(p)
		n.schema.Default = *p
		return n
	}
	all := make([]Word, len(words))
	for i, w := range words {
		all[i].Value = w
	}
	n := oneOf(p, all...)
	n.words = nil
	return n
}

// unmarshaler is the notation of a type that knows its own.
func unmarshaler(p encoding.TextUnmarshaler) notation {
	kind := strings.ToLower(reflect.Indirect(reflect.ValueOf(p)).Type().Name())
	n := notation{kind: kind, schema: schema{Type: []string{"string", "number"}}}
	n.text = func() string { return fmt.Sprint(p) }
	switch v := p.(type) {
	case *limiter.Rate:
		n.schema = reference("rate", v.String())
	case *Limit:
		n.schema = reference("limit", "")
		n.text = func() string { return setLimit(*v) }
	}
	n.decode = func(d *decoder, v value) {
		text, ok := written(v.node)
		if !ok {
			d.wrongType(v, "a single value")
			return
		}
		if err := p.UnmarshalText([]byte(text)); err != nil {
			d.errorf(v.node, "%s: %v", v.key, err)
		}
	}
	return n
}

// report reports what Validate returned: each of the errors joined in it where
// the parameter is that it begins with, or else at the limiter.
func (p parameters) report(d *decoder, err error) {
	if err == nil {
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			p.report(d, e)
		}
		return
	}
	parameter, _, _ := strings.Cut(err.Error(), " ")
	at, given := p.nodes[strings.TrimSuffix(parameter, ":")]
	if !given {
		at = p.nodes[""]
	}
	d.errorf(at, "%v", err)
}
