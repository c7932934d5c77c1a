package scenario

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// A field is a key that a mapping of the file can have. Everything
// there is to say of it is said once: the decoder, the JSON Schema and the pages
// that explain strategies are made of it.
type field struct {
	key  string
	help string // what it means: a phrase, without a full stop
	notation
}

// newKey is the field of a key, which the help explains in a phrase.
func newKey(key, help string, n notation) field { return field{key, help, n} }

// A notation is how a value is written in the file. It is bound to the variable
// that the value is decoded into, which holds the default before.
type notation struct {
	// decode reads the value, or reports a problem and leaves the variable.
	decode func(*decoder, value)
	// text is what the variable holds as it stands in a file; "" stands
	// nowhere. Nil for mappings and lists.
	text func() string
	// kind is what people call it, such as duration.
	kind string
	// words are the values there are, if they are but a few.
	words []Word
	// fields are those of a mapping, bound to the defaults.
	fields []field
	// contents are the fields of a mapping, bound to what the variable holds by
	// now; none if there is nothing. Items are those of a list.
	contents func() []field
	items    func() [][]field
	// unset says that the value must not be given with the others as they are;
	// nil: it may always be.
	unset func() bool
	// example is shown when the key is missing; "" if it may be.
	example string
	// schema describes a single value, but for what the field says.
	schema schema
	// refine, which may be nil, completes the schema: that of a mapping or a
	// list is made only when it is asked for, as decoding has no use for it.
	refine func(*schema)
}

// A Word is one of the few values that a key can have.
type Word struct {
	Value string `json:"value"`
	Help  string `json:"help"` // a phrase
}

// required makes a notation that of a key that must be given. There is no
// default then.
func required(n notation, example string) notation {
	n.example = example
	n.schema.Default = nil
	return n
}

// found is what a mapping of the file held.
type found struct {
	node   ast.Node            // the mapping itself
	values map[string]ast.Node // by key; nil if it is no mapping
	ok     bool                // there was nothing wrong with it
}

// mapping is a mapping of fields, which are decoded in their order, whatever
// that of the file. The check, which may be nil, is of what concerns several.
func mapping(fields []field, check func(*decoder, found)) notation {
	n := notation{kind: "mapping", fields: fields, contents: func() []field { return fields }}
	n.refine = func(s *schema) { s.setObject(fields) }
	n.decode = func(d *decoder, v value) {
		before := len(d.problems)
		values := d.mapping(v, fields)
		if check != nil {
			check(d, found{v.node, values, len(d.problems) == before})
		}
	}
	return n
}

// optional is a mapping behind a pointer that is nil unless it is given, and
// then starts from standard.
func optional[T any](p **T, standard *T, fields func(*T) []field, check func(*decoder, found)) notation {
	n := mapping(fields(standard), check)
	n.contents = func() []field {
		if *p == nil {
			return nil
		}
		return fields(*p)
	}
	decode := n.decode
	n.decode = func(d *decoder, v value) {
		*p = standard
		decode(d, v)
	}
	return n
}

// A list says how the items of a list are written, each of which is a mapping.
type list[T any] struct {
	items  *[]T
	want   string // what it should have been: "a list of stages, each …"
	name   string // of an item, for messages
	help   string // what an item is: a phrase
	fields func(*T) []field
	fresh  func(ast.Node) T                      // an item before it is decoded; nil: the zero T
	check  func(d *decoder, items []T, at found) // of the last item, and those before it; may be nil
}

// notation is that of the list. A list that is given replaces what there was.
func (l list[T]) notation() notation {
	return notation{
		kind: "list",
		items: func() [][]field {
			var all [][]field
			for i := range *l.items {
				all = append(all, l.fields(&(*l.items)[i]))
			}
			return all
		},
		refine: func(s *schema) {
			s.Type, s.MinItems, s.Items = "array", 1, object(l.help, l.fields(new(T)))
		},
		decode: func(d *decoder, v value) {
			*l.items = nil
			for _, n := range d.list(v, l.want) {
				var item T
				if l.fresh != nil {
					item = l.fresh(n)
				}
				before := len(d.problems)
				values := d.mapping(value{key: l.name, node: n}, l.fields(&item))
				*l.items = append(*l.items, item)
				if l.check != nil {
					l.check(d, *l.items, found{n, values, len(d.problems) == before})
				}
			}
		},
	}
}

// describe is the schema of a field's value with what the field says of it.
func (f field) describe() *schema {
	s := f.schema
	if f.refine != nil {
		f.refine(&s)
	}
	s.Description = sentence(f.help)
	for i, w := range f.words {
		if w.Help == "" {
			break
		}
		s.Description += []string{" ", "; "}[min(i, 1)] + w.Value + ": " + w.Help
		if i == len(f.words)-1 {
			s.Description += "."
		}
	}
	return &s
}

// sentence makes a sentence of a phrase.
func sentence(phrase string) string {
	if phrase == "" {
		return ""
	}
	first := []rune(phrase)[0]
	return strings.ToUpper(string(first)) + strings.TrimPrefix(phrase, string(first)) + "."
}
