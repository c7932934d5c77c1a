package yamlfile

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// SyntaxTree parses a file of one YAML document. It expands nothing: anchors
// and aliases are left for the decoder to refuse. For messages it is told what
// such a file is, as "scenario", and what it begins with, as "version: 1". What
// is no such file, is empty, or is nested too deep is an *Error.
func SyntaxTree(s *Source, what, beginning string) (ast.Node, error) {
	want := "want a " + what + " that begins with " + beginning
	tokens := lexer.Tokenize(s.text())
	if err := checkNesting(s, tokens); err != nil {
		return nil, err
	}
	file, err := parseTokens(tokens)
	if err != nil {
		return nil, syntaxError(s, err)
	}
	var root ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body != nil && doc.Body.Type() == ast.DirectiveType:
			return nil, errorAtToken(s, doc.Body.GetToken(), "YAML directive found, "+want)
		case root != nil:
			return nil, errorAtToken(s, doc.Start, "second YAML document found, want one "+what+" per file")
		}
		root = doc.Body
	}
	if root == nil {
		return nil, s.errorAt(1, 1, "the file is empty, "+want)
	}
	return root, nil
}

// parseTokens parses. Keys given twice are left to the decoder, too, which
// words it better. The parser has been seen to panic at malformed tags.
func parseTokens(tokens token.Tokens) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the parser failed at it: %v", r)
		}
	}()
	return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
}

// checkNesting refuses brackets and blocks so deep that the parser would drown
// in them.
func checkNesting(s *Source, tokens token.Tokens) error {
	var brackets []int // for each that is open, the commas in it
	var blocks []int   // the columns that the blocks begin in which a token is
	for i, t := range tokens {
		depth := len(brackets)
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			if brackets = append(brackets, 0); len(brackets) > maxNesting {
				return errorAtToken(s, t, fmt.Sprintf("brackets are nested more than %d deep, want fewer", maxNesting))
			}
		case token.MappingEndType, token.SequenceEndType:
			brackets = brackets[:max(depth-1, 0)]
		case token.CollectEntryType:
			if depth == 0 {
				continue
			}
			if brackets[depth-1]++; brackets[depth-1] >= maxItems {
				return errorAtToken(s, t, fmt.Sprintf("more than %d items stand between two brackets, want fewer", maxItems))
			}
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType:
			if depth > 0 {
				continue
			}
			if t.Type == token.MappingValueType && i > 0 {
				t = tokens[i-1] // the key
			}
			for len(blocks) > 0 && blocks[len(blocks)-1] >= t.Position.Column {
				blocks = blocks[:len(blocks)-1]
			}
			if blocks = append(blocks, t.Position.Column); len(blocks) > maxNesting {
				return errorAtToken(s, t, fmt.Sprintf("blocks are nested more than %d deep, want fewer", maxNesting))
			}
		}
	}
	return nil
}

func syntaxError(s *Source, err error) error {
	if e, ok := errors.AsType[yaml.Error](err); ok {
		return errorAtToken(s, e.GetToken(), "this is not valid YAML: "+e.GetMessage())
	}
	return s.errorAt(1, 1, "this is not valid YAML: "+err.Error())
}

func errorAtToken(s *Source, t *token.Token, msg string) *Error {
	if t == nil || t.Position == nil {
		return s.errorAt(1, 1, msg)
	}
	return s.errorAt(t.Position.Line, t.Position.Column, msg)
}
