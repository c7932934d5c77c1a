package rules

import (
	"math"
	"testing"
	"time"
)

func TestParseAmount(t *testing.T) {
	for text, want := range map[string]Amount{
		"20/1s": {20, time.Second}, "1/1051ms": {1, 1051 * time.Millisecond}, " 1000000000 / 24h ": {1_000_000_000, 24 * time.Hour},
	} {
		got, err := ParseAmount(text)
		if err != nil || got != want {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
		if again, err := ParseAmount(got.String()); err != nil || again != got {
			t.Errorf("%q is written as %q, which is read as %v, %v", text, got, again, err)
		}
	}
}

func FuzzParseAmount(f *testing.F) {
	for _, text := range []string{"20/1s", "20", "/", "0/0s", "1/1h1ns", "9999999999/1s"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseAmount(text)
		if err != nil {
			return
		}
		if a.N < 1 || a.N > MaxAmount || a.Per <= 0 {
			t.Fatalf("%q is %+v", text, a)
		}
		if again, err := ParseAmount(a.String()); err != nil || again != a {
			t.Fatalf("%q is written as %q, which is read as %v, %v", text, a, again, err)
		}
	})
}

// Amounts that are drawn have the mean of their law, and are never less than 1.
func TestDraw(t *testing.T) {
	for text, mean := range map[string]float64{
		"5": 5, "0": 0, "uniform(1, 9)": 5, "constant(7)": 7, "exponential(300)": 300, "normal(500, 20)": 500,
	} {
		d, err := ParseDraw(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		const n = 20_000
		sum, least := 0.0, int64(math.MaxInt64)
		for i := range n {
			v := d.At((float64(i) + 0.5) / n)
			sum += float64(v)
			least = min(least, v)
		}
		if math.Abs(sum/n-mean) > 0.01*mean+1e-9 || math.Abs(d.Mean()-mean) > 0.01*mean+1e-9 {
			t.Errorf("%s has a mean of %v drawn, %v told, want %v", text, sum/n, d.Mean(), mean)
		}
		if _, constant := d.Constant(); !constant && least < 1 {
			t.Errorf("%s draws %d", text, least)
		}
		if again, err := ParseDraw(d.String()); err != nil || again.String() != d.String() {
			t.Errorf("%s is written as %s, which is read as %v, %v", text, d, again, err)
		}
	}
}

func FuzzParseDraw(f *testing.F) {
	for _, text := range []string{"5", "uniform(1, 9)", "lognormal(500, 0.8)", "exponential(", ")", "1e9", "uniform(,)"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDraw(text)
		if err != nil {
			return
		}
		for _, u := range []float64{1e-9, 0.5, 1 - 1e-9} {
			if v := d.At(u); v < 0 || v > MaxAmount {
				t.Fatalf("%q draws %d", text, v)
			}
		}
	})
}

// Kinds of limits know what they are, and which requests they meet.
func TestLimitKinds(t *testing.T) {
	for _, tt := range []struct {
		limit Limit
		kind  string
		rate  float64
		most  int64
	}{
		{Limit{Window: Amount{20, time.Second}, Count: CountLog}, "window", 20, 20},
		{Limit{Bucket: 40, Refill: Amount{120, time.Minute}}, "bucket", 2, 40},
		{Limit{Concurrency: 3}, "concurrency", 0, 3},
		{Limit{Queue: Amount{10, time.Second}, Length: 4}, "queue", 10, 5},
	} {
		rate, timed := tt.limit.Rate()
		if tt.limit.Kind() != tt.kind || rate != tt.rate || timed != (tt.rate > 0) || tt.limit.Most() != tt.most || tt.limit.Policy().Validate() != nil {
			t.Errorf("%+v: a %s of %v/s, %d at most, want a %s of %v/s, %d", tt.limit, tt.limit.Kind(), rate, tt.limit.Most(), tt.kind, tt.rate, tt.most)
		}
	}
	l := Limit{Routes: []string{"write"}, Scope: []string{ScopeKey, ScopeRoute}}
	if l.Meets("read") || !l.Meets("write") || !l.Has(ScopeRoute) || l.Has(ScopeIP) {
		t.Errorf("%+v meets or has something else", l)
	}
}
