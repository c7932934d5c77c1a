package notation

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
	"ratebench/harness/yamlfile"
)

// Parameters are those of a limiter that a scenario can set.
type Parameters struct {
	nodes map[string]ast.Node // where a parameter was found, by its path as in "headroom.min"; "" is the limiter
}

// NewParameters has yet to find any; at is where the limiter is.
func NewParameters(at ast.Node) Parameters {
	return Parameters{nodes: map[string]ast.Node{"": at}}
}

// Fields returns what decodes and describes each of the parameters, whose own
// path is the prefix, and "" for those of a limiter. It panics at a type that
// scenarios have no notation for. Only what NewParameters made can decode.
func (p Parameters) Fields(prefix string, params []kinds.Parameter) []yamlfile.Field {
	fields := make([]yamlfile.Field, len(params))
	for i, param := range params {
		path := prefix + param.Name
		n := p.notation(path, param)
		decode := n.Decode
		n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
			p.nodes[path] = v.Node
			decode(d, v)
		}
		fields[i] = yamlfile.Key(param.Name, param.Help, n)
	}
	return fields
}

// notation returns that of one parameter. It panics at a type that scenarios
// have no notation for: whoever adds a limiter sees it in every test.
func (p Parameters) notation(path string, param kinds.Parameter) yamlfile.Notation {
	switch v := param.Value.(type) {
	case []kinds.Parameter:
		return yamlfile.Mapping(p.Fields(path+".", v), nil)
	case encoding.TextUnmarshaler:
		return unmarshaler(v)
	case *time.Duration:
		n := yamlfile.Duration(v, -yamlfile.MaxDuration, yamlfile.MaxDuration)
		n.Schema = yamlfile.Reference("duration", n.Text())
		return n
	case *int:
		return yamlfile.Integer(v, math.MinInt, math.MaxInt)
	case *uint64:
		return yamlfile.Unsigned(v)
	case *float64:
		return yamlfile.Number(v)
	case *string:
		return wordOf(v, param.Words)
	case *bool:
		return yamlfile.Boolean(v)
	}
	panic(fmt.Sprintf("notation: limiter parameter %s has type %T, which has no notation", path, param.Value))
}

// wordOf is one of these words, which the help explains, or any text if there
// are none.
func wordOf(p *string, words []string) yamlfile.Notation {
	if words == nil {
		n := yamlfile.Text(p)
		n.Schema.Default = *p
		return n
	}
	all := make([]yamlfile.Word, len(words))
	for i, w := range words {
		all[i].Value = w
	}
	n := yamlfile.OneOf(p, all...)
	n.Words = nil
	return n
}

// unmarshaler is the notation of a type that knows its own.
func unmarshaler(p encoding.TextUnmarshaler) yamlfile.Notation {
	kind := strings.ToLower(reflect.Indirect(reflect.ValueOf(p)).Type().Name())
	n := yamlfile.Notation{Kind: kind, Schema: yamlfile.Schema{Type: []string{"string", "number"}}}
	n.Text = func() string { return fmt.Sprint(p) }
	switch v := p.(type) {
	case *limiter.Rate:
		n.Schema = yamlfile.Reference("rate", v.String())
	case *Limit:
		n.Schema = yamlfile.Reference("limit", "")
		n.Text = func() string { return setLimit(*v) }
	}
	n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		text, ok := yamlfile.Written(v.Node)
		if !ok {
			d.WrongType(v, "a single value")
			return
		}
		if err := p.UnmarshalText([]byte(text)); err != nil {
			d.Errorf(v.Node, "%s: %v", v.Key, err)
		}
	}
	return n
}

// Report reports what Validate returned: each of the errors joined in it where
// the parameter is that it begins with, or else at the limiter.
func (p Parameters) Report(d *yamlfile.Decoder, err error) {
	if err == nil {
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			p.Report(d, e)
		}
		return
	}
	parameter, _, _ := strings.Cut(err.Error(), " ")
	at, given := p.nodes[strings.TrimSuffix(parameter, ":")]
	if !given {
		at = p.nodes[""]
	}
	d.Errorf(at, "%v", err)
}
