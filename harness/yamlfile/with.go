package yamlfile

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// With is a tree in which the key that a path leads to, as "client.timeout",
// has another value. The tree itself stays as it is. Mappings and keys that it
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

// entry is the index of a key in a mapping; -1: it is not there.
func entry(m *ast.MappingNode, key string) int {
	for i, e := range m.Values {
		if k, ok := TextOf(e.Key); ok && k == key {
			return i
		}
	}
	return -1
}
