package table

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"pgregory.net/rapid"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/result/folder"
)

// The table fits a terminal whatever is in it, and every column is either
// there or named below it.
func TestTableFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figure := rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0, 1), rapid.Float64Range(0, 1e5))
		// The name and the throughput are never left out.
		s := result.Summary{Runs: 2, Ceilings: result.Ceilings{Provable: resulttest.Number(90)}}
		for range rapid.IntRange(1, 6).Draw(t, "strategies") {
			st := result.Strategy{Name: rapid.StringN(1, 60, -1).Draw(t, "name"), Figures: result.NewFigures(nil)}
			success := rapid.Bool().Draw(t, "success")
			for i, m := range metrics.Catalogue() {
				if success || m.Written != metrics.AsMilliseconds {
					st.Figures[i] = result.Figure{Value: figure.Draw(t, m.Name), Known: true}
				}
			}
			st.Figures[0].CI95 = &[2]float64{1, 1e5}
			s.Strategies = append(s.Strategies, st)
		}
		width := rapid.SampledFrom([]int{70, Width, 200}).Draw(t, "width")
		all := strategyColumns(&s)
		columns, zero, empty := withoutZeros(all)
		columns, left := Fit(columns, width)
		if got, want := len(columns)+len(zero)+len(empty)+len(left), len(all); got != want {
			t.Fatalf("%d columns shown or named, want %d", got, want)
		}
		table := Render(columns, Text)
		for line := range strings.Lines(table) {
			if got := twwidth.Width(strings.TrimSuffix(line, "\n")); got > width {
				t.Fatalf("line of %d columns:\n%s", got, table)
			}
		}
	})
}

func TestTableLeavesOutTheLeastImportant(t *testing.T) {
	columns := []Column{
		{Head: [2]string{"", "strategy"}, Cells: []string{"aaaaaaaa"}},
		{Head: [2]string{"", "first"}, Dispensable: 1, Cells: []string{"1"}},
		{Head: [2]string{"", "third"}, Dispensable: 3, Cells: []string{"3"}},
		{Head: [2]string{"", "second"}, Dispensable: 2, Cells: []string{"2"}},
	}
	for width, want := range map[int]string{40: "", 32: "", 31: "third", 20: "third second", 1: "third second first"} {
		rest, out := Fit(columns, width)
		if got := strings.Join(out, " "); got != want || len(rest)+len(out) != len(columns) {
			t.Errorf("%d columns of a terminal: left out %q, want %q", width, got, want)
		}
	}
}

func TestTableJSONIsTheSummaryFile(t *testing.T) {
	d := resulttest.GoldenData()
	var b bytes.Buffer
	if err := Write(&b, d, JSON, Width); err != nil {
		t.Fatal(err)
	}
	files, err := folder.Files(d)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(files, func(f folder.File) bool { return f.Name == folder.SummaryFile })
	if !bytes.Equal(b.Bytes(), files[i].Content) {
		t.Error("the table in JSON differs from summary.json")
	}
}

func TestTableSaysWhatIsUnusual(t *testing.T) {
	d := resulttest.Synthetic(resulttest.Many(2), 1, time.Second)
	d.Summary.Interrupted = true
	d.Summary.Question = ""
	d.Summary.Ceilings = result.Ceilings{}
	var b bytes.Buffer
	if err := Write(&b, d, Text, Width); err != nil {
		t.Fatal(err)
	}
	if want := "blog\nvirtual clock, 1 run of 1 s, seed 1, interrupted\n\n"; !strings.HasPrefix(b.String(), want) {
		t.Errorf("table begins with\n%s\nwant\n%s", b.String(), want)
	}
	for _, unwanted := range []string{"±", "provable\n", "Ceilings"} {
		if strings.Contains(b.String(), unwanted) {
			t.Errorf("table has %q:\n%s", unwanted, b.String())
		}
	}
}

// Each strategy's own ceiling stands in the table, and a table of text has no line
// longer than it was asked for, whatever is said below it.
func TestTableShowsOwnCeilings(t *testing.T) {
	d := resulttest.Synthetic(resulttest.Many(5), 3, 5*time.Second)
	d.Summary.Expectations = nil
	for i, c := range []result.OwnCeiling{{Name: "server_cap", TPS: 111.25}, {Name: "offered", TPS: 98.5}, {Name: "offered", TPS: 97.25}, {Name: "provable", TPS: 96.75}} {
		d.Summary.Strategies[i].Ceiling = &c
	}
	d.Summary.Strategies[4].Ceiling = nil
	for _, width := range []int{70, Width} {
		var b bytes.Buffer
		if err := Write(&b, d, Text, width); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if strings.HasPrefix(line, "blog: ") || strings.HasPrefix(line, "virtual clock, ") {
				continue // the question is not ours
			}
			if got := twwidth.Width(strings.TrimSuffix(line, "\n")); got > width {
				t.Errorf("a line of %d characters in a table of %d:\n%s", got, width, line)
			}
		}
	}
	columns := strategyColumns(&d.Summary)
	if got, want := strings.Join(columns[2].Cells, " "), "111.25 98.50 97.25 96.75 –"; got != want || columns[2].Name() != "ceiling" {
		t.Errorf("column %q has %s, want %s", columns[2].Name(), got, want)
	}
	name := func(i int) string { return d.Summary.Strategies[i].Name }
	want := "What no run of a strategy can get above is its ceiling: what is offered; for " + name(0) + " what the server admits; for " + name(3) + " the provable ceiling."
	if got := ownCeilings(&d.Summary); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// What is not in the table is said in one go, with where the rest can be seen.
func TestTableSaysWhatIsMissingInOneGo(t *testing.T) {
	for _, tc := range []struct {
		zero, empty, left []string
		want              string
	}{
		{nil, nil, nil, ""},
		{[]string{"400", "401"}, nil, nil, "Zero throughout: 400, 401."},
		{[]string{"400"}, []string{"p50 ms"}, []string{"max ms", "p90 ms"},
			"Zero throughout: 400. Without a value: p50 ms. Left out for width: max ms, p90 ms (--format markdown has all)."},
	} {
		if got := absence(tc.zero, tc.empty, tc.left); got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
}

// Nothing of a paragraph is lost by wrapping it, and figures stay together.
func TestParagraph(t *testing.T) {
	for _, tc := range []struct {
		text  string
		f     Format
		width int
		want  string
	}{
		{"aa bb cc", Text, 5, "aa bb\ncc\n"},
		{"aa bb cc", Text, 4, "aa\nbb\ncc\n"},
		{"endless bb", Text, 4, "endless\nbb\n"},
		{"aa 2\u202f344", Text, 6, "aa\n2\u202f344\n"},
		{"a_b bb cc", Markdown, 4, "a\\_b bb cc\n"},
	} {
		if got := paragraph(tc.text, tc.f, tc.width); got != tc.want {
			t.Errorf("%q in %d: got %q, want %q", tc.text, tc.width, got, tc.want)
		}
	}
}
