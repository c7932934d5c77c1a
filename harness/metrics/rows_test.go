package metrics

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/clients"
)

func TestRowLength(t *testing.T) {
	for run, want := range map[time.Duration]time.Duration{
		0: time.Second, 20 * time.Minute: time.Second, 20*time.Minute + 1: 2 * time.Second, time.Hour: 5 * time.Second,
		24 * time.Hour: 2 * time.Minute, 744 * time.Hour: time.Hour, 10_000 * time.Hour: 9 * time.Hour,
	} {
		if got := RowLength(run); got != want {
			t.Errorf("%v: %v, want %v", run, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		run := time.Duration(rapid.Int64Range(0, int64(100_000*time.Hour)).Draw(t, "run"))
		if l := RowLength(run); (run+l-1)/l > MostRows || l%time.Second != 0 {
			t.Fatalf("%v in rows of %v", run, l)
		}
	})
}

// Rows of several seconds have the sums and the means of these.
func TestLongRows(t *testing.T) {
	for name, r := range map[string]*Recorder{"one queue": NewRecorder(start, false), "keys": NewKeysRecorder(start, false).Together(3)} {
		s := script{r.InRowsOf(10 * time.Second)}
		for i := range int64(25) {
			at := time.Duration(i) * time.Second
			s.at(at, clients.Generated, i)
			s.at(at+500*ms, clients.Taken, i)
			s.at(at+500*ms, clients.Sent, i)
			s.at(at+600*ms+time.Duration(i)*ms, clients.Answered, i, created(at, at), answered(at+500*ms, success))
		}
		run := s.Finish(start.Add(25 * time.Second))
		if run.Row != 10*time.Second || len(run.Series) != 3 {
			t.Fatalf("%s: %d rows of %v", name, len(run.Series), run.Row)
		}
		for i, want := range []Second{
			{Generated: 10, OK: 10, LatencyMean: 604500 * time.Microsecond, LatencyP50: 604 * ms, LatencyP99: 609 * ms, Main: 0.5, InFlight: 0.1045},
			{Generated: 10, OK: 10, LatencyMean: 614500 * time.Microsecond, LatencyP50: 614 * ms, LatencyP99: 619 * ms, Main: 0.5, InFlight: 0.1145},
			{Generated: 5, OK: 5, LatencyMean: 622 * ms, LatencyP50: 622 * ms, LatencyP99: 624 * ms, Main: 0.5, InFlight: 0.122},
		} {
			got := run.Series[i]
			if math.Abs(got.Main-want.Main)+math.Abs(got.InFlight-want.InFlight) > 1e-9 {
				t.Errorf("%s, row %d: %+v, want %+v", name, i, got, want)
			}
			got.Main, got.InFlight, want.Main, want.InFlight = 0, 0, 0, 0
			if got != want {
				t.Errorf("%s, row %d: %+v, want %+v", name, i, got, want)
			}
		}
	}
}
