package theory_test

import (
	"math"
	"testing"
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness/faults"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/api"
	"ratebench/harness/scenario/client"
	"ratebench/harness/theory"
)

// plain is a strategy with ten workers per key, a timeout of 1s and a right clock.
func plain(config limiter.Config) *scenario.Strategy {
	return &scenario.Strategy{
		Limiter: client.Limiter{Scope: client.ScopeKey, Config: config},
		Client:  client.Client{WorkersPerKey: 10, Timeout: time.Second, Clock: client.Clock{Rate: 1}},
	}
}

// changed applies changes to a strategy.
func changed(st *scenario.Strategy, change func(*scenario.Strategy)) *scenario.Strategy {
	change(st)
	return st
}

func TestApplies(t *testing.T) {
	ack := func(latency time.Duration) limiter.Config { return &limiter.AckClocked{Latency: latency} }
	inOrder := func(latency time.Duration) func(*scenario.Strategy) {
		return func(st *scenario.Strategy) { st.Guard = limiter.Guards{Order: true, Latency: latency} }
	}
	sc := reference(t, "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", ms)
	telling := reference(t, "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", ms)
	telling.Server.Headers.ReceivedAt = true
	between := reference(t, "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", ms)
	between.Load.Step = 0
	working := func(kind string) func(*scenario.Strategy) {
		return func(st *scenario.Strategy) { st.Client.Runtime = client.Runtime{Kind: kind, PerRequest: 6 * ms} }
	}
	spiky := reference(t, "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", ms)
	spiky.Server.Faults = faults.Config{Spike: .01, SpikeLatency: parse(t, "uniform(0ms, 100ms)", ms)}
	falling := reference(t, "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", ms)
	falling.Server.Stages = []api.Stage{{At: time.Second, Limit: limit(10)}}
	far := reference(t, "uniform(180ms, 200ms)", "uniform(0ms, 50ms)", ms)
	endless := reference(t, "exponential(10ms)", "uniform(0ms, 50ms)", ms)

	for _, tt := range []struct {
		name string
		sc   *scenario.Scenario
		st   *scenario.Strategy
		want theory.Ceiling
	}{
		{"answers", sc, plain(ack(50 * ms)), theory.Provable},
		{"answers alone", sc, plain(ack(0)), theory.Provable},
		{"answers, a latency too short", sc, plain(ack(49 * ms)), theory.ServerCap},
		{"answers, given up too early", sc, changed(plain(ack(0)), func(st *scenario.Strategy) { st.Client.Timeout = 49 * ms }), theory.ServerCap},
		{"answers, given up early, latency known", sc, changed(plain(ack(50*ms)), func(st *scenario.Strategy) { st.Client.Timeout = 49 * ms }), theory.Provable},
		{"in order", sc, changed(plain(ack(50*ms)), inOrder(50*ms)), theory.InOrder},
		{"in order by answers", sc, changed(plain(ack(50*ms)), inOrder(0)), theory.InOrder},
		{"in order, but for late ones", sc, changed(plain(ack(50*ms)), inOrder(49*ms)), theory.Provable},
		{"server time", telling, plain(&limiter.ServerTime{Latency: 50 * ms}), theory.ServerTime},
		{"server time in order", telling, changed(plain(&limiter.ServerTime{}), inOrder(50*ms)), theory.InOrderServerTime},
		{"server time of a server that does not tell", sc, plain(&limiter.ServerTime{}), theory.Provable},
		{"paced", sc, plain(&limiter.Paced{Spread: 50 * ms}), theory.FixedHeadroom},
		{"paced, too close", sc, plain(&limiter.Paced{Spread: 49 * ms}), theory.ServerCap},
		{"paced, far away", far, plain(&limiter.Paced{Spread: 20 * ms}), theory.FixedHeadroom},
		{"paced, latency without an end", endless, plain(&limiter.Paced{Spread: 50 * ms}), theory.ServerCap},
		{"window with headroom", sc, plain(&limiter.Window{Headroom: 50 * ms}), theory.FixedHeadroom},
		{"window with little headroom", sc, plain(&limiter.Window{Headroom: 49 * ms}), theory.ServerCap},
		{"window, bare", sc, plain(&limiter.Window{}), theory.ServerCap},
		{"fixed interval with headroom", sc, plain(&limiter.FixedInterval{Interval: ms, Headroom: 50 * ms}), theory.FixedHeadroom},
		{"fixed interval that leaves between ticks", sc, plain(&limiter.FixedInterval{Interval: ms / 2, Headroom: 50 * ms}), theory.ServerCap},
		{"window that leaves between ticks", between, plain(&limiter.Window{Headroom: 50 * ms}), theory.ServerCap},
		{"window that leaves between ticks, with another of them", between, plain(&limiter.Window{Headroom: 51 * ms}), theory.FixedHeadroom},
		{"window that leaves between ticks, with just enough", between, plain(&limiter.Window{Headroom: 51*ms - 1}), theory.FixedHeadroom},
		{"window that leaves between ticks, with too little", between, plain(&limiter.Window{Headroom: 51*ms - 2}), theory.ServerCap},
		{"window, a clock that is fast", sc, changed(plain(&limiter.Window{Headroom: 50 * ms}), func(st *scenario.Strategy) { st.Client.Clock.Rate = 1.0001 }), theory.ServerCap},
		{"paced, work after the departure", sc, changed(plain(&limiter.Paced{Spread: 50 * ms}), working(client.RuntimeGoroutines)), theory.FixedHeadroom},
		{"paced, work after the departure by turns", sc, changed(plain(&limiter.Paced{Spread: 50 * ms}), working(client.RuntimeThreads)), theory.ServerCap},
		{"acked, work after the departure", sc, changed(plain(ack(50*ms)), working(client.RuntimeGoroutines)), theory.ServerCap},
		{"acked, work after the departure that it is told of", sc, changed(plain(ack(53*ms)), working(client.RuntimeGoroutines)), theory.Provable},
		{"a clock that drifts", sc, changed(plain(ack(50*ms)), func(st *scenario.Strategy) { st.Client.Clock.Drift = 1000 }), theory.ServerCap},
		{"far away, shortest known", far, plain(&limiter.AckClocked{Latency: 200 * ms, Shortest: 180 * ms}), theory.Provable},
		{"far away, shortest wrong", far, plain(&limiter.AckClocked{Latency: 200 * ms, Shortest: 181 * ms}), theory.ServerCap},
		{"adaptive", sc, plain(&limiter.Adaptive{}), theory.ServerCap},
		{"none", sc, plain(&limiter.None{}), theory.ServerCap},
		{"a limiter for each worker", sc, changed(plain(ack(50*ms)), func(st *scenario.Strategy) { st.Limiter.Scope = client.ScopeWorker }), theory.ServerCap},
		{"a fast clock", sc, changed(plain(ack(50*ms)), func(st *scenario.Strategy) { st.Client.Clock.Rate = 1.001 }), theory.ServerCap},
		{"a slow clock", sc, changed(plain(ack(50*ms)), func(st *scenario.Strategy) { st.Client.Clock.Rate = .5 }), theory.Provable},
		{"spikes", spiky, plain(ack(50 * ms)), theory.ServerCap},
		{"spikes that are known", spiky, plain(ack(150 * ms)), theory.Provable},
		{"a limit that changes", falling, plain(ack(50 * ms)), theory.ServerCap},
	} {
		if got := theory.Applies(tt.sc, tt.st); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// What D seconds can hold, from an empty window on, is K·N·⌈D/W'⌉: 5·20 requests
// for each 1001ms that has begun.
func TestServerCapOfARun(t *testing.T) {
	const s, hour = time.Second, time.Hour
	for _, tt := range []struct {
		name    string
		change  func(*scenario.Scenario)
		length  time.Duration
		answers float64
	}{
		{"half a second", nil, 500 * ms, 100},
		{"a window", nil, 1000 * ms, 100},
		{"a window, and the least bit more", nil, 1000*ms + 1, 200},              // two ticks that are 1001 apart can lie in it
		{"a window, and a tick that it begins within", nil, 1000*ms + ms/2, 200}, // 0.6 and 1001.1 are ticks 0 and 1001
		{"a minute", nil, 60 * s, 6000},                                          // 59.94 windows
		{"longer", nil, 1000 * s, 100_000},                                       // 999.001
		{"70 minutes of 100/1h", func(sc *scenario.Scenario) { sc.Server.Limit = scenario.Limit{N: 100, Window: hour} }, 70 * time.Minute, 1000},
		{"as long as the way is", func(sc *scenario.Scenario) {
			sc.Server.Incoming, sc.Server.Outgoing = parse(t, "constant(200ms)", ms), parse(t, "constant(100ms)", ms)
		}, 299 * ms, 0},
		{"the way there and back does not count", func(sc *scenario.Scenario) {
			sc.Server.Incoming, sc.Server.Outgoing = parse(t, "constant(200ms)", ms), parse(t, "constant(100ms)", ms)
		}, 2200 * ms, 200},
		{"half the limit from 10s on", func(sc *scenario.Scenario) { sc.Server.Stages = []api.Stage{{At: 10 * s, Limit: limit(10)}} }, 20 * s, 1000 + 500},
		{"a stage after the end", func(sc *scenario.Scenario) { sc.Server.Stages = []api.Stage{{At: 10 * s, Limit: limit(100)}} }, 5 * s, 500},
		{"what is forgotten comes on top", func(sc *scenario.Scenario) {
			sc.Server.Faults.Outages = []faults.Outage{{At: 100 * ms, For: 100 * ms, Lose: true}, {At: 300 * ms, For: 100 * ms}}
		}, 500 * ms, 200},
	} {
		sc := reference(t, "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", ms)
		sc.Load.Every = parse(t, "constant(1us)", 0)
		if tt.change != nil {
			tt.change(sc)
		}
		got := theory.NewBounds(sc).Of(plain(&limiter.None{}), 1, tt.length)
		if want := tt.answers / tt.length.Seconds(); got.Ceiling != theory.ServerCap || math.Abs(got.TPS-want) > 1e-9 {
			t.Errorf("%s: %+v, want %v", tt.name, got, want)
		}
	}
}

// Of requests that take 300 ms, one of a key at a time, five are back after every
// 300 ms. What ends a run is part of it.
func TestOnlyAnswersCount(t *testing.T) {
	sc := reference(t, "constant(200ms)", "constant(100ms)", ms)
	sc.Load.Every = parse(t, "constant(1us)", 0)
	alone := changed(plain(&limiter.AckClocked{}), func(st *scenario.Strategy) { st.Client.WorkersPerKey = 1 })
	for length, want := range map[time.Duration]float64{299 * ms: 0, 300*ms - 1: 0, 300 * ms: 5, 900*ms - 1: 10, 900 * ms: 15} {
		got := theory.NewBounds(sc).Of(alone, 1, length)
		if answers := got.TPS * length.Seconds(); math.Abs(answers-want) > 1e-6 {
			t.Errorf("after %v: %v by %s, want %v", length, answers, got.Ceiling, want)
		}
	}
}

// The client's clock times the load, and what the generator costs slows it down.
func TestOfferedInARun(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*scenario.Scenario, *scenario.Strategy)
		want   float64 // requests in 10s
	}{
		{"one every 100 ms", nil, 101}, // the first at once, and one as the run ends
		{"a clock twice as fast", func(_ *scenario.Scenario, st *scenario.Strategy) { st.Client.Clock.Rate = 2 }, 201},
		{"a clock half as fast", func(_ *scenario.Scenario, st *scenario.Strategy) { st.Client.Clock.Rate = .5 }, 51},
		{"bursts", func(sc *scenario.Scenario, _ *scenario.Strategy) { sc.Load.Burst = 3 }, 303},
		{"a count that it does not get to", func(sc *scenario.Scenario, _ *scenario.Strategy) { sc.Load.Count = 102 }, 101},
		{"a generator that costs as much", func(_ *scenario.Scenario, st *scenario.Strategy) { st.Client.Runtime.Generator = 100 * ms }, 50},
		{"one that is done as the run ends", func(sc *scenario.Scenario, st *scenario.Strategy) {
			sc.Load.Every, st.Client.Runtime.Generator = parse(t, "constant(200ms)", ms), 100*ms
		}, 34}, // at 100, 400, … 10000 ms
		{"bursts that cost", func(sc *scenario.Scenario, st *scenario.Strategy) {
			sc.Load.Burst, st.Client.Runtime.Generator = 3, 100*ms
		}, 75},
	} {
		sc := reference(t, "constant(0ms)", "constant(0ms)", ms)
		sc.Load.Every = parse(t, "constant(100ms)", ms)
		st := plain(&limiter.None{})
		if tt.change != nil {
			tt.change(sc, st)
		}
		got := theory.NewBounds(sc).Of(st, 1, 10*time.Second)
		if got.Ceiling != theory.Offered || math.Abs(got.TPS-tt.want/10) > 1e-9 {
			t.Errorf("%s: %+v, want %v", tt.name, got, tt.want/10)
		}
	}
}

// A load with a count is measured by the shortest time in which it can be done,
// however long the run took; only a run that is shorter, by what it had time for.
func TestLoadWithACount(t *testing.T) {
	const s = time.Second
	for _, tt := range []struct {
		name    string
		config  limiter.Config
		every   string
		count   int
		length  time.Duration
		ceiling theory.Ceiling
		want    float64
	}{
		{"three windows, in no time", &limiter.None{}, "constant(20us)", 300, 2002 * ms, theory.ServerCap, 300 / 2.001},
		{"three windows, slowly", &limiter.None{}, "constant(20us)", 300, 10 * s, theory.ServerCap, 300 / 2.001},
		{"three windows, with one request of the third", &limiter.None{}, "constant(20us)", 201, 100 * s, theory.ServerCap, 201 / 2.001},
		{"cut short", &limiter.None{}, "constant(20us)", 300, 2 * s, theory.ServerCap, 200 / 2.},
		{"with a headroom", &limiter.Paced{Spread: 50 * ms}, "constant(20us)", 300, 10 * s, theory.FixedHeadroom, 300 / 2.152}, // two times 1051 ms, and the longest way
		{"made slowly", &limiter.None{}, "constant(100ms)", 7, 10 * s, theory.Offered, 7 / .6},
	} {
		sc := reference(t, "uniform(0ms, 50ms)", "constant(0ms)", ms)
		sc.Load.Every, sc.Load.Count = parse(t, tt.every, 0), tt.count
		got := theory.NewBounds(sc).Of(plain(tt.config), 1, tt.length)
		if got.Ceiling != tt.ceiling || got.TPS < tt.want*(1-1e-9) || got.TPS > tt.want*1.02 {
			t.Errorf("%s: %+v, want %s of %v", tt.name, got, tt.ceiling, tt.want)
		}
		if got := theory.Of(sc).Offered; got != 0 {
			t.Errorf("%s: the load is a ceiling of %v in the long run, want none", tt.name, got)
		}
	}
}

// In a long run a bound is the ceiling that applies, and a window at most on top.
func TestBoundsComeDownToTheCeilings(t *testing.T) {
	sc := reference(t, "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", ms)
	sc.Load.Every = parse(t, "constant(1ms)", ms)
	sc.Server.Headers.ReceivedAt = true
	bounds, ceilings, ordered := theory.NewBounds(sc), theory.Of(sc), theory.Ordered(sc)
	const length = 1000 * time.Second
	order := func(st *scenario.Strategy) { st.Guard = limiter.Guards{Order: true, Latency: 50 * ms} }
	for _, st := range []*scenario.Strategy{
		plain(&limiter.None{}), plain(&limiter.Paced{Spread: 50 * ms}),
		plain(&limiter.AckClocked{}), changed(plain(&limiter.AckClocked{}), order),
		plain(&limiter.ServerTime{}), changed(plain(&limiter.ServerTime{}), order),
	} {
		ceiling := theory.Applies(sc, st)
		bound, want := bounds.Of(st, 1, length), ceilings.Of(ceiling)
		switch ceiling {
		case theory.InOrder:
			want = ordered.Answers
		case theory.InOrderServerTime:
			want = ordered.ServerTime
		}
		if bound.Ceiling != ceiling || bound.TPS < want*.9995 || bound.TPS > want*1.0005+100/length.Seconds() {
			t.Errorf("%+v, want %s of %v", bound, ceiling, want)
		}
	}
	// One at a time: 5 / E[in + out], if it is slow enough for the windows not to matter.
	alone := changed(plain(&limiter.None{}), func(st *scenario.Strategy) {
		st.Client.WorkersPerKey, st.Client.Runtime.PerRequest = 1, 50*ms
	})
	if bound := bounds.Of(alone, 1, length); bound.Ceiling != theory.OneInFlight || math.Abs(bound.TPS-50) > .2 {
		t.Errorf("one in flight: %+v, want 50", bound)
	}
	// Next to the windows it is less than either: neither makes up for the other.
	alone = changed(plain(&limiter.AckClocked{}), func(st *scenario.Strategy) { st.Client.WorkersPerKey = 1 })
	if bound := bounds.Of(alone, 1, length); bound.Ceiling != theory.OneInFlight || bound.TPS < 91 || bound.TPS > 92 {
		t.Errorf("one in flight beside windows: %+v, want 91 to 92", bound)
	}
}

// Keys and times beyond what is looked at are like those that are.
func TestBoundsOfVeryLongRuns(t *testing.T) {
	sc := reference(t, "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", ms)
	sc.Load.Every = parse(t, "constant(1us)", 0)
	st := plain(&limiter.AckClocked{})
	want := theory.Of(sc).Provable
	if got := theory.NewBounds(sc).Of(st, 1, 31*24*time.Hour); math.Abs(got.TPS-want) > 1e-3*want {
		t.Errorf("31 days: %+v, want %v", got, want)
	}
	sc.Server.Keys, want = 100_000, 20_000*want
	sc.Load.Burst = 1000
	if got := theory.NewBounds(sc).Of(st, 1, 100*time.Second); math.Abs(got.TPS-want) > .02*want {
		t.Errorf("100000 keys: %+v, want %v and a window", got, want)
	}
}

func TestBoundOfNoRun(t *testing.T) {
	sc := reference(t, "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", ms)
	if got := theory.NewBounds(sc).Of(plain(&limiter.None{}), 1, 0); got.TPS != 0 {
		t.Errorf("%+v, want 0", got)
	}
}
