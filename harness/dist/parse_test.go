package dist

import (
	"fmt"
	"io"
	"io/fs"
	"math"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// openSample opens the files that the tests of empirical distributions name.
func openSample(name string) (io.ReadCloser, error) {
	many := "latency_ms\n"
	for i := range 1000 {
		many += fmt.Sprintf("%.3f\n", 40*math.Sqrt(float64(i)/1000))
	}
	return fstest.MapFS{
		"three.csv":          {Data: []byte("\ufeff\"latency\" # as measured\n\n3.5\n1ms\n# a comment\n1500µs # another\n")},
		"a, b (1).csv":       {Data: []byte("7ms")},
		"many.csv":           {Data: []byte(many)},
		"empty.csv":          {Data: []byte("# nothing\nheader\n")},
		"headers.csv":        {Data: []byte("latency\nms\n1\n")},
		"typo.csv":           {Data: []byte("1\n2 msec\n")},
		"negative.csv":       {Data: []byte("1\n-2\n")},
		"nan.csv":            {Data: []byte("1\nNaN\n")},
		"infinite.csv":       {Data: []byte("1\n+Inf\n")},
		"infinite-first.csv": {Data: []byte("Inf\n1\n")},
		"huge.csv":           {Data: []byte("1e300\n")},
		"one-line.csv":       {Data: []byte(strings.Repeat("9", 1<<17))},
		"two-columns.csv":    {Data: []byte("1,2\n")},
	}.Open(name)
}

func TestParse(t *testing.T) {
	tests := []struct {
		text string
		want string // canonical
	}{
		{"uniform(0ms, 50ms)", "uniform(0ms, 50ms)"},
		{" uniform ( 0ms,0.05s ) ", "uniform(0ms, 50ms)"},
		{"uniform(0, 1m)", "uniform(0ms, 1m)"},
		{"constant(5ms)", "constant(5ms)"},
		{"5ms", "constant(5ms)"},
		{"0", "constant(0ms)"},
		{"normal(50ms,5ms)", "normal(50ms, 5ms)"},
		{"lognormal(20ms, .50)", "lognormal(20ms, 0.5)"},
		{"exponential(1m30s)", "exponential(90s)"},
		{"empirical( three.csv )", "empirical(three.csv)"},
		{"empirical(a, b (1).csv)", "empirical(a, b (1).csv)"},
		{"bootstrap(a, b (1).csv ,1)", "bootstrap(a, b (1).csv, 1)"},
		{"replay( three.csv )", "replay(three.csv)"},
	}
	for _, tt := range tests {
		d, err := Parse(tt.text, ms, openSample)
		if err != nil {
			t.Errorf("Parse(%q): %v", tt.text, err)
			continue
		}
		if got := d.String(); got != tt.want {
			t.Errorf("Parse(%q) = %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestParseEmpirical(t *testing.T) {
	tests := []struct {
		step time.Duration
		want []time.Duration
	}{
		{0, []time.Duration{ms, 1500 * time.Microsecond, 3500 * time.Microsecond}},
		{ms, []time.Duration{ms, ms, 3 * ms}}, // halves down
		{2 * ms, []time.Duration{0, 2 * ms, 4 * ms}},
	}
	for _, tt := range tests {
		d := mustParse(t, "empirical(three.csv)", tt.step)
		var got []time.Duration
		for i := range 3 {
			got = append(got, d.Quantile((float64(i)+0.5)/3))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("on %v (-want +got):\n%s", tt.step, diff)
		}
	}
}

func TestParseErrors(t *testing.T) {
	const all = "uniform, constant, normal, lognormal, exponential, empirical, bootstrap or replay"
	tests := []struct{ text, want string }{
		{"", "no distribution, want " + all},
		{"(1ms)", "no distribution, want " + all},
		{"gauss", `unknown distribution "gauss", want ` + all},
		{"gauss(1ms)", `unknown distribution "gauss", want ` + all},
		{"unifrom(0ms, 1ms)", `unknown distribution "unifrom" (did you mean uniform?), want ` + all},
		{"uniform", "uniform has no parameters, want uniform(lower, upper)"},
		{"uniform(0ms, 50ms", "uniform(0ms, 50ms has no closing parenthesis, want uniform(lower, upper)"},
		{"uniform(0ms, 50ms) ms", "uniform(0ms, 50ms) ms goes on after its closing parenthesis, want uniform(lower, upper)"},
		{"uniform()", "uniform(): found 0 parameters, want uniform(lower, upper)"},
		{"uniform(50ms)", "uniform(50ms): found 1 parameter, want uniform(lower, upper)"},
		{"uniform(50ms, 0ms)", "uniform(50ms, 0ms): the lower end 50ms is above the upper end 0ms"},
		{"uniform(0, 50)", "uniform(0, 50): upper 50 has no unit, want a duration such as 1ms or 1s"},
		{"uniform(a, b)", `uniform(a, b): lower "a" is not a duration, want a number and a unit such as 1ms or 1s`},
		{"uniform(-1ms, 5ms)", "uniform(-1ms, 5ms): lower -1ms is negative, want 0 or more"},
		{"uniform(0ms, 10000h)", "uniform(0ms, 10000h): upper 10000h is too long, want at most 8760h"},
		{"uniform(0ms, 50500us)", "uniform(0ms, 50500us): the upper end 50500µs is not on the grid of 1ms, want a multiple of it"},
		{"uniform(1us, 50ms)", "uniform(1us, 50ms): the lower end 1µs is not on the grid of 1ms, want a multiple of it"},
		{"constant(500us)", "constant(500us): 500µs is not on the grid of 1ms, want a multiple of it"},
		{"500us", "500µs is not on the grid of 1ms, want a multiple of it"},
		{"-5ms", "-5ms is negative, want 0 or more"},
		{"5", "5 has no unit, want a duration such as 1ms or 1s"},
		{"9999999h", "9999999h is longer than a duration can be, which is 292 years"},
		{"1e9ms", `"1e9ms" is not a duration, want a number and a unit such as 1ms or 1s`},
		{"5 ms", `"5 ms" is not a duration, want a number and a unit such as 1ms or 1s`},
		{"normal(5ms, 0ms)", "normal(5ms, 0ms): sd is 0, want more, or constant(mean)"},
		{"normal(5ms, -1ms)", "normal(5ms, -1ms): sd -1ms is negative, want 0 or more"},
		{"normal(5ms, 8000h)", "normal(5ms, 8000h): it can draw more than 8760h, want smaller parameters"},
		{"lognormal(0ms, 1)", "lognormal(0ms, 1): median is 0, want more, or constant(0ms)"},
		{"lognormal(5ms, 0)", "lognormal(5ms, 0): sigma is 0, want more, or constant(median)"},
		{"lognormal(5ms, -1)", "lognormal(5ms, -1): sigma -1 is negative, want more than 0"},
		{"lognormal(5ms, 1ms)", `lognormal(5ms, 1ms): sigma "1ms" is not a number, want one such as 0.5`},
		{"lognormal(5ms, NaN)", `lognormal(5ms, NaN): sigma "NaN" is not a number, want one such as 0.5`},
		{"lognormal(5ms, 1e3)", "lognormal(5ms, 1e3): it can draw more than 8760h, want smaller parameters"},
		{"exponential(0s)", "exponential(0s): mean is 0, want more, or constant(0ms)"},
		{"exponential(inf)", `exponential(inf): mean "inf" is not a duration, want a number and a unit such as 1ms or 1s`},
		{"bootstrap(three.csv)", "bootstrap(three.csv): found 1 parameter, want bootstrap(file, block)"},
		{"bootstrap(three.csv, 0)", `bootstrap(three.csv, 0): block "0" is not a number of values, want 1 to 1000000`},
		{"bootstrap(three.csv, 1.5)", `bootstrap(three.csv, 1.5): block "1.5" is not a number of values, want 1 to 1000000`},
		{"bootstrap(three.csv, 4)", "bootstrap(three.csv, 4): block 4 is longer than the file, want at most its 3 values"},
		{"bootstrap(, 2)", "bootstrap(, 2): no file name, want one relative to the scenario"},
		{"replay()", "replay(): no file name, want one relative to the scenario"},
		{"replay(no.csv)", "replay(no.csv): open no.csv: file does not exist"},
		{"empirical()", "empirical(): no file name, want one relative to the scenario"},
		{"empirical(no.csv)", "empirical(no.csv): open no.csv: file does not exist"},
		{"empirical(../x.csv)", "empirical(../x.csv): open ../x.csv: file does not exist"},
		{"empirical(a\nb)", "empirical(a\nb): the file name has a control character, want a plain name"},
		{"empirical(empty.csv)", "empirical(empty.csv): the file has no values, want one duration per line"},
		{"empirical(headers.csv)", `empirical(headers.csv): line 2: "ms" is not a duration, want one such as 12ms, or plain milliseconds`},
		{"empirical(typo.csv)", `empirical(typo.csv): line 2: "2 msec" is not a duration, want one such as 12ms, or plain milliseconds`},
		{"empirical(negative.csv)", "empirical(negative.csv): line 2: -2 is negative, want 0 or more"},
		{"empirical(nan.csv)", `empirical(nan.csv): line 2: "NaN" is not a duration, want one such as 12ms, or plain milliseconds`},
		{"empirical(infinite-first.csv)", "empirical(infinite-first.csv): line 1: Inf is too long, want at most 8760h"},
		{"empirical(infinite.csv)", "empirical(infinite.csv): line 2: +Inf is too long, want at most 8760h"},
		{"empirical(huge.csv)", "empirical(huge.csv): line 1: 1e300 is too long, want at most 8760h"},
		{"empirical(one-line.csv)", "empirical(one-line.csv): line 1: bufio.Scanner: token too long"},
		{"empirical(two-columns.csv)", `empirical(two-columns.csv): line 1: "1,2" is not a duration, want one such as 12ms, or plain milliseconds`},
	}
	for _, tt := range tests {
		d, err := Parse(tt.text, ms, openSample)
		if err == nil {
			t.Errorf("Parse(%q) = %v, want an error", tt.text, d)
			continue
		}
		if got := err.Error(); got != tt.want {
			t.Errorf("Parse(%q):\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func TestParseNegativeStep(t *testing.T) {
	if _, err := Parse("5ms", -1, nil); err == nil {
		t.Error("Parse with a negative step succeeded")
	}
}

func TestParseWithoutFiles(t *testing.T) {
	if _, err := Parse("empirical(three.csv)", ms, nil); err == nil {
		t.Error("Parse of an empirical distribution without files succeeded")
	}
}

func TestFormatDuration(t *testing.T) {
	tests := []struct {
		d    time.Duration
		want string
	}{
		{0, "0ms"},
		{1, "1ns"},
		{1500, "1500ns"},
		{50 * time.Microsecond, "50µs"},
		{1051 * ms, "1051ms"},
		{time.Second, "1s"},
		{-90 * time.Second, "-90s"},
		{2 * time.Minute, "2m"},
		{744 * time.Hour, "744h"},
		{math.MaxInt64, "9223372036854775807ns"},
		{math.MinInt64, "-9223372036854775808ns"},
	}
	for _, tt := range tests {
		if got := FormatDuration(tt.d); got != tt.want {
			t.Errorf("FormatDuration(%d) = %s, want %s", tt.d, got, tt.want)
		}
		if d, err := ParseDuration(tt.want); err != nil || d != tt.d {
			t.Errorf("ParseDuration(%s) = %v, %v, want %v", tt.want, d, err, tt.d)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"uniform(0ms, 50ms)", "constant(5ms)", "5ms", "normal(50ms, 5ms)", "lognormal(20ms, 0.5)",
		"exponential(10ms)", "empirical(a.csv)", "uniform(50ms, 0ms)", "uniform(0ms", "gauss(1ms)",
		"lognormal(1ns, 1e-300)", "normal(0ms, 1ns)", "exponential(2562047h)", "empirical(())", "((((", "5", "",
	} {
		f.Add(text, "3\n1ms\n2.5\n", int64(ms))
		f.Add(text, "header\n# comment\n1e9\n", int64(0))
	}
	f.Fuzz(func(t *testing.T, text, sample string, step int64) {
		open := func(name string) (io.ReadCloser, error) {
			if name == "missing" {
				return nil, fs.ErrNotExist
			}
			return io.NopCloser(strings.NewReader(sample)), nil
		}
		d, err := Parse(text, time.Duration(step), open)
		if err != nil {
			return
		}
		again, err := Parse(d.String(), time.Duration(step), open)
		if err != nil || again.String() != d.String() {
			t.Fatalf("%q is written as %q, which reads as %v, %v", text, d, again, err)
		}
		min, max := d.Support()
		if min < 0 || min > max || d.Mean() < 0 || d.Mean() > max {
			t.Fatalf("%v: support %v to %v, mean %v", d, min, max, d.Mean())
		}
		for _, u := range []float64{0, 0x1p-53, 0.5, 1 - 0x1p-53} {
			q := d.Quantile(u)
			if q < min || q > max || q > Longest || d.CDF(q) < u {
				t.Fatalf("%v: quantile of %v is %v, with CDF %v there", d, u, q, d.CDF(q))
			}
		}
	})
}
