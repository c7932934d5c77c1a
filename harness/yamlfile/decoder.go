// Package yamlfile reads a YAML file strictly, and says what is wrong with it
// where: an Error has the line, the column and an excerpt. What a file can have is
// told in Fields, once; a Decoder reads it by them, WriteFields writes it, and the
// JSON Schema of it is made of them. It does not know what the file is about.
package yamlfile

import (
	"fmt"
	"io"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"ratebench/harness/internal/choice"
)

// A Decoder turns a syntax tree into what its fields are bound to, and collects
// what is wrong with it. What cannot be decoded keeps its default.
type Decoder struct {
	// Source is the text that the tree is of.
	Source *Source
	// Open opens a file that the text names. Nil where no field needs it.
	Open func(name string) (io.ReadCloser, error)
	// Problems are what is wrong so far, in the order in which it was found.
	Problems []*Error
}

// Err is what is wrong so far, in the order of the file: an *Error, or several
// of them joined as by errors.Join; nil if nothing is.
func (d *Decoder) Err() error { return join(d.Problems) }

// A Value is a node of the tree with the key it is under.
type Value struct {
	Key  string
	Node ast.Node
}

// Errorf reports a problem at the beginning of a node: what was found, and what
// was expected. What cannot be printed in it is shown as �.
func (d *Decoder) Errorf(at ast.Node, format string, args ...any) {
	d.Problems = append(d.Problems, errorAtToken(d.Source, Start(at), Printable(fmt.Sprintf(format, args...))))
}

// Start is the first token of a node. The parser's own GetToken of a block
// mapping is its first colon.
func Start(n ast.Node) *token.Token {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return m.Values[0].Key.GetToken()
	}
	return n.GetToken()
}

// Mapping decodes a mapping of these fields, in their order, which need not
// be that of the file. It returns the values that were found, by key; nil, and a
// problem, if v is no mapping. A key that is unknown, there twice or missing is a
// problem, too.
func (d *Decoder) Mapping(v Value, fields []Field) map[string]ast.Node {
	values, ok := d.entries(v, keysOf(fields))
	if !ok {
		return nil
	}
	for _, f := range fields {
		switch n, has := values[f.Key]; {
		case has:
			f.Decode(d, Value{Key: f.Key, Node: n})
		case f.Example != "":
			d.Errorf(v.Node, "%s has no %s, want %s", v.Key, f.Key, f.Example)
		}
	}
	return values
}

func keysOf(fields []Field) []string {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.Key
	}
	return keys
}

// entries returns the values of a mapping by key. Keys other than the known
// ones, and keys given twice, are problems. It reports false if v is no mapping.
func (d *Decoder) entries(v Value, known []string) (map[string]ast.Node, bool) {
	m, ok := v.Node.(*ast.MappingNode)
	if !ok {
		d.WrongType(v, "a mapping with "+choice.List(known))
		return nil, false
	}
	isKnown := make(map[string]bool)
	for _, k := range known {
		isKnown[k] = true
	}
	values, lines := make(map[string]ast.Node), make(map[string]int)
	for i := 0; i < len(m.Values); i++ {
		e := m.Values[i]
		key, ok := d.key(e)
		switch {
		case !ok:
		case lines[key] > 0:
			d.Errorf(e.Key, "%s has %s twice, first in line %d, want it once", v.Key, key, lines[key])
		case !isKnown[key]:
			d.Errorf(e.Key, "%s", choice.Unknown(v.Key+" key", key, known))
		default:
			lines[key] = e.Key.GetToken().Position.Line
			values[key] = e.Value
			if d.cutAtComma(m, i) {
				delete(values, key)
				i++
			}
		}
	}
	return values, true
}

// key returns the text of a plain key.
func (d *Decoder) key(e *ast.MappingValueNode) (string, bool) {
	if k, ok := e.Key.(*ast.StringNode); ok {
		return k.Value, true
	}
	d.Errorf(e.Key, "%s found, want a plain key", describe(e.Key))
	return "", false
}

// cutAtComma reports that the i-th value of a mapping in braces is the first
// half of a value such as uniform(0ms, 50ms), which YAML has cut at its comma.
func (d *Decoder) cutAtComma(m *ast.MappingNode, i int) bool {
	if !m.IsFlowStyle || i+1 >= len(m.Values) {
		return false
	}
	first, ok := m.Values[i].Value.(*ast.StringNode)
	rest := m.Values[i+1]
	if !ok || rest.Value.GetToken().Type != token.ImplicitNullType {
		return false
	}
	second := rest.Key.GetToken().Value
	if !strings.Contains(first.Value, "(") || strings.Contains(first.Value, ")") || !strings.HasSuffix(second, ")") {
		return false
	}
	d.Errorf(first, "%s ends at the comma, want quotes: \"%.60s, %.60s\"", first.Value, first.Value, second)
	return true
}

// list returns the items of a sequence.
func (d *Decoder) list(v Value, want string) []ast.Node {
	s, ok := v.Node.(*ast.SequenceNode)
	if !ok || len(s.Values) == 0 {
		d.WrongType(v, want)
		return nil
	}
	return s.Values
}
