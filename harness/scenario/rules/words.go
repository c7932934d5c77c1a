package rules

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/internal/choice"
	"ratebench/harness/yamlfile"
)

// wordsOf is a list of one or more different words: of those there are, or of
// any if there are none.
func wordsOf(p *[]string, want string, words ...yamlfile.Word) yamlfile.Notation {
	var known []string
	item := &yamlfile.Schema{Type: "string"}
	for _, w := range words {
		known, item.Enum, item.Type = append(known, w.Value), append(item.Enum, w.Value), nil
	}
	return yamlfile.Notation{
		Kind: "list", Words: words, Schema: yamlfile.Schema{Type: "array", MinItems: 1, MaxItems: 100, Items: item},
		Text:  func() string { return listText(*p) },
		Unset: func() bool { return len(*p) == 0 },
		Decode: func(d *yamlfile.Decoder, v yamlfile.Value) {
			s, ok := v.Node.(*ast.SequenceNode)
			if !ok || len(s.Values) == 0 {
				d.WrongType(v, want)
				return
			}
			var all []string
			for _, n := range s.Values {
				word, ok := yamlfile.Written(n)
				switch {
				case !ok || word == "":
					d.Errorf(n, "an item of %s is no word, want %s", v.Key, want)
				case known != nil && !slices.Contains(known, word):
					d.Errorf(n, "%s", choice.Unknown(v.Key, word, known))
				case slices.Contains(all, word):
					d.Errorf(n, "%s has %s twice, want it once", v.Key, word)
				default:
					all = append(all, word)
				}
			}
			*p = all
		},
	}
}

// listText is a list in JSON; "" of none.
func listText(words []string) string {
	if len(words) == 0 {
		return ""
	}
	text, _ := yamlfile.MarshalPlain(words) // strings can be written
	return strings.TrimSpace(string(text))
}
