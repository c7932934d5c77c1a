package tune

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/harness/tune/candidate"
)

// small is a scenario that is soon run: one key, ten requests in half a second, and
// always more to send. J is 20 ms, and an even pace gets 10/521ms = 19.19/s.
const small = `version: 1
name: small
duration: 12s
server: {keys: 1, limit: 10/500ms, latency: {incoming: "uniform(0ms, 20ms)", outgoing: "uniform(0ms, 20ms)"}}
load: {every: "uniform(0ms, 70ms)"}
client: {workers_per_key: 5, nonce: increasing}
strategies:
  - {name: own, limiter: {kind: window, headroom: 30ms}}
`

func parse(t *testing.T, text string) *scenario.Scenario {
	t.Helper()
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("small.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// some are kinds by their names.
func some(names ...string) []kinds.Kind {
	return slices.DeleteFunc(kinds.All(), func(k kinds.Kind) bool { return !slices.Contains(names, k.Name) })
}

// What is found is within 0.5 % of the best of an exhaustive search: every spacing
// and headroom in steps of two milliseconds, every latency, in order or not, on the
// seeds that the report is about.
func TestTunedIsNearTheBestThereIs(t *testing.T) {
	sc := parse(t, small)
	o := Options{Kinds: some("paced", "window", "ack-clocked", "none"), Fresh: 20}
	r, err := Run(t.Context(), sc, o)
	if err != nil {
		t.Fatal(err)
	}
	tuned := r.Fresh.Summary.Strategies[0]
	if tuned.Mean("refused") > 0 || !r.tuned.Proved {
		t.Errorf("%s is answered 429 %v times per run, proved: %v", r.Beside[0].What, tuned.Mean("refused"), r.tuned.Proved)
	}
	all := *sc
	all.Strategies, all.Seed, all.Runs, all.Expect = nil, sc.Seed+freshSeeds, 20, nil
	step := 2 * time.Millisecond
	if testing.Short() {
		step = 4 * time.Millisecond
	}
	for d := time.Duration(0); d <= 32*time.Millisecond; d += step {
		for _, c := range []limiter.Config{&limiter.Paced{Spread: d}, &limiter.Window{Headroom: d}, &limiter.AckClocked{Latency: d}} {
			for _, g := range []limiter.Guards{{}, {Order: true, Latency: 20 * time.Millisecond}} {
				st := sc.Strategies[0]
				st.Name = fmt.Sprintf("%T %v %v", c, d, g.Order)
				st.Limiter.Config, st.Guard = c, g
				all.Strategies = append(all.Strategies, st)
			}
		}
	}
	runs, err := harness.Run(t.Context(), &all, harness.Options{})
	if err != nil {
		t.Fatal(err)
	}
	best, who := 0.0, ""
	for i := range all.Strategies {
		sum, refused := 0.0, 0
		for _, run := range runs[i*20 : (i+1)*20] {
			sum += run.TPS() / 20
			refused += run.Responses.RateLimited
		}
		if refused == 0 && sum > best {
			best, who = sum, all.Strategies[i].Name
		}
	}
	if got := tuned.TPS().Value; got < 0.995*best {
		t.Errorf("%s gets %.3f, and %s gets %.3f", r.Beside[0].What, got, who, best)
	}
}

// The same options give the same bytes, on any number of cores.
func TestSameReportOnAnyNumberOfCores(t *testing.T) {
	var want []byte
	for _, cores := range []int{1, 3} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		r, err := Run(t.Context(), parse(t, small), Options{Kinds: some("paced", "ack-clocked", "token-bucket"), Fresh: 5})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := errors.Join(r.WriteText(&b, true, 120), r.WriteJSON(&b)); err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = b.Bytes()
		} else if !bytes.Equal(want, b.Bytes()) {
			t.Errorf("another report on %d cores:\n%s\nwant\n%s", cores, b.Bytes(), want)
		}
	}
}

// Whenever a search is cut short, the report has what is known by then.
func TestInterrupted(t *testing.T) {
	for stage, want := range map[string]string{
		"first runs":  "Nothing is known yet of who is best.",
		"race":        "Nothing is known yet of who is best.",
		"final":       "So far the best are",
		"fresh seeds": "So far the best are",
	} {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := Run(ctx, parse(t, small), Options{Kinds: some("paced", "ack-clocked"), Progress: func(s string, _ float64) {
			if s == stage {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) || !r.Interrupted {
			t.Errorf("%s: error %v, interrupted %v", stage, err, r.Interrupted)
			continue
		}
		var b bytes.Buffer
		if err := r.WriteText(&b, true, 120); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%s: %v, the report lacks %q:\n%s", stage, err, want, &b)
		}
	}
}

// Where everybody is refused, nobody wins.
func TestEverybodyIsRefused(t *testing.T) {
	_, err := Run(t.Context(), parse(t, strings.Replace(small, "window, headroom: 30ms", "none", 1)), Options{Kinds: some("none")})
	if err == nil || err.Error() != "every one of 2 candidates is answered 429, or has keys blocked: allow some 429s, or give the client more room" {
		t.Errorf("error %v", err)
	}
}

// What has no figure to compare by does not win, and is not said to be refused.
func TestNoFigure(t *testing.T) {
	sc := parse(t, strings.Replace(small, "keys: 1,", "keys: 1, faults: {error_503: 1},", 1))
	_, err := Run(t.Context(), sc, Options{Kinds: some("window"), Metric: "latency_p99_ms"})
	if err == nil || err.Error() != "no candidate that is not answered 429 has a figure of latency_p99_ms: nothing succeeds, or nothing of the kind happens" {
		t.Errorf("error %v", err)
	}
}

// Where no kind gets the headers that it goes by, that is said.
func TestNothingToTry(t *testing.T) {
	_, err := Run(t.Context(), parse(t, small), Options{Kinds: some("server-time", "headers")})
	if err == nil || err.Error() != "none of 2 kinds has any use here: they go by headers that this server does not send" {
		t.Errorf("error %v", err)
	}
}

// Some 429s are no reason to be out where they are allowed; a key that is blocked is.
func TestSomeRefusalsAreAllowed(t *testing.T) {
	sc := parse(t, strings.Replace(small, "keys: 1,", "keys: 1, block_after: 0,", 1))
	r, err := Run(t.Context(), sc, Options{Kinds: some("window"), Refused: 1000, Fresh: 5})
	if err != nil {
		t.Fatal(err)
	}
	if st := r.Fresh.Summary.Strategies[0]; st.Mean("refused") == 0 {
		t.Errorf("%s is never answered 429, though that would get more through", r.Beside[0].What)
	}
	if _, err := Run(t.Context(), parse(t, strings.Replace(small, "headroom: 30ms", "headroom: 0ms", 1)), Options{Kinds: some("none"), Refused: 1000}); err == nil {
		t.Error("a client whose key is blocked wins")
	}
}

// A winner that is refused on fresh seeds is out, and the next one is measured on
// others.
func TestUnsafeWinners(t *testing.T) {
	sc := parse(t, small)
	all := slices.DeleteFunc(candidate.All(sc, some("window"), 0), func(c candidate.Candidate) bool {
		return c.InFile || c.Guard.Order || c.Limiter.Config.(*limiter.Window).Headroom%(20*time.Millisecond) != 0
	})
	tn := &tuner{Options: Options{Kinds: kinds.All(), Fresh: 3}.withDefaults(), scenario: sc, better: 1,
		report: &Report{scenario: sc, Metric: "tps", Full: sc.Duration}}
	if err := tn.confirm(t.Context(), enter(all)); err != nil {
		t.Fatal(err)
	}
	if r := tn.report; r.Unsafe != 1 || r.tuned.order != 1 || r.Fresh.Summary.Seed != sc.Seed+freshSeeds+3 {
		t.Errorf("unsafe %d, tuned is %d, seeds from %d", r.Unsafe, r.tuned.order, r.Fresh.Summary.Seed)
	}
}

func TestOptionsNameWhatIsWrong(t *testing.T) {
	good := Options{Kinds: kinds.All()}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*Options){
		"kinds: there are none, want at least one":                      func(o *Options) { o.Kinds = nil },
		"metric is speed, want one of the catalogue":                    func(o *Options) { o.Metric = "speed" },
		"metric is generated, of which neither more nor less is better": func(o *Options) { o.Metric = "generated" },
		"delta is -1, want 0 to 1e+15":                                  func(o *Options) { o.Delta = -1 },
		"alpha is 0.6, want 1e-6 to 0.5":                                func(o *Options) { o.Alpha = 0.6 },
		"refused is -1, want 0 to 1e+15":                                func(o *Options) { o.Refused = -1 },
		"workers is -1, want 0 to 1000":                                 func(o *Options) { o.Workers = -1 },
		"seeds is 9, want 10 to 100000":                                 func(o *Options) { o.Seeds = 9 },
		"fresh is 1, want 2 to 100000":                                  func(o *Options) { o.Fresh = 1 },
	} {
		o := good
		change(&o)
		if err := o.Validate(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A window that is as long as a few runs leaves nothing to be seen of a shorter one
// after its first burst: who waits for it there has not the less of a rate, and of
// those that get the same, the one is taken that keeps nobody waiting.
func TestWindowsAsLongAsTheRun(t *testing.T) {
	sc := parse(t, `version: 1
name: long
duration: 60s
server: {keys: 1, limit: 100/1m, nonces: false, latency: {incoming: "uniform(0ms, 50ms)", outgoing: "uniform(0ms, 50ms)"}}
load: {every: constant(50ms)}
client: {workers_per_key: 10}
strategies:
  - {name: own, limiter: {kind: paced, spread: 50ms}}
`)
	r, err := Run(t.Context(), sc, Options{Kinds: some("fixed-interval", "paced", "ack-clocked"), Seeds: 10, Fresh: 2})
	if err != nil {
		t.Fatal(err)
	}
	if kind := r.tuned.Kind.Name; kind != "ack-clocked" || r.Short != sc.Duration || r.Long != sc.Duration {
		t.Errorf("tuned: %s, in runs of %v and %v, want ack-clocked in whole ones", kind, r.Short, r.Long)
	}
}

// Who never sends what is dear gets more of what is cheap through, and does not win by it.
func TestNobodyWinsByLeavingRequestsBehind(t *testing.T) {
	sc := parse(t, `version: 1
name: costs
duration: 20s
server: {keys: 1, limits: [{window: 20/1s}], nonces: false, latency: {incoming: "uniform(0ms, 50ms)", outgoing: "uniform(0ms, 50ms)"}}
load: {every: constant(30ms), mix: [{route: read, share: 50%}, {route: write, share: 50%, cost: 4}]}
client: {workers_per_key: 10}
strategies:
  - {name: own, limiter: {kind: counter-paced, spread: 50ms}}
`)
	r, err := Run(t.Context(), sc, Options{Kinds: some("counter-paced", "ack-clocked"), Seeds: 10, Fresh: 2})
	if err != nil {
		t.Fatal(err)
	}
	if kind := r.tuned.Kind.Name; kind != "ack-clocked" {
		t.Errorf("tuned: %s, want ack-clocked", kind)
	}
	if _, err := Run(t.Context(), sc, Options{Kinds: some("counter-paced"), Seeds: 10, Fresh: 2}); err == nil || !strings.Contains(err.Error(), "leaves some kind of request behind") {
		t.Errorf("%v", err)
	}
}
