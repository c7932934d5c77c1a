package scenario

import (
	"fmt"
	"io"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"ratebench/harness/internal/choice"
)

// A decoder turns a syntax tree into what its fields are bound to, and collects
// what is wrong with it. What cannot be decoded keeps its default.
type decoder struct {
	// source is the text that the tree is of.
	source *source
	// open opens a file that the text names.
	open     func(name string) (io.ReadCloser, error)
	problems []*Error
}

// err is what is wrong so far, in the order of the file: an *Error, or several
// of them joined as by errors.Join; nil if nothing is.
func (d *decoder) err() error { return join(d.problems) }

// A value is a node of the tree with the key it is under.
type value struct {
	key  string
	node ast.Node
}

// errorf reports a problem at the beginning of a node.
func (d *decoder) errorf(at ast.Node, format string, args ...any) {
	d.problems = append(d.problems, errorAtToken(d.source, start(at), Printable(fmt.Sprintf(format, args...))))
}

// start is the first token of a node. The parser's own GetToken of a block
// mapping is its first colon.
func start(n ast.Node) *token.Token {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return m.Values[0].Key.GetToken()
	}
	return n.GetToken()
}

// mapping decodes a mapping of these fields, in their order, which need not
// be that of the file. It returns the values that were found, by key.
func (d *decoder) mapping(v value, fields []field) map[string]ast.Node {
	values, ok := d.entries(v, keysOf(fields))
	if !ok {
		return nil
	}
	for _, f := range fields {
		switch n, has := values[f.key]; {
		case has:
			f.decode(d, value{key: f.key, node: n})
		case f.example != "":
			d.errorf(v.node, "%s has no %s, want %s", v.key, f.key, f.example)
		}
	}
	return values
}

func keysOf(fields []field) []string {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	return keys
}

// entries returns the values of a mapping by key. Keys other than the known
// ones, and keys given twice, are problems. It reports false if v is no mapping.
func (d *decoder) entries(v value, known []string) (map[string]ast.Node, bool) {
	m, ok := v.node.(*ast.MappingNode)
	if !ok {
		d.wrongType(v, "a mapping with "+choice.List(known))
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
			d.errorf(e.Key, "%s has %s twice, first in line %d, want it once", v.key, key, lines[key])
		case !isKnown[key]:
			d.errorf(e.Key, "%s", choice.Unknown(v.key+" key", key, known))
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
func (d *decoder) key(e *ast.MappingValueNode) (string, bool) {
	if k, ok := e.Key.(*ast.StringNode); ok {
		return k.Value, true
	}
	d.errorf(e.Key, "%s found, want a plain key", describe(e.Key))
	return "", false
}

// cutAtComma reports that the i-th value of a mapping in braces is the first
// half of a value such as uniform(0ms, 50ms), which YAML has cut at its comma.
func (d *decoder) cutAtComma(m *ast.MappingNode, i int) bool {
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
	d.errorf(first, "%s ends at the comma, want quotes: \"%.60s, %.60s\"", first.Value, first.Value, second)
	return true
}

// list returns the items of a sequence.
func (d *decoder) list(v value, want string) []ast.Node {
	s, ok := v.node.(*ast.SequenceNode)
	if !ok || len(s.Values) == 0 {
		d.wrongType(v, want)
		return nil
	}
	return s.Values
}
