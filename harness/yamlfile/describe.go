package yamlfile

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// describe says what a node is, for messages.
func describe(n ast.Node) string {
	switch n := n.(type) {
	case *ast.StringNode:
		if n.Token.Type == token.StringType { // without quotes
			return fmt.Sprintf("%.60q", n.Value)
		}
		return fmt.Sprintf("text %.60q", n.Value)
	case *ast.LiteralNode:
		return fmt.Sprintf("text %.60q", n.Value.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode, *ast.BoolNode:
		return fmt.Sprintf("%.60s", n.GetToken().Value)
	case *ast.NullNode:
		return "empty"
	case *ast.MappingNode:
		return "a mapping"
	case *ast.SequenceNode:
		if len(n.Values) == 0 {
			return "an empty list"
		}
		return "a list"
	case *ast.AnchorNode:
		return "an anchor (&)"
	case *ast.AliasNode:
		return "an alias (*)"
	case *ast.TagNode:
		return "a tag (!)"
	case *ast.MergeKeyNode:
		return "a merge key (<<)"
	case *ast.MappingKeyNode:
		return "an explicit key (?)"
	}
	return "unexpected syntax"
}

// WrongType reports that a value is not what is wanted, such as "true or false".
func (d *Decoder) WrongType(v Value, want string) {
	d.Errorf(v.Node, "%s is %s, want %s", v.Key, describe(v.Node), want)
}

// TextOf returns the text of a node that is text to YAML: in quotes, or not to
// be taken for a number, true, false or null. It is false if n is none.
func TextOf(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	return "", false
}

// Written returns a text or number as it stands in the file; false if n is
// neither.
func Written(n ast.Node) (string, bool) {
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return TextOf(n)
}

// Single returns a single value, or a plain key, as it stands in the file: text,
// a number, true or false. It is false if n is none.
func Single(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.BoolNode:
		return n.GetToken().Value, true
	case ast.MapKeyNode:
		return Written(n)
	}
	return "", false
}
