package picture

import (
	"strings"
	"testing"
	"time"
)

// A picture shows both series, whatever the latencies: a single one, none but
// zeros, many.
func TestChart(t *testing.T) {
	const ms = time.Millisecond
	many := make([]time.Duration, 5000)
	for i := range many {
		many[i] = time.Duration(i%97) * ms
	}
	for _, values := range [][]time.Duration{{5 * ms}, {0, 0, 0}, many} {
		p := Picture{Name: "a", Source: "a.csv <values>", Measured: values, Drawn: values, How: "replay(a.csv)"}
		svg, err := p.Chart().SVG()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{">measured<", ">drawn in a run<", "a.csv &lt;values&gt;", "replay(a.csv)"} {
			if !strings.Contains(string(svg), want) {
				t.Errorf("%d values: no %q in the picture", len(values), want)
			}
		}
		for _, bad := range []string{"NaN", "Inf"} {
			if strings.Contains(string(svg), bad) {
				t.Errorf("%d values: %s in the picture", len(values), bad)
			}
		}
	}
}

func TestTitle(t *testing.T) {
	p := Picture{Measured: []time.Duration{time.Millisecond, 29 * time.Millisecond, 3 * time.Second}}
	if got, want := p.Chart().Title, "Half of the requests take 29 ms at most, and one in a hundred more than 3.00 s"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
}
