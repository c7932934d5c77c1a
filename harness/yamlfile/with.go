package yamlfile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"ratebench/harness/internal/choice"
)

// With is a tree in which the key that a path leads to, as "client.timeout",
// has another value. Of a list, a key is the name of an item or its number, from 0.
// The tree itself stays as it is. Mappings and keys that it
// does not have stand where at does, of which messages about them are. An error
// says that something on the path is no mapping.
func With(root ast.Node, path string, at, value ast.Node) (ast.Node, error) {
	return with(root, strings.Split(path, "."), 0, at, value)
}

// with is With for the part of the path that begins with the i-th key.
func with(n ast.Node, path []string, i int, at, value ast.Node) (ast.Node, error) {
	if i == len(path) {
		return value, nil
	}
	if list, ok := n.(*ast.SequenceNode); ok {
		return withItem(list, path, i, at, value)
	}
	m := &ast.MappingNode{Start: at.GetToken(), BaseNode: &ast.BaseNode{}}
	switch old := n.(type) {
	case nil:
	case *ast.MappingNode:
		*m = *old
		m.Values = append([]*ast.MappingValueNode(nil), old.Values...)
	default:
		return nil, fmt.Errorf("%s is %s, want a mapping", strings.Join(path[:i], "."), describe(n))
	}
	e := entry(m, path[i])
	if e < 0 {
		key := *at.GetToken()
		key.Type, key.Value = token.StringType, path[i]
		m.Values = append(m.Values, &ast.MappingValueNode{
			Start: &key, Key: &ast.StringNode{Token: &key, Value: path[i], BaseNode: &ast.BaseNode{}}, BaseNode: &ast.BaseNode{},
		})
		e = len(m.Values) - 1
	}
	changed := *m.Values[e]
	var err error
	changed.Value, err = with(changed.Value, path, i+1, at, value)
	m.Values[e] = &changed
	return m, err
}

// withItem is with for a list, of which a key is the name of an item or its number.
func withItem(list *ast.SequenceNode, path []string, i int, at, value ast.Node) (ast.Node, error) {
	item := slices.IndexFunc(list.Values, func(n ast.Node) bool {
		m, ok := n.(*ast.MappingNode)
		if !ok {
			return false
		}
		e := entry(m, "name")
		if e < 0 {
			return false
		}
		name, ok := TextOf(m.Values[e].Value)
		return ok && name == path[i]
	})
	if number, err := strconv.Atoi(path[i]); item < 0 && err == nil {
		item = number
	}
	if item < 0 || item >= len(list.Values) {
		return nil, noItem(list, path, i)
	}
	changed := *list
	changed.Values = slices.Clone(list.Values)
	var err error
	changed.Values[item], err = with(list.Values[item], path, i+1, at, value)
	return &changed, err
}

// noItem says which items a list has.
func noItem(list *ast.SequenceNode, path []string, i int) error {
	var names []string
	for _, n := range list.Values {
		if m, ok := n.(*ast.MappingNode); ok {
			if e := entry(m, "name"); e >= 0 {
				if name, ok := TextOf(m.Values[e].Value); ok {
					names = append(names, name)
				}
			}
		}
	}
	hint := ""
	if name, ok := choice.Nearest(path[i], names); ok {
		hint = fmt.Sprintf(" (did you mean %s?)", name)
	}
	all := choice.List(append(names, fmt.Sprintf("a number from 0 to %d", len(list.Values)-1)))
	return fmt.Errorf("%s has no item %.60s%s, want %s", strings.Join(path[:i], "."), path[i], hint, all)
}

// entry is the index of a key in a mapping; -1: it is not there.
func entry(m *ast.MappingNode, key string) int {
	for i, e := range m.Values {
		if k, ok := TextOf(e.Key); ok && k == key {
			return i
		}
	}
	return -1
}
