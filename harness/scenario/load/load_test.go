package load

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/scenario/rules"
	"ratebench/harness/scenario/stream"
	"ratebench/harness/yamlfile"
)

const ms = time.Millisecond

// read decodes a load of a run of ten seconds over the reference.
func read(t *testing.T, text string) (Generator, error) {
	t.Helper()
	source, err := yamlfile.NewSource("load.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	root, err := yamlfile.SyntaxTree(source, "load", "burst: 1")
	if err != nil {
		t.Fatal(err)
	}
	l, duration := Reference(), 10*time.Second
	d := yamlfile.Decoder{Source: source}
	Notation(&l, &duration).Decode(&d, yamlfile.Value{Key: "load", Node: root})
	return l, d.Err()
}

func constant(t *testing.T, d time.Duration) dist.Dist {
	t.Helper()
	law, err := dist.Parse(dist.FormatDuration(d), ms, nil)
	if err != nil {
		t.Fatal(err)
	}
	return law
}

func TestReferenceIsFilled(t *testing.T) {
	g := Reference()
	if err := g.FillDefault(); err != nil || g.Every.String() != "uniform(0ms, 21ms)" || g.Step != ms || g.Burst != 1 || g.Count != 0 || g.TTL != time.Second {
		t.Errorf("%+v, %v", g, err)
	}
	given := Generator{Every: constant(t, 7*ms)}
	if err := given.FillDefault(); err != nil || given.Every.Mean() != 7*ms {
		t.Errorf("what is given becomes %v, %v", given.Every, err)
	}
	coarse := Generator{Step: 4 * ms}
	if err := coarse.FillDefault(); err == nil {
		t.Error("a step of 4ms suits the default, of 21ms")
	}
}

// A stage holds from its very time on, and the last of those that have begun is it.
func TestEveryAt(t *testing.T) {
	g := Generator{Every: constant(t, 5*ms), Stages: []Stage{{time.Second, constant(t, 1*ms)}, {2 * time.Second, constant(t, 9*ms)}}}
	for since, want := range map[time.Duration]time.Duration{
		0: 5 * ms, time.Second - 1: 5 * ms, time.Second: 1 * ms, 2*time.Second - 1: 1 * ms, 2 * time.Second: 9 * ms, time.Hour: 9 * ms,
	} {
		if got := g.EveryAt(since).Mean(); got != want {
			t.Errorf("every at %v is %v, want %v", since, got, want)
		}
	}
	since := time.Duration(0)
	pauses := g.Pauses(1, -1, func() time.Duration { return since })
	if got := pauses(0); got != 5*ms {
		t.Errorf("a pause of %v at first, want 5ms", got)
	}
	if since = time.Second; pauses(0) != 1*ms {
		t.Errorf("a pause of %v in the stage, want 1ms", pauses(0))
	}
}

// The pauses of a generator are those of a stream of its own, and so are a source's.
func TestPauses(t *testing.T) {
	g := Reference()
	if err := g.FillDefault(); err != nil {
		t.Fatal(err)
	}
	for _, key := range []int{-1, 0, 3} {
		draws := dist.StreamOf(42, uint64(key+1)*stream.PerKey+stream.Load)
		pauses := g.Pauses(42, key, nil)
		for n := range uint64(5) {
			if got, want := pauses(n), g.Every.Quantile(draws.Uniform(n)); got != want {
				t.Errorf("pause %d of key %d is %v, want %v", n, key, got, want)
			}
			if s := (Source{Every: g.Every}); key >= 0 && s.Pauses(42, key)(n) != pauses(n) {
				t.Errorf("pause %d of source %d is not that of a generator", n, key)
			}
		}
	}
}

func TestAllSources(t *testing.T) {
	one, other := constant(t, 3*ms), constant(t, 8*ms)
	g := Generator{Sources: []Source{{one, 0}, {other, 2}, {one, 1}}}
	var means []time.Duration
	for _, s := range g.AllSources() {
		if s.Number != 1 {
			t.Errorf("one source has the number %d", s.Number)
		}
		means = append(means, s.Every.Mean())
	}
	if want := []time.Duration{3 * ms, 8 * ms, 8 * ms, 3 * ms}; !slices.Equal(means, want) {
		t.Errorf("sources every %v, want %v", means, want)
	}
	if none := (&Generator{}).AllSources(); len(none) != 0 {
		t.Errorf("%d sources of a load without any", len(none))
	}
}

func mixed() Generator {
	tokens := func(n int64) []rules.Cost { return []rules.Cost{{Name: "tokens", Draw: rules.Always(n)}} }
	return Generator{Mix: []rules.Kind{
		{Route: "read", Share: 700_000, Resources: 3, Costs: tokens(5)},
		{Route: "write", Share: 200_000, Resources: 1, Costs: tokens(7), Settled: tokens(2)},
		{Route: "list", Share: 100_000},
	}}
}

func TestMix(t *testing.T) {
	g := mixed()
	if n := g.MostResources(); n != 3 {
		t.Errorf("most resources are %d, want 3", n)
	}
	if n := (&Generator{}).MostResources(); n != 1 {
		t.Errorf("most resources without a mix are %d, want 1", n)
	}
	if !g.HasRoute("list") || g.HasRoute("delete") || !g.HasCost("tokens") || g.HasCost("list") {
		t.Error("routes or costs are missing, or there are others")
	}
}

// Kinds come in their shares, and things as often as each other.
func TestDrawnShares(t *testing.T) {
	g := mixed()
	d := g.Drawn(42)
	const n = 20_000
	kinds, things := make([]float64, 3), make([]float64, 3)
	for id := range int64(n) {
		k := d.Kind(id)
		kinds[k]++
		if k == 0 {
			things[d.Resource(id)]++
		} else if r := d.Resource(id); r != 0 {
			t.Fatalf("a request of kind %d is about thing %d", k, r)
		}
		if want := g.Mix[k].Route; d.Route(id) != want {
			t.Fatalf("route %s of kind %d, want %s", d.Route(id), k, want)
		}
	}
	for i, share := range []float64{0.7, 0.2, 0.1} {
		if got := kinds[i] / n; math.Abs(got-share) > 0.015 {
			t.Errorf("kind %d has a share of %v, want %v", i, got, share)
		}
		if got := things[i] / kinds[0]; math.Abs(got-1.0/3) > 0.015 {
			t.Errorf("thing %d is met by %v of the requests, want a third", i, got)
		}
	}
	// The bounds are those of the draw itself.
	for id := range int64(200) {
		u := dist.U(42, stream.Kind, uint64(id))
		want := 2
		if u < 0.7 {
			want = 0
		} else if u < 0.9 {
			want = 1
		}
		if got := d.Kind(id); got != want {
			t.Errorf("request %d, which draws %v, is of kind %d, want %d", id, u, got, want)
		}
	}
}

// Two kinds are two, and two things as well.
func TestDrawnOfTwo(t *testing.T) {
	d := (&Generator{Mix: []rules.Kind{{Route: "a", Share: 500_000, Resources: 2}, {Route: "b", Share: 500_000}}}).Drawn(1)
	kinds, things := map[int]int{}, map[int]int{}
	for id := range int64(100) {
		kinds[d.Kind(id)]++
		things[d.Resource(id)]++
	}
	if len(kinds) != 2 || len(things) != 2 || kinds[1] < 30 || kinds[1] > 70 || things[1] < 10 || things[1] > 40 {
		t.Errorf("kinds %v, things %v", kinds, things)
	}
}

func TestDrawnCost(t *testing.T) {
	g := mixed()
	d, alike := g.Drawn(42), (&Generator{}).Drawn(42)
	type cost struct{ charged, settled int64 }
	want := []cost{{5, 5}, {7, 2}, {0, 0}}
	for id := range int64(50) {
		var got, plain, none, other cost
		got.charged, got.settled = d.Cost(id, "tokens")
		plain.charged, plain.settled = d.Cost(id, "")
		if k := d.Kind(id); got != want[k] || plain != (cost{1, 1}) {
			t.Errorf("request %d of kind %d costs %v and %v, want %v", id, k, got, plain, want[k])
		}
		none.charged, none.settled = alike.Cost(id, "")
		other.charged, other.settled = alike.Cost(id, "tokens")
		if none != (cost{1, 1}) || other != (cost{0, 0}) || alike.Kind(id) != 0 || alike.Route(id) != "" || alike.Resource(id) != 0 {
			t.Errorf("request %d without a mix costs %v and %v", id, none, other)
		}
	}
	// What is charged and what it turns out to be are drawn with the same luck.
	law, err := rules.ParseDraw("uniform(1, 1000)")
	if err != nil {
		t.Fatal(err)
	}
	lucky := (&Generator{Mix: []rules.Kind{{Route: "a", Costs: []rules.Cost{{Draw: law}}, Settled: []rules.Cost{{Draw: law}}}}}).Drawn(1)
	for id := range int64(20) {
		charged, settled := lucky.Cost(id, "")
		if want := law.At(dist.U(1, stream.Cost, uint64(id))); charged != want || settled != want {
			t.Errorf("request %d costs %d, and %d in the end, want %d", id, charged, settled, want)
		}
	}
}

func TestRead(t *testing.T) {
	l, err := read(t, "{step: 2ms, every: 4ms, burst: 3, count: 9, ttl: 5s, per: key, mix: [{route: a, share: 40%}, {route: b, share: 60%}], stages: [{at: 1s, every: 2ms}, {at: 9999ms, every: 6ms}]}")
	if err != nil {
		t.Fatal(err)
	}
	if l.Step != 2*ms || l.Every.Mean() != 4*ms || l.Burst != 3 || l.Count != 9 || l.TTL != 5*time.Second || !l.PerKey || len(l.Mix) != 2 ||
		len(l.Stages) != 2 || l.Stages[1].At != 9999*ms || l.Stages[1].Every.Mean() != 6*ms {
		t.Errorf("%+v", l)
	}
	l, err = read(t, "{sources: [{every: 4ms}, {every: 5ms, number: 1000}]}")
	if err != nil || len(l.AllSources()) != 1001 {
		t.Errorf("%d sources, %v", len(l.AllSources()), err)
	}
	for _, text := range []string{"{step: 1m, every: 1h}", "{step: 0s, every: 1ns, stages: [{at: 1s, every: 1ns}]}", "{step: 0s, sources: [{every: 1ns}]}", "{burst: 1000000, count: 100000000, ttl: 1ns}", "{step: 0s}", "{step: 21ms}"} {
		if _, err := read(t, text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A step that is not the load's own is not told to be its mistake.
func TestReadOverAnotherStep(t *testing.T) {
	l, duration := Generator{Step: 4 * ms}, time.Second
	source, err := yamlfile.NewSource("load.yaml", []byte("burst: 2"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := yamlfile.SyntaxTree(source, "load", "burst: 1")
	if err != nil {
		t.Fatal(err)
	}
	d := yamlfile.Decoder{Source: source}
	Notation(&l, &duration).Decode(&d, yamlfile.Value{Key: "load", Node: root})
	if err := d.Err(); err != nil || l.Burst != 2 {
		t.Errorf("%v, burst %d", err, l.Burst)
	}
}

// What is wrong is told where it stands.
func TestReadBad(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{every: 0ms}", "load.yaml:1:9: every constant(0ms) has a mean of 0"},
		{"{step: 2ms}", "load.yaml:1:8: step does not suit the default of every"},
		{"{step: 61s}", "want 0ms to 1m"},
		{"{burst: 0}", "1 to 1000000"},
		{"{burst: 1000001}", "1 to 1000000"},
		{"{count: -1}", "0 to 100000000"},
		{"{count: 100000001}", "0 to 100000000"},
		{"{ttl: 0s}", "more than 0"},
		{"{per: worker}", "worker"},
		{"{stages: [{every: 1ms}]}", "stage has no at, want at: 30s"},
		{"{stages: [{at: 1s}]}", "stage has no every, want every: exponential(5ms)"},
		{"{stages: [{at: 0s, every: 1ms}]}", "more than 0"},
		{"{stages: [{at: 10s, every: 1ms}]}", "load.yaml:1:16: at is 10s, want less than the duration 10s"},
		{"{stages: [{at: 2s, every: 1ms}, {at: 2s, every: 1ms}]}", "load.yaml:1:38: at is 2s, and the stage before it begins at 2s"},
		{"{stages: [{at: 2s, every: 0ms}]}", "load.yaml:1:27: every constant(0ms) has a mean of 0"},
		{"{sources: [{number: 2}]}", "source has no every, want every: exponential(500ms)"},
		{"{sources: [{every: 0ms}]}", "load.yaml:1:20: every constant(0ms) has a mean of 0"},
		{"{sources: [{every: 1ms, number: 1001}]}", "0 to 1000"},
		{"{sources: [{every: 1ms}], every: 2ms}", "every is of a load with one source"},
		{"{sources: [{every: 1ms}], burst: 2}", "burst is of a load with one source"},
		{"{sources: [{every: 1ms}], count: 2}", "count is of a load with one source"},
		{"{sources: [{every: 1ms}], per: all}", "per is of a load with one source"},
		{"{sources: [{every: 1ms}], stages: [{at: 1s, every: 1ms}]}", "stages is of a load with one source"},
	} {
		if _, err := read(t, c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.text, err, c.want)
		} else if n := strings.Count(err.Error(), "load.yaml:"); n != 1 {
			t.Errorf("%s: %d problems, want one:\n%v", c.text, n, err)
		}
	}
}

// Keys that sources are in place of do not stand beside them, and no key has a default
// that another one decides on.
func TestUnset(t *testing.T) {
	every := constant(t, ms)
	for _, c := range []struct {
		sources []Source
		every   dist.Dist
		want    []string
	}{
		{nil, nil, []string{"every", "per", "mix"}},
		{nil, every, []string{"mix"}},
		{[]Source{{}}, every, []string{"every", "burst", "count", "per", "mix", "stages"}},
	} {
		l := Generator{Sources: c.sources, Every: c.every, PerKey: c.every != nil}
		duration := time.Second
		var unset []string
		for _, f := range fields(&l, &duration) {
			if f.Unset != nil && f.Unset() {
				unset = append(unset, f.Key)
			}
			if f.Key == "step" && f.Schema.Default != nil {
				t.Errorf("step has the default %v", f.Schema.Default)
			}
		}
		if !slices.Equal(unset, c.want) {
			t.Errorf("with %d sources %v are unset, want %v", len(c.sources), unset, c.want)
		}
	}
}
