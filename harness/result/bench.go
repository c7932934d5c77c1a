package result

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"ratebench/harness/metrics"
)

// A BenchRun is a line of bench.txt: one run.
type BenchRun struct {
	Strategy string
	Values   []BenchValue
}

// BenchValue is a figure with its unit, which is also its name.
type BenchValue struct {
	Value float64
	Unit  string
}

// benchUnits are the units of bench.txt and which values of them are better.
var benchUnits = []struct{ unit, better string }{
	{"tps", "higher"},
	{"offered-tps", "higher"},
	{"mean-ms", "lower"},
	{"p50-ms", "lower"},
	{"p90-ms", "lower"},
	{"p99-ms", "lower"},
	{"max-ms", "lower"},
	{"429s", "lower"},
	{"blocked", "lower"},
	{"400s", "lower"},
	{"expirations", "lower"},
	{"queue-mean", "lower"},
	{"queue-peak", "lower"},
}

func newBenchRun(r *metrics.Run) BenchRun {
	b := BenchRun{Strategy: r.Strategy}
	add := func(unit string, v float64) { b.Values = append(b.Values, BenchValue{Round(v, CountDigits), unit}) }
	add("tps", r.TPS())
	add("offered-tps", r.OfferedTPS())
	// A run without a success has no latency.
	if r.Latency.Count() > 0 {
		add("mean-ms", milliseconds(r.Latency.Mean()))
		add("p50-ms", milliseconds(r.Latency.Quantile(0.50)))
		add("p90-ms", milliseconds(r.Latency.Quantile(0.90)))
		add("p99-ms", milliseconds(r.Latency.Quantile(0.99)))
		add("max-ms", milliseconds(r.Latency.Max()))
	}
	add("429s", float64(r.Responses.RateLimited))
	add("blocked", float64(r.Responses.Blocked))
	add("400s", float64(r.Responses.BadNonce))
	add("expirations", float64(r.Expirations))
	add("queue-mean", r.Main.Mean)
	add("queue-peak", float64(r.Main.Peak))
	return b
}

// writeBench writes bench.txt in the Go benchmark format
// (golang.org/design/14313-benchmark-format): configuration, units, one line
// per run.
func writeBench(w io.Writer, d Data) error {
	out := bufio.NewWriter(w)
	s := &d.Summary
	for _, c := range [][2]string{
		{keyScenario, s.Scenario.Name},
		{keyQuestion, d.Question},
		{"sha256", s.Scenario.SHA256},
		{"seed", strconv.FormatUint(s.Seed, 10)},
		{"duration", Shortest(s.DurationS) + "s"},
		{keyTTL, optional(d.TTL)},
	} {
		if c[1] != "" {
			fmt.Fprintf(out, "%s: %s\n", c[0], OneLine(c[1]))
		}
	}
	for _, u := range benchUnits {
		fmt.Fprintf(out, "Unit %s better=%s\n", u.unit, u.better)
	}
	fmt.Fprintln(out)
	for _, r := range d.Bench {
		fmt.Fprintf(out, "%s 1", benchName(s, r.Strategy))
		for _, v := range r.Values {
			fmt.Fprintf(out, " %s %s", Shortest(v.Value), v.Unit)
		}
		fmt.Fprintln(out)
	}
	return out.Flush()
}

// Configuration that Read takes from bench.txt, because no other file has it.
const (
	keyScenario = "scenario"
	keyQuestion = "question"
	keyTTL      = "ttl"
)

func optional(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// benchName is the name of a benchmark. The clock comes last because the
// format takes digits after a final hyphen for GOMAXPROCS: headroom-40 and
// headroom-50 would become one strategy.
func benchName(s *Summary, strategy string) string {
	return fmt.Sprintf("%s/scenario=%s/strategy=%s/clock=%s",
		benchPrefix, url.PathEscape(s.Scenario.Name), url.PathEscape(strategy), url.PathEscape(s.Clock))
}

const benchPrefix = "BenchmarkScenario"

// readBench reads what writeBench wrote into d.
func ReadBench(r io.Reader, d *Data) error {
	in := bufio.NewScanner(r)
	for line := 1; in.Scan(); line++ {
		text := in.Text()
		var err error
		if strings.HasPrefix(text, benchPrefix) {
			err = d.readBenchRun(text)
		} else if key, value, ok := strings.Cut(text, ": "); ok {
			err = d.readBenchKey(key, value)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
	if err := in.Err(); err != nil {
		return err
	}
	return d.checkBench()
}

// checkBench reports runs that are missing, or that are of other strategies than
// those of the summary. A strategy may have fewer runs than planned, when they
// were cut short or some panicked; then its figures are the means of those.
func (d *Data) checkBench() error {
	s := &d.Summary
	runs, tps := map[string]int{}, map[string]float64{}
	for _, r := range d.Bench {
		if _, ok := s.Strategy(r.Strategy); !ok {
			return fmt.Errorf("found strategy %q, which %s does not have", r.Strategy, SummaryFile)
		}
		runs[r.Strategy]++
		tps[r.Strategy] += r.value("tps")
	}
	for _, st := range s.Strategies {
		n := runs[st.Name]
		whole := n > 0 && n == s.Runs
		fewer := n > 0 && n < s.Runs && math.Abs(tps[st.Name]/float64(n)-st.TPS.Mean) <= countRounding
		if whole || fewer {
			continue
		}
		expected := strconv.Itoa(s.Runs)
		if s.Interrupted {
			expected = fmt.Sprintf("1 to %d with a mean of %s tps", s.Runs, Shortest(st.TPS.Mean))
		}
		return fmt.Errorf("found %d runs of %s, expected %s", n, st.Name, expected)
	}
	return nil
}

// value is the figure with a unit; NaN: there is none.
func (b *BenchRun) value(unit string) float64 {
	for _, v := range b.Values {
		if v.Unit == unit {
			return v.Value
		}
	}
	return math.NaN()
}

func (d *Data) readBenchKey(key, value string) (err error) {
	switch key {
	case keyQuestion:
		d.Question = value
	case keyTTL:
		d.TTL, err = time.ParseDuration(value)
	}
	return err
}

func (d *Data) readBenchRun(line string) error {
	fields := strings.Fields(line)
	if len(fields)%2 != 0 {
		return fmt.Errorf("found %d fields, expected a name, a count and pairs of value and unit", len(fields))
	}
	var run BenchRun
	for part := range strings.SplitSeq(fields[0], "/") {
		if name, ok := strings.CutPrefix(part, "strategy="); ok {
			var err error
			if run.Strategy, err = url.PathUnescape(name); err != nil {
				return err
			}
		}
	}
	for i := 2; i < len(fields); i += 2 {
		v, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			return err
		}
		run.Values = append(run.Values, BenchValue{v, fields[i+1]})
	}
	d.Bench = append(d.Bench, run)
	return nil
}
