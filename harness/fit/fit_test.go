package fit

import (
	"flag"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ratebench/clients/keyedrand"
	"ratebench/harness/kinds"
	"ratebench/harness/measured"
	"ratebench/harness/scenario"
)

var update = flag.Bool("update", false, "write the golden files anew")

const ms = time.Millisecond

var ten = time.Date(2026, time.November, 26, 10, 0, 0, 0, time.UTC)

func uniform(stream uint64, i int) float64 { return keyedrand.Uniform(1, stream, uint64(i)) }

// normal is a draw of the normal distribution (Box and Muller).
func normal(stream uint64, i int) float64 {
	return math.Sqrt(-2*math.Log(1-uniform(stream, 2*i))) * math.Cos(2*math.Pi*uniform(stream, 2*i+1))
}

// autoregressive are latencies whose logarithms have the autocorrelation phi^lag.
func autoregressive(n int, phi float64) []time.Duration {
	latencies := make([]time.Duration, n)
	x := 0.0
	for i := range latencies {
		x = phi*x + math.Sqrt(1-phi*phi)*normal(9, i)
		latencies[i] = time.Duration(30 * float64(ms) * math.Exp(0.5*x))
	}
	return latencies
}

// openLoop are requests that were sent every gap, whatever became of others.
func openLoop(latencies []time.Duration, gap time.Duration) *measured.File {
	f := &measured.File{Format: "test"}
	for i, d := range latencies {
		f.Requests = append(f.Requests, measured.Request{Start: ten.Add(time.Duration(i) * gap), Latency: d, Status: 200})
	}
	return f
}

func mustFit(t *testing.T, f *measured.File, split Split) *Fit {
	t.Helper()
	fit, err := New([]*measured.File{f}, split)
	if err != nil {
		t.Fatal(err)
	}
	return fit
}

// phi^lag falls below 0.1 at ln 0.1 / ln phi.
func TestBlockIsWhereTheAutocorrelationEnds(t *testing.T) {
	for _, tt := range []struct {
		phi         float64
		least, most int
	}{
		{0, 1, 1},
		{0.5, 3, 5},     // 3.3
		{0.9, 16, 28},   // 21.9
		{0.97, 50, 110}, // 75.6
	} {
		if got := blockOf(autoregressive(20_000, tt.phi)); got < tt.least || got > tt.most {
			t.Errorf("phi %v: blocks of %d, want %d to %d", tt.phi, got, tt.least, tt.most)
		}
	}
}

// In blocks spells are about as long as measured; drawn each by itself, they are
// not.
func TestBlocksKeepSpells(t *testing.T) {
	s := spellsOf(autoregressive(20_000, 0.97), true)
	if s.InBlocks < 0.6*s.Longest || s.Independent > 0.3*s.Longest {
		t.Errorf("longest spell %v, in blocks %v, independent %v", s.Longest, s.InBlocks, s.Independent)
	}
}

func TestFewLatenciesAreNotTakenForSpells(t *testing.T) {
	wrong := 0
	for seed := range uint64(100) {
		latencies := make([]time.Duration, 60)
		for i := range latencies {
			latencies[i] = time.Duration(keyedrand.Uniform(seed, 3, uint64(i)) * float64(ms))
		}
		if blockOf(latencies) > 1 {
			wrong++
		}
	}
	if wrong > 15 { // each of three lags with one in forty, and some
		t.Errorf("%d of 100 independent samples were taken for dependent", wrong)
	}
}

// Requests that are not answers are counted, and their latencies left out.
func TestCensored(t *testing.T) {
	f := openLoop(slices.Repeat([]time.Duration{20 * ms}, 200), 10*ms)
	f.Requests[3].Status = http.StatusTooManyRequests
	f.Requests[4].Status, f.Requests[4].Failed, f.Requests[4].Latency = 0, true, time.Second
	f.Requests[5].Status = http.StatusBadGateway
	f.Requests[6].Status, f.Requests[6].Header = http.StatusForbidden, http.Header{"x-ratelimit-remaining": {"0"}, "x-ratelimit-limit": {"60"}}
	f.Requests[7].Status = http.StatusForbidden // of another kind
	fit := mustFit(t, f, SplitHalf)
	if fit.Requests != 200 || fit.Refused != 2 || fit.Failed != 1 || fit.Broken != 1 || len(fit.Latencies) != 196 {
		t.Errorf("%d requests, %d refused, %d failed, %d broken, %d latencies", fit.Requests, fit.Refused, fit.Failed, fit.Broken, len(fit.Latencies))
	}
	if fit.Quantile(1) != 20*ms {
		t.Errorf("longest latency %v: one that is none was taken", fit.Quantile(1))
	}
	f.Requests = f.Requests[3:7]
	if _, err := New([]*measured.File{f}, SplitHalf); err == nil || !strings.Contains(err.Error(), "2 refused, 1 without an answer, 1 broken") {
		t.Errorf("error %v", err)
	}
}

func TestSplits(t *testing.T) {
	f := openLoop([]time.Duration{30 * ms, 40 * ms}, 10*ms)
	f.Requests[0].Incoming, f.Requests[0].HasIncoming = 8*ms, true
	for _, tt := range []struct {
		split   Split
		in, out []time.Duration
	}{
		{SplitHalf, []time.Duration{15 * ms, 20 * ms}, []time.Duration{15 * ms, 20 * ms}},
		{SplitIn, []time.Duration{30 * ms, 40 * ms}, []time.Duration{0, 0}},
		{SplitMeasured, []time.Duration{8 * ms}, []time.Duration{22 * ms}},
	} {
		fit := mustFit(t, f, tt.split)
		if !slices.Equal(fit.Incoming, tt.in) || !slices.Equal(fit.Outgoing, tt.out) {
			t.Errorf("%s: in %v, out %v", tt.split, fit.Incoming, fit.Outgoing)
		}
	}
}

// A loop sends when its last request has ended; an open load does not.
func TestClosedLoops(t *testing.T) {
	latencies := autoregressive(2000, 0.9)
	loop := func(workers int, pause time.Duration) *measured.File {
		f := &measured.File{}
		free := slices.Repeat([]time.Time{ten}, workers)
		for i, d := range latencies {
			w := i % workers
			for k := range free {
				if free[k].Before(free[w]) {
					w = k
				}
			}
			f.Requests = append(f.Requests, measured.Request{Start: free[w], Latency: d, Status: 200})
			free[w] = free[w].Add(d + pause)
		}
		return f
	}
	// as an access log has them: the end and the latency, both without what is less
	// than a millisecond, and as a browser has them: the start is.
	logged := func(f *measured.File) *measured.File {
		for i := range f.Requests {
			r := &f.Requests[i]
			end := r.Start.Add(r.Latency).Truncate(ms)
			r.Latency = r.Latency.Truncate(ms)
			r.Start = end.Add(-r.Latency)
		}
		return f
	}
	browsed := func(f *measured.File) *measured.File {
		for i := range f.Requests {
			f.Requests[i].Start = f.Requests[i].Start.Truncate(ms)
		}
		return f
	}
	random := openLoop(latencies, 0)
	at := ten
	for i := range random.Requests {
		random.Requests[i].Start = at
		at = at.Add(time.Duration(-math.Log(1-uniform(5, i)) * float64(20*ms)))
	}
	for _, tt := range []struct {
		name string
		file *measured.File
		want bool
	}{
		{"one worker, logged", logged(loop(1, 0)), true},
		{"one worker, in a browser", browsed(loop(1, 0)), true},
		{"four workers, logged", logged(loop(4, 0)), true},
		{"four workers, in a browser", browsed(loop(4, 0)), true},
		{"open, at random", random, false},
		{"open, many at a time, logged", logged(openLoop(latencies, 5*ms+300*time.Microsecond)), false},
		{"one worker", loop(1, 0), true},
		{"one worker that pauses", loop(1, 15*ms), true},
		{"eight workers", loop(8, 0), true},
		{"open, rarely two at a time", openLoop(latencies, 100*ms), false},
		{"open, many at a time", openLoop(latencies, 5*ms), false},
	} {
		l := mustFit(t, tt.file, SplitHalf).Load
		if l == nil || l.Closed != tt.want {
			t.Errorf("%s: load %+v, want closed %v", tt.name, l, tt.want)
		}
	}
}

func TestLoad(t *testing.T) {
	even := mustFit(t, openLoop(slices.Repeat([]time.Duration{25 * ms}, 101), 10*ms), SplitHalf).Load
	if even.Rate != 100 || even.Gap != 10*ms || even.Relative != 0 || even.AtATime != 3 || even.Span != time.Second {
		t.Errorf("even load %+v", even)
	}
	f := openLoop(slices.Repeat([]time.Duration{25 * ms}, 5000), 0)
	at := ten
	for i := range f.Requests {
		f.Requests[i].Start = at
		at = at.Add(time.Duration(-math.Log(1-uniform(4, i)) * float64(10*ms)))
	}
	if random := mustFit(t, f, SplitHalf).Load; math.Abs(random.Rate-100) > 4 || math.Abs(random.Relative-1) > 0.05 {
		t.Errorf("random load %+v", random)
	}
}

// limited are answers of a server with so many requests in a window, that states
// what is left of it, in whole seconds rounded up.
func limited(n int, window, gap time.Duration) *measured.File {
	f := openLoop(slices.Repeat([]time.Duration{20 * ms}, 300), gap)
	var accepted []time.Time
	for i := range f.Requests {
		r := &f.Requests[i]
		for len(accepted) > 0 && r.Start.Sub(accepted[0]) > window {
			accepted = accepted[1:]
		}
		if r.Status = http.StatusTooManyRequests; len(accepted) < n {
			accepted, r.Status = append(accepted, r.Start), http.StatusOK
		}
		reset := (window + ms - r.Start.Sub(accepted[0]) + time.Second - 1).Truncate(time.Second)
		r.Header = http.Header{
			"Ratelimit-Limit": {strconv.Itoa(n)}, "Ratelimit-Remaining": {strconv.Itoa(n - len(accepted))},
			"Ratelimit-Reset": {strconv.Itoa(int(reset / time.Second))},
		}
	}
	return f
}

// A window that is not stated is worked out.
func TestLimitsFromHeaders(t *testing.T) {
	for _, tt := range []struct {
		n      int
		window time.Duration
		gap    time.Duration
	}{
		{40, time.Second, 20 * ms}, {40, time.Second, 30 * ms}, {100, time.Minute, 300 * ms}, {20, 10 * time.Second, 600 * ms},
	} {
		fit := mustFit(t, limited(tt.n, tt.window, tt.gap), SplitHalf)
		if len(fit.Limits) != 1 || fit.Limits[0].Limit != int64(tt.n) || fit.Limits[0].Window != tt.window || !fit.Limits[0].Guessed {
			t.Errorf("%d in %v: %+v", tt.n, tt.window, fit.Limits)
		}
	}
	f := openLoop(slices.Repeat([]time.Duration{20 * ms}, 2), ms)
	f.Requests[1].Header = http.Header{"Ratelimit-Policy": {`"burst";q=100;w=60,"day";q=5000;w=86400`}, "Ratelimit": {`"burst";r=50;t=30,"day";r=4000;t=300`}}
	limits := mustFit(t, f, SplitHalf).Limits
	if len(limits) != 2 || limits[0] != (Limit{Name: "burst", Limit: 100, Window: time.Minute, Stated: 1}) || limits[1].Window != 24*time.Hour {
		t.Errorf("stated limits %+v", limits)
	}
}

// A scenario that was fitted loads, whatever was measured, and says what it is.
func TestScenario(t *testing.T) {
	one := limited(40, time.Second, 20*ms)
	one.Requests[7].Failed = true
	bare := &measured.File{Requests: []measured.Request{{Latency: 5 * ms}, {Latency: 7*ms + 1}, {Latency: 9 * ms}}, Notes: []string{"a note"}}
	together := openLoop(autoregressive(3000, 0.9), 11*ms)
	for i := range together.Requests {
		together.Requests[i].Incoming, together.Requests[i].HasIncoming = together.Requests[i].Latency/3, true
	}
	for _, tt := range []struct {
		name  string
		file  *measured.File
		split Split
		given Given
	}{
		{"limited", one, SplitHalf, Given{Name: "limited"}},
		{"bare", bare, SplitIn, Given{Name: "bare", Limit: "100/1m", Keys: 3}},
		{"stated", together, SplitMeasured, Given{Name: "stated"}},
	} {
		files, err := mustFit(t, tt.file, tt.split).Scenario(tt.given, []string{"x.csv (test)"})
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", tt.name+".yaml")
		if *update {
			if err := os.WriteFile(golden, files[tt.name+".yaml"], 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || string(want) != string(files[tt.name+".yaml"]) {
			t.Errorf("%s is not what is made of it, %v; write it anew with -update:\n%s", golden, err, files[tt.name+".yaml"])
		}
		dir := t.TempDir()
		for name, content := range files {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		sc, err := scenario.Loader{Kinds: kinds.All()}.Load(filepath.Join(dir, tt.name+".yaml"))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		checkDrawn(t, tt.name, sc, tt.file)
	}
}

// checkDrawn wants the quantiles of what a run meets within 2 % of those of the
// latencies that were measured well.
func checkDrawn(t *testing.T, name string, sc *scenario.Scenario, f *measured.File) {
	t.Helper()
	var truth, drawn []time.Duration
	for _, r := range f.Requests {
		if !r.Failed && r.Status < 300 {
			truth = append(truth, r.Latency)
		}
	}
	latencies := sc.Server.Latencies(1)
	const n = 200_000
	for i := range n {
		in, out := latencies(i%sc.Server.Keys, uint64(i/sc.Server.Keys))
		drawn = append(drawn, in+out)
	}
	slices.Sort(truth)
	slices.Sort(drawn)
	for _, q := range []float64{0.1, 0.5, 0.9, 0.99, 0.999} {
		got, want := quantile(drawn, q), quantile(truth, q)
		if off := float64(got)/float64(want) - 1; math.Abs(off) > 0.02 {
			t.Errorf("%s: the quantile %v is %v in a run, and %v measured", name, q, got, want)
		}
	}
}
