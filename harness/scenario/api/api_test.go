package api

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/clients/limiter"
	"ratebench/harness/dist"
	"ratebench/harness/faults"
	"ratebench/harness/scenario/notation"
	"ratebench/harness/scenario/rules"
	"ratebench/harness/scenario/stream"
	"ratebench/harness/yamlfile"
)

const ms = time.Millisecond

// readOver decodes an API of a run of ten seconds over another.
func readOver(t *testing.T, s Server, text string) (Server, error) {
	t.Helper()
	source, err := yamlfile.NewSource("api.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	root, err := yamlfile.SyntaxTree(source, "server", "keys: 5")
	if err != nil {
		t.Fatal(err)
	}
	step, duration := ms, 10*time.Second
	d := yamlfile.Decoder{Source: source}
	Notation(&s, &step, &duration).Decode(&d, yamlfile.Value{Key: "server", Node: root})
	return s, d.Err()
}

func read(t *testing.T, text string) (Server, error) {
	t.Helper()
	return readOver(t, Reference(), text)
}

func law(t *testing.T, text string) dist.Dist {
	t.Helper()
	d, err := dist.Parse(text, ms, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestReferenceIsFilled(t *testing.T) {
	s := Reference()
	if err := s.FillDefaults(ms); err != nil {
		t.Fatal(err)
	}
	if s.Keys != 5 || s.Limit != (notation.Limit{N: 20, Window: time.Second}) || s.Resolution != ms || s.BlockAfter != 10 ||
		s.Incoming.String() != defaultLatency || s.Outgoing.String() != defaultLatency || s.Faults.SpikeLatency.String() != defaultSpike {
		t.Errorf("%+v", s)
	}
	given := Server{Incoming: law(t, "7ms"), Faults: faults.Config{SpikeLatency: law(t, "9ms")}}
	if err := given.FillDefaults(ms); err != nil || given.Incoming.Mean() != 7*ms || given.Outgoing.Mean() != 7*ms || given.Faults.SpikeLatency.Mean() != 9*ms {
		t.Errorf("%v, %+v", err, given)
	}
	if given.Outgoing = law(t, "3ms"); given.FillDefaults(ms) != nil || given.Outgoing.Mean() != 3*ms {
		t.Errorf("what is given becomes %v", given.Outgoing)
	}
	// Steps that do not suit a default matter where it is needed alone.
	coarse := Server{}
	if err := coarse.FillDefaults(40 * ms); err == nil {
		t.Error("latencies up to 50ms suit a step of 40ms")
	}
	coarse.Incoming = law(t, "0ms")
	if err := coarse.FillDefaults(300 * ms); err != nil || coarse.Faults.SpikeLatency != nil {
		t.Errorf("%v, and spikes of %v", err, coarse.Faults.SpikeLatency)
	}
	coarse.Faults.Spike = 0.1
	if err := coarse.FillDefaults(300 * ms); err == nil {
		t.Error("spikes from 200ms suit a step of 300ms")
	}
}

func window(name string, n int64, per time.Duration) rules.Limit {
	return rules.Limit{Name: name, Window: rules.Amount{N: n, Per: per}, Count: rules.CountLog, Counts: rules.CountsAccepted}
}

// A stage holds from its very time on, and leaves the server itself as it is.
func TestDuring(t *testing.T) {
	plain := Server{Limit: notation.Limit{N: 1, Window: time.Second}, Stages: []Stage{
		{At: time.Second, Limit: notation.Limit{N: 2, Window: time.Second}}, {At: 2 * time.Second, Limit: notation.Limit{N: 3, Window: time.Second}},
	}}
	many := Server{Limits: []rules.Limit{window("a", 1, time.Second), window("b", 2, time.Second)}, Stages: []Stage{
		{At: time.Second, Limits: []rules.Limit{window("b", 4, time.Second), window("c", 9, time.Second)}},
		{At: 2 * time.Second, Limits: []rules.Limit{window("a", 3, time.Second)}},
	}}
	for _, tt := range []struct {
		at    time.Duration
		plain int
		many  [2]int64
	}{
		{0, 1, [2]int64{1, 2}}, {time.Second - 1, 1, [2]int64{1, 2}}, {time.Second, 2, [2]int64{1, 4}},
		{2*time.Second - 1, 2, [2]int64{1, 4}}, {2 * time.Second, 3, [2]int64{3, 4}}, {time.Hour, 3, [2]int64{3, 4}},
	} {
		p, m := plain.During(tt.at), many.During(tt.at)
		if got := [2]int64{m.Limits[0].Window.N, m.Limits[1].Window.N}; p.Limit.N != tt.plain || got != tt.many || len(m.Limits) != 2 {
			t.Errorf("at %v the limits are %d and %v, want %d and %v", tt.at, p.Limit.N, got, tt.plain, tt.many)
		}
	}
	if many.Limits[0].Window.N != 1 || many.Limit != (notation.Limit{}) {
		t.Errorf("the server itself is now %+v", many)
	}
}

func TestPaced(t *testing.T) {
	concurrency, failures := rules.Limit{Name: "c", Concurrency: 3}, window("f", 5, time.Second)
	failures.Counts = rules.CountsFailures
	reference := notation.Limit{N: 20, Window: time.Second}
	for _, tt := range []struct {
		limits []rules.Limit
		name   string
		n      int64
		all    int
	}{
		{nil, "window", 20, 1},
		{[]rules.Limit{concurrency, failures}, "window", 20, 2},
		{[]rules.Limit{concurrency, failures, window("w", 7, time.Second), window("x", 8, time.Second)}, "w", 7, 4},
	} {
		s := Server{Limit: reference, Limits: tt.limits}
		if p := s.Paced(); p.Name != tt.name || p.Window.N != tt.n || len(s.AllLimits()) != tt.all {
			t.Errorf("%d limits are paced by %+v", len(tt.limits), p)
		}
	}
}

func TestQuota(t *testing.T) {
	counted := func(count string) rules.Limit {
		l := window("w", 20, time.Second)
		l.Count = count
		return l
	}
	for _, tt := range []struct {
		limit rules.Limit
		want  limiter.Quota
	}{
		{counted(rules.CountLog), limiter.Quota{Limit: 20, Window: time.Second}},
		{counted("of another kind"), limiter.Quota{Limit: 20, Window: time.Second}},
		{counted(rules.CountAligned), limiter.Quota{Limit: 20, Window: time.Second, Count: 1}},
		{counted(rules.CountFirst), limiter.Quota{Limit: 20, Window: time.Second, Count: 2}},
		{counted(rules.CountCounter), limiter.Quota{Limit: 20, Window: time.Second, Count: 3}},
		{rules.Limit{Bucket: 40, Refill: rules.Amount{N: 12, Per: time.Minute}, Every: 5 * time.Second}, limiter.Quota{Limit: 12, Window: time.Minute, Burst: 40, Refill: 5 * time.Second}},
		{rules.Limit{Queue: rules.Amount{N: 10, Per: time.Second}, Length: 4}, limiter.Quota{Limit: 10, Window: time.Second, Burst: 5}},
		{window("w", 1_000_001, time.Second), limiter.Quota{Limit: 1_000_000, Window: time.Second}},
		{rules.Limit{Bucket: 1_000_001, Refill: rules.Amount{N: 1_000_000, Per: time.Second}}, limiter.Quota{Limit: 1_000_000, Window: time.Second, Burst: 1_000_000}},
		// The same rate, or less: windows are rounded up.
		{rules.Limit{Bucket: 7, Refill: rules.Amount{N: 20_000_000, Per: 1001}}, limiter.Quota{Limit: 200_000, Window: 11, Burst: 7}},
		{rules.Limit{Bucket: 7, Refill: rules.Amount{N: 2_000_000, Per: time.Second}}, limiter.Quota{Limit: 200_000, Window: 100 * ms, Burst: 7}},
	} {
		s := Server{Resolution: 3 * ms, NoNonces: true, Limits: []rules.Limit{tt.limit}}
		tt.want.Resolution, tt.want.AnyOrder = 3*ms, true
		if diff := cmp.Diff(tt.want, s.QuotaOf(&tt.limit)); diff != "" {
			t.Errorf("%s: %s", &tt.limit, diff)
		}
		if s.Quota() != tt.want {
			t.Errorf("%s: the quota is %+v", &tt.limit, s.Quota())
		}
	}
}

func TestSupport(t *testing.T) {
	for _, tt := range []struct {
		server      Server
		least, most time.Duration
	}{
		{Server{}, 0, 50 * ms},
		{Server{Incoming: law(t, "uniform(3ms, 7ms)")}, 3 * ms, 7 * ms},
		{Server{Incoming: law(t, "uniform(3ms, 7ms)"), Faults: faults.Config{Spike: 0.1}}, 3 * ms, 807 * ms},
		{Server{Faults: faults.Config{Spike: 0.1, SpikeLatency: law(t, "9ms")}}, 0, 59 * ms},
		{Server{Faults: faults.Config{SpikeLatency: law(t, "9ms")}}, 0, 50 * ms},
		{Server{Incoming: law(t, "exponential(5ms)"), Faults: faults.Config{Spike: 0.1}}, 0, dist.Unbounded},
		{Server{Faults: faults.Config{Spike: 0.1, SpikeLatency: law(t, "exponential(5ms)")}}, 0, dist.Unbounded},
	} {
		if least, most := tt.server.Support(); least != tt.least || most != tt.most {
			t.Errorf("latencies from %v to %v, want %v to %v", least, most, tt.least, tt.most)
		}
	}
}

// Each key has a stream of its own, both ways, whichever of the keys the server has.
func TestLatencies(t *testing.T) {
	s := Reference()
	if err := s.FillDefaults(ms); err != nil {
		t.Fatal(err)
	}
	part := s
	part.Keys, part.FirstKey, part.AllKeys = 1, 3, 5
	all, one := s.Latencies(42), part.Latencies(42)
	for key := -1; key < s.Keys; key++ {
		for n := range uint64(4) {
			in, out := all(key, n)
			draw := func(number uint64) time.Duration {
				return s.Incoming.Quantile(dist.StreamOf(42, uint64(key+1)*stream.PerKey+number).Uniform(n))
			}
			if in != draw(stream.Incoming) || out != draw(stream.Outgoing) {
				t.Errorf("request %d of key %d takes %v and %v", n, key, in, out)
			}
			if key == 3 {
				if partIn, partOut := one(0, n); partIn != in || partOut != out {
					t.Errorf("request %d of the fourth key alone takes %v and %v, want %v and %v", n, partIn, partOut, in, out)
				}
			}
		}
	}
}

var _ dist.Sequence = list{}

// list is a sequence of latencies that tells its own places.
type list struct{ dist.Dist }

func (list) At(_, n uint64) time.Duration { return time.Duration(n) }
func (list) Values() []time.Duration      { return nil }
func (list) Block() int                   { return 1 }

// A sequence is taken by the keys in turns.
func TestLatenciesOfASequence(t *testing.T) {
	for _, tt := range []struct {
		server Server
		key    int
		n      uint64
		want   time.Duration
	}{
		{Server{Keys: 5}, 0, 0, 0}, {Server{Keys: 5}, 3, 0, 3}, {Server{Keys: 5}, 3, 2, 13}, {Server{Keys: 5}, -1, 2, 10},
		{Server{Keys: 1, FirstKey: 3, AllKeys: 5}, 0, 2, 13}, {Server{Keys: 1, FirstKey: 3, AllKeys: 5}, -1, 2, 10},
	} {
		tt.server.Incoming, tt.server.Outgoing = list{law(t, "1ms")}, list{law(t, "1ms")}
		if in, out := tt.server.Latencies(1)(tt.key, tt.n); in != tt.want || out != tt.want {
			t.Errorf("request %d of key %d of %+v takes %d and %d, want %d", tt.n, tt.key, tt.server, in, out, tt.want)
		}
	}
}

func TestRead(t *testing.T) {
	s, err := read(t, `{keys: 100000, limits: [{window: 20/1s}, {bucket: 5, refill: 2/1s}], charge: in-order, resolution: 2ms,
  latency: {incoming: 3ms, outgoing: 4ms}, penalty: {after: 3, ban: [1m]}, nonces: false, headers: {received_at: true, rate_limit: true},
  stages: [{at: 1s, limits: [{name: window, window: 9/1s}]}, {at: 9999ms, limits: [{name: bucket, refill: 1/1s}]}],
  faults: {error_500: 0.1, error_503: 0.2, spike: 0.1, spike_latency: 5ms, hang: 0.1, reset_before: 0.1, reset_after: 0.2, malformed: 0.2,
    outages: [{at: 1s, for: 1s}, {at: 2s, for: 1s, lose: true}]}}`)
	if err != nil {
		t.Fatal(err)
	}
	f := s.Faults
	if s.Keys != 100_000 || len(s.Limits) != 2 || !s.ChargeInOrder || s.Resolution != 2*ms || s.Incoming.Mean() != 3*ms || s.Outgoing.Mean() != 4*ms ||
		s.Penalty == nil || !s.NoNonces || s.Headers != (Headers{true, true}) || len(s.Stages) != 2 || s.Stages[0].Limits[0].Window.N != 9 || s.Stages[1].Limits[0].Refill.N != 1 {
		t.Errorf("%+v", s)
	}
	if want := []faults.Outage{{At: time.Second, For: time.Second}, {At: 2 * time.Second, For: time.Second, Lose: true}}; f.Error500 != 0.1 || f.Error503 != 0.2 ||
		f.Spike != 0.1 || f.SpikeLatency.Mean() != 5*ms || f.Hang != 0.1 || f.ResetBefore != 0.1 || f.ResetAfter != 0.2 || f.Malformed != 0.2 || !slices.Equal(f.Outages, want) {
		t.Errorf("faults %+v", f)
	}
	for _, text := range []string{
		"{limit: 1/1ms}", "{limit: 1/2ms, resolution: 2ms}", "{block_after: 0}", "{block_after: 1000000000}", "{resolution: 0ms}",
		"{stages: [{at: 1s, limit: 1/1ms}]}", "{limits: [{bucket: 5, refill: 2/1ms}]}", "{limits: [{queue: 1/1ms, length: 2}]}", "{limits: [{concurrency: 2}]}",
		"{limits: [{window: 1/1ms}]}", "{dialect: binance, headers: {received_at: true}}",
	} {
		if _, err := read(t, text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// The file takes the place of what its preset says otherwise.
func TestReadOverAPreset(t *testing.T) {
	s, err := readOver(t, Server{Limits: []rules.Limit{window("a", 1, time.Second)}, Penalty: &rules.Penalty{}}, "{limit: 7/1s, block_after: 3}")
	if err != nil || s.Limits != nil || s.Penalty != nil || s.Limit.N != 7 || s.BlockAfter != 3 {
		t.Errorf("%+v, %v", s, err)
	}
	s, err = readOver(t, Server{Keys: 1, Resolution: 2 * ms, Limits: []rules.Limit{window("a", 1, ms)}}, "{keys: 3}") // which the preset answers for
	if err != nil || len(s.Limits) != 1 || s.Keys != 3 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestReadBad(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{keys: 0}", "1 to 100000"},
		{"{keys: 100001}", "1 to 100000"},
		{"{block_after: -1}", "0 to 1000000000"},
		{"{block_after: 1000000001}", "0 to 1000000000"},
		{"{resolution: -1ms}", "resolution"},
		{"{charge: all}", "all"},
		{"{resolution: 2s}", "api.yaml:1:14: limit 20/1s has a window below the resolution of the server's clock, want at least 2s"},
		{"{limit: 5/999us}", "api.yaml:1:9: limit 5/999"},
		{"{limit: 5/1s, limits: [{window: 5/1s}]}", "api.yaml:1:23: limits is in place of limit, and both are given, want one of them"},
		{"{block_after: 5, penalty: {after: 3, ban: [1m]}}", "penalty is in place of block_after, and both are given"},
		{"{dialect: binance, headers: {rate_limit: true}}", "api.yaml:1:29: headers has rate_limit, which is the dialect ietf-06, and dialect is binance"},
		{"{limits: [{window: 5/1us}]}", "api.yaml:1:10: limit window has a window below the resolution of the server's clock, want at least 1ms"},
		{"{limits: [{bucket: 5, refill: 1/1us}]}", "limit bucket is refilled with 1/1µs, in less than the resolution"},
		{"{limits: [{queue: 1/1us, length: 3}]}", "limit queue serves 1/1µs, in less than the resolution"},
		{"{stages: [{at: 1s}]}", "api.yaml:1:11: stage has no limit, want limit: 10/1s, or limits"},
		{"{stages: [{limit: 1/1s}]}", "stage has no at, want at: 30s"},
		{"{stages: [{at: 0s, limit: 1/1s}]}", "more than 0"},
		{"{stages: [{at: 10s, limit: 1/1s}]}", "api.yaml:1:16: at is 10s, want less than the duration 10s"},
		{"{stages: [{at: 2s, limit: 1/1s}, {at: 2s, limit: 1/1s}]}", "api.yaml:1:39: at is 2s, and the stage before it begins at 2s"},
		{"{stages: [{at: 2s, limit: 1/1us}]}", "api.yaml:1:27: limit 1/1µs has a window below the resolution"},
		{"{limits: [{window: 5/1s}], stages: [{at: 1s, limit: 1/1s}]}", "api.yaml:1:37: stage changes limit, and limits is in its place, want limits: [{name: window, …}]"},
		{"{limits: [{window: 5/1s}], stages: [{at: 1s, limits: [{name: window, window: 1/1us}]}]}", "limit window has a window below the resolution"},
		{"{limits: [{window: 5/1s}], stages: [{at: 1s, limit: 1/1s, limits: [{name: window, window: 1/1s}]}]}", "stage has limit and limits, want one of them"},
		{"{faults: {hang: 1.1}}", "a probability from 0 to 1"},
		{"{faults: {hang: 0.6, spike: 0.5}}", "faults befall 1.1 of all requests, want probabilities whose sum is at most 1"},
		{"{faults: {outages: [{at: 0s, for: 1s}]}}", "more than 0"},
		{"{faults: {outages: [{at: 1s, for: 0s}]}}", "more than 0"},
		{"{faults: {outages: [{at: 1s}]}}", "outage has no for, want for: 2s"},
		{"{faults: {outages: [{for: 1s}]}}", "outage has no at, want at: 30s"},
		{"{faults: {outages: [{at: 1s, for: 2s}, {at: 2999ms, for: 1s}]}}", "api.yaml:1:45: at is 2999ms, and the outage before it ends at 3s, want one after the other"},
	} {
		if _, err := read(t, c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.text, err, c.want)
		} else if n := strings.Count(err.Error(), "api.yaml:"); n != 1 {
			t.Errorf("%s: %d problems, want one:\n%v", c.text, n, err)
		}
	}
}

// Keys that others take the place of are not written beside them.
func TestUnset(t *testing.T) {
	step, duration := ms, time.Second
	unset := func(s Server) map[string]bool {
		all := map[string]bool{}
		for _, f := range fields(&s, &step, &duration) {
			all[f.Key] = f.Unset != nil && f.Unset()
		}
		return all
	}
	plain, other := unset(Reference()), unset(Server{Limits: []rules.Limit{window("a", 1, time.Second)}, Penalty: &rules.Penalty{}})
	if plain["limit"] || plain["block_after"] || !other["limit"] || !other["block_after"] {
		t.Errorf("unset are %v, and with limits and a penalty %v", plain, other)
	}
	for _, s := range []Stage{{}, {Limit: notation.Limit{N: 1, Window: 1}}} {
		if n := stageLimit(&s); n.Unset() != (s.Limit.N == 0) || n.Schema.Default != nil {
			t.Errorf("the limit of %+v is unset: %v; its default is %v", s, n.Unset(), n.Schema.Default)
		}
	}
	s := Reference()
	var schema yamlfile.Schema
	stages(&s, &duration).Refine(&schema)
	if of := schema.Items.OneOf; len(of) != 2 || of[0].Required[0] != "limit" || of[1].Required[0] != "limits" {
		t.Errorf("a stage has one of %+v", of)
	}
}
