package sweep

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/metrics"
	"ratebench/harness/yamlfile"
)

func read(t *testing.T, text string) ([]Axis, error) {
	t.Helper()
	source, err := yamlfile.NewSource("sweep.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	root, err := yamlfile.SyntaxTree(source, "sweep", "- name: cost")
	if err != nil {
		t.Fatal(err)
	}
	var axes []Axis
	d := yamlfile.Decoder{Source: source}
	Notation(&axes).Decode(&d, yamlfile.Value{Key: "sweep", Node: root})
	return axes, d.Err()
}

func TestRead(t *testing.T) {
	axes, err := read(t, "- {name: cost per request, set: client.runtime.per_request, to: [0ms, 3, true]}\n- {name: API, set: api, to: {none: {keys: 1}, some: binance}}\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(axes) != 2 || axes[0].Name != "cost per request" || axes[0].Set != "client.runtime.per_request" || axes[1].Set != "api" ||
		!slices.Equal(axes[0].Labels, []string{"0ms", "3", "true"}) || !slices.Equal(axes[1].Labels, []string{"none", "some"}) {
		t.Errorf("%+v", axes)
	}
	if text, ok := yamlfile.Single(axes[1].Values[1]); !ok || text != "binance" || len(axes[1].Values) != 2 {
		t.Errorf("the last of %d values is %q", len(axes[1].Values), text)
	}
	if _, is := axes[1].Values[0].(*ast.MappingNode); !is {
		t.Errorf("the first value is %v", axes[1].Values[0])
	}
	if at := axes[1].At.GetToken().Position; at.Line != 2 || at.Column != 20 {
		t.Errorf("the key stands at %d:%d, want 2:20", at.Line, at.Column)
	}
	if text := axisValues(&axes[0]).Text(); text != "0ms, 3, true" {
		t.Errorf("its values are written %q", text)
	}
	for _, set := range []string{"step", "api", "server.keys", "load.every", "client.timeout"} {
		if _, err := read(t, fmt.Sprintf("[{name: a, set: %s, to: [1]}]", set)); err != nil {
			t.Errorf("%s: %v", set, err)
		}
	}
}

// numbers are so many different values.
func numbers(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprint(i)
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// As much as there can be is right, and one more is not.
func TestBounds(t *testing.T) {
	axis := func(name string, values int) string {
		return fmt.Sprintf("- {name: %s, set: load.%s, to: %s}\n", name, name, numbers(values))
	}
	long := strings.Repeat("é", maxLabel)
	for _, c := range []struct{ text, want string }{
		{axis("a", 100), ""},
		{axis("a", 101), "to has 101 values, want at most 100"},
		{axis("a", 10) + axis("b", 10) + axis("c", 10), ""},
		{axis("a", 10) + axis("b", 10) + axis("c", 11), "sweep has 1100 points, want at most 1000"},
		{axis("a", 1) + axis("b", 1) + axis("c", 1) + axis("d", 1), "sweep has 4 axes, want at most 3"},
		{fmt.Sprintf("[{name: %s, set: step, to: [%s]}]", long, long), ""},
		{fmt.Sprintf("[{name: %sé, set: step, to: [1]}]", long), "is 41 characters long, want 1 to 40"},
		{fmt.Sprintf("[{name: a, set: step, to: [%sé]}]", long), "is 41 characters long, want 1 to 40"},
	} {
		_, err := read(t, c.text)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%.60s…: error %v, want %q", c.text, err, c.want)
		}
	}
}

func TestReadBad(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"[{set: step, to: [1]}]", "axis has no name, want name: cost per request"},
		{"[{name: a, to: [1]}]", "axis has no set, want set: client.runtime.per_request"},
		{"[{name: a, set: step}]", "axis has no to, want to: [0ms, 3ms]"},
		{`[{name: "", set: step, to: [1]}]`, "sweep.yaml:1:9: name is empty, want 1 to 40 characters"},
		{"[{name: a=b, set: step, to: [1]}]", `name "a=b" has an =`},
		{"[{name: [a], set: step, to: [1]}]", "sweep.yaml:1:9: name is a list"},
		{"[{name: strategy, set: step, to: [1]}]", "name strategy is that of a column of the results"},
		{"[{name: second, set: step, to: [1]}]", "name second is that of a column of the results"},
		{fmt.Sprintf("[{name: %s, set: step, to: [1]}]", metrics.Columns()[1].Name), "is that of a column of the results"},
		{fmt.Sprintf("[{name: %s, set: step, to: [1]}]", metrics.Names()[2]), "is that of a column of the results"},
		{`[{name: a, set: step, to: ["a\u200bb"]}]`, "has an = or a character that cannot be shown"},
		{"[{name: ms, set: step, to: [1]}]", "name ms is that of a column of the results"},
		{"[{name: tps, set: step, to: [1]}]", "name tps is that of a column of the results"},
		{"[{name: in_flight, set: step, to: [1]}]", "name in_flight is that of a column of the results"},
		{"[{name: a, set: runs, to: [1]}]", `sweep.yaml:1:17: set is "runs", want a key of step, api, server, load or client`},
		{"[{name: a, set: [step], to: [1]}]", "sweep.yaml:1:17: set is a list"},
		{"[{name: a, set: step, to: 1}]", "want a list such as [0ms, 3ms], or a mapping"},
		{"[{name: a, set: step, to: []}]", "to has no values, want at least one"},
		{"[{name: a, set: step, to: [[1]]}]", "value of to is not a single one"},
		{`[{name: a, set: step, to: [""]}]`, "value is empty"},
		{"[{name: a, set: step, to: [1, 2, 1]}]", "sweep.yaml:1:34: value 1 is there twice"},
		{"[{name: a, set: step, to: [1]}, {name: A, set: api, to: [1]}]", "sweep.yaml:1:40: name A is that of another axis too"},
		{"[{name: a, set: step, to: [1]}, {name: b, set: api, to: [1]}, {name: b, set: load, to: [1]}]", "name b is that of another axis too"},
		{"[{name: a, set: step, to: [1]}, {name: b, set: step, to: [1]}]", "sweep.yaml:1:48: set step is that of axis a too"},
	} {
		_, err := read(t, c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.text, err, c.want)
		} else if n := strings.Count(err.Error(), "sweep.yaml:"); n != 1 {
			t.Errorf("%s: %d problems, want one:\n%v", c.text, n, err)
		}
	}
}

// The last axis comes round first, and every combination once.
func TestNext(t *testing.T) {
	axes := []Axis{{Values: make([]ast.Node, 2)}, {Values: make([]ast.Node, 1)}, {Values: make([]ast.Node, 3)}}
	at := make([]int, 3)
	var seen []string
	for more := true; more; more = Next(at, axes) {
		seen = append(seen, fmt.Sprint(at))
	}
	want := []string{"[0 0 0]", "[0 0 1]", "[0 0 2]", "[1 0 0]", "[1 0 1]", "[1 0 2]"}
	if !slices.Equal(seen, want) || !slices.Equal(at, []int{0, 0, 0}) {
		t.Errorf("%v and then %v, want %v and the first again", seen, at, want)
	}
	if Next(nil, nil) {
		t.Error("there is a point after the only one of no axes")
	}
}

// The schema knows the bounds, too.
func TestSchema(t *testing.T) {
	var a Axis
	for _, f := range axisFields(&a) {
		s := f.Describe()
		switch f.Key {
		case "name":
			if s.MinLength != 1 || s.MaxLength != 40 {
				t.Errorf("a name has %v to %v characters", s.MinLength, s.MaxLength)
			}
		case "to":
			if list, names := s.AnyOf[0], s.AnyOf[1]; list.MinItems != 1 || list.MaxItems != 100 || names.MinKeys != 1 || names.MaxKeys != 100 {
				t.Errorf("%v to %v values, or %v to %v", list.MinItems, list.MaxItems, names.MinKeys, names.MaxKeys)
			}
		}
	}
}
