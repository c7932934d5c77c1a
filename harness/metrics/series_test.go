package metrics

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var near = cmp.Comparer(func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 })

// A step of a series: at a time, with the depths up to then, so much happens.
type seriesStep struct {
	at     time.Duration
	before depths
	what   Second
}

// Depths are weighted by time, seconds end where they do, and what is left of a
// second at the end is one of its own unless it is a sliver.
func TestSeries(t *testing.T) {
	for _, tc := range []struct {
		name  string
		steps []seriesStep
		end   time.Duration
		last  depths // up to the end
		want  []Second
	}{
		{
			"depths weighted by time",
			[]seriesStep{{250 * ms, depths{}, Second{Generated: 1}}, {750 * ms, depths{main: 4, dlq: 2, inFlight: 1}, Second{OK: 1}}},
			time.Second, depths{main: 1, dlq: 8, inFlight: 3},
			[]Second{{Generated: 1, OK: 1, Main: 0.5*4 + 0.25*1, DLQ: 0.5*2 + 0.25*8, InFlight: 0.5*1 + 0.25*3}},
		},
		{
			"a depth over several seconds",
			[]seriesStep{{500 * ms, depths{main: 2}, Second{}}, {2500 * ms, depths{main: 6}, Second{Retries: 1}}},
			3 * time.Second, depths{},
			[]Second{{Main: 0.5*2 + 0.5*6}, {Main: 6}, {Retries: 1, Main: 3}},
		},
		{
			"a second begins at its start",
			[]seriesStep{{time.Second - 1, depths{}, Second{Generated: 1}}, {time.Second, depths{}, Second{Generated: 2}}},
			2 * time.Second, depths{},
			[]Second{{Generated: 1}, {Generated: 2}},
		},
		{
			"half a second at the end",
			[]seriesStep{{time.Second, depths{}, Second{OK: 1}}, {1400 * ms, depths{main: 5}, Second{OK: 2}}},
			1500 * ms, depths{main: 1},
			[]Second{{}, {OK: 3, Main: (0.4*5 + 0.1*1) / 0.5}},
		},
		{
			"the shortest last second",
			[]seriesStep{{1050 * ms, depths{}, Second{OK: 1}}},
			time.Second + sliver, depths{},
			[]Second{{}, {OK: 1}},
		},
		{
			"a sliver, in which everything happens",
			[]seriesStep{{500 * ms, depths{main: 2}, Second{Generated: 100}}, {1050 * ms, depths{main: 2}, Second{
				Generated: 1, OK: 2, BadNonce: 3, RateLimited: 4, Blocked: 5, Errors: 6, Expirations: 7, Retries: 8,
			}}},
			time.Second + sliver - 1, depths{main: 9},
			[]Second{{Generated: 101, OK: 2, BadNonce: 3, RateLimited: 4, Blocked: 5, Errors: 6, Expirations: 7, Retries: 8, Main: 2}},
		},
		{
			"a run that is over within a sliver",
			[]seriesStep{{10 * ms, depths{}, Second{OK: 1}}},
			20 * ms, depths{main: 3},
			[]Second{{OK: 1, Main: 1.5}},
		},
		{"a nanosecond", nil, 1, depths{main: 3, dlq: 2, inFlight: 1}, []Second{{Main: 3, DLQ: 2, InFlight: 1}}},
		{"nothing at all", nil, 0, depths{}, nil},
		{"nothing for a while", nil, 1500 * ms, depths{inFlight: 2}, []Second{{InFlight: 2}, {InFlight: 2}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var s seriesRecorder
			for _, step := range tc.steps {
				s.advance(step.at, step.before).count(step.what)
			}
			got := s.finish(tc.end, tc.last)
			if diff := cmp.Diff(tc.want, got, near); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// The means over the run are those over its seconds, slivers included.
func TestSeriesTotal(t *testing.T) {
	var s seriesRecorder
	s.advance(500*ms, depths{main: 2, dlq: 1, inFlight: 4})
	s.advance(400*ms, depths{main: 100, dlq: 100, inFlight: 100}) // late: as of 500 ms
	s.advance(2250*ms, depths{main: 4, dlq: 3, inFlight: 5})
	s.finish(2300*ms, depths{main: 10, dlq: 20, inFlight: 30})
	want := integral{main: 0.5*2 + 1.75*4 + 0.05*10, dlq: 0.5*1 + 1.75*3 + 0.05*20, inFlight: 0.5*4 + 1.75*5 + 0.05*30}
	if diff := cmp.Diff(want, s.total, cmp.AllowUnexported(integral{}), near); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Latencies are those of one second, and sorted whatever their order. What a
// sliver has, its second before does not.
func TestSeriesLatencies(t *testing.T) {
	var s seriesRecorder
	answered := func(at time.Duration, latencies ...time.Duration) {
		c := s.advance(at, depths{})
		c.OK += len(latencies)
		c.latencies = append(c.latencies, latencies...)
	}
	answered(100*ms, 70*ms, 10*ms, 60*ms, 20*ms, 40*ms, 30*ms, 50*ms, 80*ms, 90*ms)
	answered(1100*ms, 5*ms)
	answered(2000*ms, month, month, month)
	answered(3010*ms, 7*ms)
	want := []Second{
		{OK: 9, LatencyMean: 50 * ms, LatencyP50: 50 * ms, LatencyP99: 90 * ms},
		{OK: 1, LatencyMean: 5 * ms, LatencyP50: 5 * ms, LatencyP99: 5 * ms},
		{OK: 4, LatencyMean: month, LatencyP50: month, LatencyP99: month}, // one of them after its end
	}
	if diff := cmp.Diff(want, s.finish(3020*ms, depths{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A second of more latencies, each of a month, than a time.Duration can add up.
func TestSeriesMeanOfManyLongLatencies(t *testing.T) {
	var s seriesRecorder
	c := s.advance(0, depths{})
	for range 10_000 {
		c.latencies = append(c.latencies, month, month-2*time.Hour)
	}
	if got := s.finish(time.Second, depths{})[0].LatencyMean; got != month-time.Hour {
		t.Errorf("mean %v, want %v", got, month-time.Hour)
	}
}

// All counts of a second are added to those of another.
func TestSecondsAddUp(t *testing.T) {
	s := Second{Generated: 1, OK: 2, BadNonce: 3, RateLimited: 4, Blocked: 5, Errors: 6, Expirations: 7, Retries: 8, Main: 9}
	s.count(Second{Generated: 10, OK: 20, BadNonce: 30, RateLimited: 40, Blocked: 50, Errors: 60, Expirations: 70, Retries: 80, Main: 90})
	want := Second{Generated: 11, OK: 22, BadNonce: 33, RateLimited: 44, Blocked: 55, Errors: 66, Expirations: 77, Retries: 88, Main: 9}
	if s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
}

// A depth is weighted by the seconds that a time.Duration says, to the last bit.
func TestDepthsAreWeightedBySeconds(t *testing.T) {
	d := depths{main: 1, dlq: 2, inFlight: 3}
	for i := range 50_000 {
		dt := time.Duration(i) * 982_451_653 % 100_000_000_007
		want := integral{dt.Seconds(), 2 * dt.Seconds(), 3 * dt.Seconds()}
		if got := d.during(dt); got != want {
			t.Fatalf("%v: %v, want %v", dt, got, want)
		}
	}
}
