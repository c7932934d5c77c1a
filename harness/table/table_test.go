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
	"ratebench/harness/result"
)

// The table fits a terminal whatever is in it, and every column is either
// there or named below it.
func TestTableFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figure := rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0, 1), rapid.Float64Range(0, 1e5))
		s := result.Summary{Runs: 2, Ceilings: result.Ceilings{Provable: resulttest.Number(90)}}
		for range rapid.IntRange(1, 6).Draw(t, "strategies") {
			st := result.Strategy{
				Name:        rapid.StringN(1, 60, -1).Draw(t, "name"),
				TPS:         result.Rate{Mean: figure.Draw(t, "tps"), CI95: &[2]float64{1, 1e5}},
				Responses:   result.Responses{BadNonce: figure.Draw(t, "400"), RateLimited: figure.Draw(t, "429"), Blocked: figure.Draw(t, "blocked")},
				KeysBlocked: figure.Draw(t, "keys"), Expirations: figure.Draw(t, "expirations"), Retries: figure.Draw(t, "retries"),
				Queue: result.Queue{MainMean: figure.Draw(t, "queue"), MainPeak: figure.Draw(t, "peak")},
			}
			if rapid.Bool().Draw(t, "success") {
				st.LatencyMS = &result.Quantiles{P50: figure.Draw(t, "p50"), P99: figure.Draw(t, "p99"), Max: figure.Draw(t, "max")}
			}
			s.Strategies = append(s.Strategies, st)
		}
		columns, zero := withoutZeros(tableColumns(&s))
		columns, wide := toWidth(columns, textWidth)
		if got, want := len(columns)+len(zero)+len(wide), len(tableColumns(&s)); got != want {
			t.Fatalf("%d columns shown or named, want %d", got, want)
		}
		table, err := renderTable(columns, Text)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(table) {
			if got := twwidth.Width(strings.TrimSuffix(line, "\n")); got > textWidth {
				t.Fatalf("line of %d columns:\n%s", got, table)
			}
		}
	})
}

func TestTableLeavesOutTheLeastImportant(t *testing.T) {
	columns := []tableColumn{
		{head: [2]string{"", "strategy"}, cells: []string{"aaaaaaaa"}},
		{head: [2]string{"", "first"}, rank: 1, cells: []string{"1"}},
		{head: [2]string{"", "third"}, rank: 3, cells: []string{"3"}},
		{head: [2]string{"", "second"}, rank: 2, cells: []string{"2"}},
	}
	for width, want := range map[int]string{40: "", 32: "", 31: "third", 20: "third second", 1: "third second first"} {
		rest, out := toWidth(columns, width)
		if got := strings.Join(out, " "); got != want || len(rest)+len(out) != len(columns) {
			t.Errorf("%d columns of a terminal: left out %q, want %q", width, got, want)
		}
	}
}

func TestTableJSONIsTheSummaryFile(t *testing.T) {
	d := resulttest.GoldenData()
	var b bytes.Buffer
	if err := Table(&b, d, JSON); err != nil {
		t.Fatal(err)
	}
	files, err := result.Files(d)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(files, func(f result.File) bool { return f.Name == result.SummaryFile })
	if !bytes.Equal(b.Bytes(), files[i].Content) {
		t.Error("the table in JSON differs from summary.json")
	}
}

func TestTableSaysWhatIsUnusual(t *testing.T) {
	d := resulttest.Synthetic(resulttest.Many(2), 1, time.Second)
	d.Summary.Interrupted = true
	d.Question = ""
	d.Summary.Ceilings = result.Ceilings{}
	var b bytes.Buffer
	if err := Table(&b, d, Text); err != nil {
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
