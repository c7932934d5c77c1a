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
		table, err := Render(columns, Text)
		if err != nil {
			t.Fatal(err)
		}
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
