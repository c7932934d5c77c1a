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
)

// parameters are those of a kind of limiter: the fields of the struct that it
// declares for them, by their yaml tags.
type parameters struct {
	kind  string
	nodes map[string]ast.Node // where a parameter was found, by its path as in "headroom.min"; "" is the limiter
}

// fields returns what the struct v declares, whose own path is the prefix.
func (p parameters) fields(prefix string, v reflect.Value) []field {
	var fields []field
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		key, _, _ := strings.Cut(tag.Get("yaml"), ",")
		if key == "" || key == "-" {
			continue
		}
		n := p.notation(prefix+key, v.Field(i))
		decode := n.decode
		n.decode = func(d *decoder, v value) {
			p.nodes[prefix+key] = v.node
			decode(d, v)
		}
		fields = append(fields, field{key, tag.Get("help"), n})
	}
	return fields
}

// notation returns that of one field. It panics at a type that scenarios have
// no notation for: whoever adds a limiter sees it in every test.
func (p parameters) notation(path string, f reflect.Value) notation {
	switch v := f.Addr().Interface().(type) {
	case encoding.TextUnmarshaler:
		return unmarshaler(v, strings.ToLower(f.Type().Name()))
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
		n := text(v)
		n.schema.Default = *v
		if all := choices(p.kind, path); all != nil {
			n.schema = oneOf(v, all...).schema
		}
		return n
	case *bool:
		return boolean(v)
	}
	if f.Kind() == reflect.Struct {
		return mapping(p.fields(path+".", f), nil)
	}
	panic(fmt.Sprintf("scenario: limiter parameter %s has type %s, which has no notation", path, f.Type()))
}

// choices are the words that a text parameter can be. Its type does not tell;
// a test has the limiter's own Validate confirm them.
func choices(kind, path string) []Word {
	switch kind + " " + path {
	case "adaptive measure":
		return []Word{{Value: "creation"}, {Value: "send"}}
	case "backoff jitter":
		return []Word{{Value: limiter.JitterNone}, {Value: limiter.JitterFull}, {Value: limiter.JitterEqual}, {Value: limiter.JitterDecorrelated}}
	}
	return nil
}

// unmarshaler is the notation of a type that knows its own.
func unmarshaler(p encoding.TextUnmarshaler, kind string) notation {
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
