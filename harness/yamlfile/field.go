package yamlfile

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// A Field is a key that a mapping of the file can have. Everything there is to
// say of it is said once: the decoder, the JSON Schema and pages that explain the
// file are made of it.
type Field struct {
	Key  string
	Help string // what it means: a phrase, without a full stop
	Notation
}

// Key is the field of a key, which the help explains in a phrase.
func Key(key, help string, n Notation) Field { return Field{key, help, n} }

// A Notation is how a value is written in the file. It is bound to the variable
// that the value is decoded into, which holds the default before.
type Notation struct {
	// Decode reads the value, or reports a problem and leaves the variable.
	Decode func(*Decoder, Value)
	// Text is what the variable holds as it stands in a file; "" stands
	// nowhere. Nil for mappings and lists.
	Text func() string
	// JSON says that Text is JSON as it is.
	JSON bool
	// Kind is what people call it, such as duration.
	Kind string
	// Words are the values there are, if they are but a few.
	Words []Word
	// Fields are those of a mapping, bound to the defaults.
	Fields []Field
	// Contents are the fields of a mapping, bound to what the variable holds by
	// now; none if there is nothing. The items are those of a list.
	Contents func() []Field
	items    func() [][]Field
	// Unset says that the value must not be given with the others as they are;
	// nil: it may always be.
	Unset func() bool
	// Example is shown when the key is missing; "" if it may be.
	Example string
	// Schema describes a single value, but for what the field says.
	Schema Schema
	// Refine, which may be nil, completes the schema: that of a mapping or a
	// list is made only when it is asked for, as decoding has no use for it.
	Refine func(*Schema)
}

// A Word is one of the few values that a key can have.
type Word struct {
	Value string `json:"value"`
	Help  string `json:"help"` // a phrase
}

// Required makes a notation that of a key that must be given, of which messages
// show the example. There is no default then.
func Required(n Notation, example string) Notation {
	n.Example = example
	n.Schema.Default = nil
	return n
}

// Found is what a mapping of the file held.
type Found struct {
	Node   ast.Node            // the mapping itself
	Values map[string]ast.Node // by key; nil if it is no mapping
	OK     bool                // there was nothing wrong with it
}

// Mapping is a mapping of fields, which are decoded in their order, whatever
// that of the file. The check, which may be nil, is of what concerns several.
func Mapping(fields []Field, check func(*Decoder, Found)) Notation {
	n := Notation{Kind: "mapping", Fields: fields, Contents: func() []Field { return fields }}
	n.Refine = func(s *Schema) { s.setObject(fields) }
	n.Decode = func(d *Decoder, v Value) {
		before := len(d.Problems)
		values := d.Mapping(v, fields)
		if check != nil {
			check(d, Found{v.Node, values, len(d.Problems) == before})
		}
	}
	return n
}

// Optional is a mapping behind a pointer that is nil unless it is given, and
// then starts from standard.
func Optional[T any](p **T, standard *T, fields func(*T) []Field, check func(*Decoder, Found)) Notation {
	n := Mapping(fields(standard), check)
	n.Contents = func() []Field {
		if *p == nil {
			return nil
		}
		return fields(*p)
	}
	decode := n.Decode
	n.Decode = func(d *Decoder, v Value) {
		*p = standard
		decode(d, v)
	}
	return n
}

// A List says how the items of a list are written, each of which is a mapping.
type List[T any] struct {
	Items  *[]T                                  // the variable
	Want   string                                // what it should have been: "a list of stages, each …"
	Name   string                                // of an item, for messages
	Help   string                                // what an item is: a phrase
	Fields func(*T) []Field                      // of an item, bound to it
	Fresh  func(ast.Node) T                      // an item before it is decoded; nil: the zero T
	Check  func(d *Decoder, items []T, at Found) // of the last item, and those before it; may be nil
}

// Notation is that of the list. A list that is given replaces what there was.
func (l List[T]) Notation() Notation {
	return Notation{
		Kind: "list",
		items: func() [][]Field {
			var all [][]Field
			for i := range *l.Items {
				all = append(all, l.Fields(&(*l.Items)[i]))
			}
			return all
		},
		Refine: func(s *Schema) {
			s.Type, s.MinItems, s.Items = "array", 1, Object(l.Help, l.Fields(new(T)))
		},
		Decode: func(d *Decoder, v Value) {
			*l.Items = nil
			for _, n := range d.list(v, l.Want) {
				var item T
				if l.Fresh != nil {
					item = l.Fresh(n)
				}
				before := len(d.Problems)
				values := d.Mapping(Value{Key: l.Name, Node: n}, l.Fields(&item))
				*l.Items = append(*l.Items, item)
				if l.Check != nil {
					l.Check(d, *l.Items, Found{n, values, len(d.Problems) == before})
				}
			}
		},
	}
}

// Describe is the schema of a field's value with what the field says of it.
func (f Field) Describe() *Schema {
	s := f.Schema
	if f.Refine != nil {
		f.Refine(&s)
	}
	s.Description = Sentence(f.Help)
	for i, w := range f.Words {
		if w.Help == "" {
			break
		}
		s.Description += []string{" ", "; "}[min(i, 1)] + w.Value + ": " + w.Help
		if i == len(f.Words)-1 {
			s.Description += "."
		}
	}
	return &s
}

// Sentence makes a sentence of a phrase; "" of none.
func Sentence(phrase string) string {
	if phrase == "" {
		return ""
	}
	first := []rune(phrase)[0]
	return strings.ToUpper(string(first)) + strings.TrimPrefix(phrase, string(first)) + "."
}
