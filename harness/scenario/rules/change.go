package rules

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/scenario/notation"
	"ratebench/harness/yamlfile"
)

// OfChanges is a list of limits with other amounts: each is one of those of before, by
// its name, with what is written in the place of what it had. Its kind, whose
// requests it counts and how it is charged stay as they are.
func OfChanges(p *[]Limit, before func() []Limit) yamlfile.Notation {
	n := yamlfile.List[Limit]{
		Items: p, Want: "a list of limits, each by its name, such as - {name: window, window: 10/1s}",
		Name: "changed limit", Help: "other amounts of a limit",
		Fields: changeFields,
		Fresh: func(n ast.Node) Limit {
			if l := find(before(), nameIn(n)); l != nil {
				return *l
			}
			return Limit{}
		},
		Check: func(d *yamlfile.Decoder, changes []Limit, at yamlfile.Found) { checkChange(d, changes, before(), at) },
	}.Notation()
	n.Unset = func() bool { return len(*p) == 0 }
	return n
}

// nameIn is the name that is given in a mapping; "": none is.
func nameIn(n ast.Node) string {
	if m, ok := n.(*ast.MappingNode); ok {
		for _, e := range m.Values {
			if key, _ := yamlfile.TextOf(e.Key); key == "name" {
				name, _ := yamlfile.Written(e.Value)
				return strings.TrimSpace(name)
			}
		}
	}
	return ""
}

func find(limits []Limit, name string) *Limit {
	if i := slices.IndexFunc(limits, func(l Limit) bool { return l.Name == name }); i >= 0 {
		return &limits[i]
	}
	return nil
}

// changeFields are those fields of a limit that can change.
func changeFields(l *Limit) []yamlfile.Field {
	var fields []yamlfile.Field
	for _, f := range limitFields(l) {
		switch f.Key {
		case "name":
			f = yamlfile.Key("name", "which of the limits", yamlfile.Required(notation.OfName(&l.Name, nil), "name: window"))
		case "window", "bucket", "refill", "every", "concurrency", "queue", "length":
		default:
			continue
		}
		fields = append(fields, f)
	}
	return fields
}

// checkChange checks the last change, beside those before it.
func checkChange(d *yamlfile.Decoder, changes, of []Limit, at yamlfile.Found) {
	l := &changes[len(changes)-1]
	before := find(of, l.Name)
	switch {
	case !at.OK || len(of) == 0: // there are none: the stage is refused
		return
	case before == nil:
		var names []string
		for _, o := range of {
			names = append(names, o.Name)
		}
		d.Errorf(at.Values["name"], "name %s is that of no limit, want one of %s", l.Name, strings.Join(names, ", "))
		return
	case taken(changes, l.Name):
		d.Errorf(at.Values["name"], "limit %s is changed twice at a time, want once", l.Name)
		return
	case len(at.Values) < 2:
		d.Errorf(at.Node, "limit %s is changed to nothing else, want another amount", l.Name)
		return
	}
	for _, part := range []struct{ key, kind string }{
		{"window", "window"}, {"bucket", "bucket"}, {"refill", "bucket"}, {"every", "bucket"},
		{"concurrency", "concurrency"}, {"queue", "queue"}, {"length", "queue"},
	} {
		if n := at.Values[part.key]; n != nil && part.kind != before.Kind() {
			d.Errorf(n, "%s is that of a %s, and limit %s is a %s, which it stays; want it without", part.key, part.kind, l.Name, before.Kind())
			return
		}
	}
	if err := l.Policy().Validate(); err != nil {
		d.Errorf(at.Node, "limit %s cannot be had: %v", l.Name, err)
	}
}
