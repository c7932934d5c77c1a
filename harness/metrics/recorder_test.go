package metrics

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/clients"
	"ratebench/clients/limiter"
)

const ms = time.Millisecond

var start = time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)

// script tells a recorder of events in a few words.
type script struct{ *Recorder }

func (s script) at(at time.Duration, kind clients.Kind, id int64, change ...func(*clients.Event)) {
	e := clients.Event{Time: start.Add(at), Kind: kind, Request: clients.Request{ID: id}}
	for _, f := range change {
		f(&e)
	}
	s.Observe(&e)
}

func created(first, last time.Duration) func(*clients.Event) {
	return func(e *clients.Event) {
		e.Request.First, e.Request.Created = start.Add(first), start.Add(last)
	}
}

func answered(sent time.Duration, o limiter.Outcome) func(*clients.Event) {
	o.Sent = start.Add(sent)
	return func(e *clients.Event) { e.Outcome = o }
}

func because(k clients.Kind) func(*clients.Event) {
	return func(e *clients.Event) { e.Cause = k }
}

func key(k int) func(*clients.Event) { return func(e *clients.Event) { e.Key = k } }

var (
	success = limiter.Outcome{Status: 200}
	refusal = limiter.Outcome{Status: 429}
	banned  = limiter.Outcome{Status: 429, Blocked: true}
)

func TestRecorder(t *testing.T) {
	s := script{NewRecorder(start, true)}
	// Request 1 succeeds at once.
	s.at(0, clients.Generated, 1)
	s.at(100*ms, clients.Taken, 1)
	s.at(100*ms, clients.Sent, 1)
	s.at(200*ms, clients.Answered, 1, created(0, 0), answered(100*ms, success))
	// Request 2 waits for 1.5 s, is refused, retried, and succeeds late.
	s.at(500*ms, clients.Generated, 2)
	s.at(2000*ms, clients.Taken, 2)
	s.at(2000*ms, clients.Sent, 2)
	s.at(2100*ms, clients.Answered, 2, answered(2000*ms, refusal))
	s.at(2100*ms, clients.DeadLettered, 2)
	s.at(2300*ms, clients.Requeued, 2)
	s.at(2300*ms, clients.Taken, 2)
	s.at(2300*ms, clients.Sent, 2)
	s.at(2400*ms, clients.Answered, 2, created(500*ms, 2300*ms), answered(2300*ms, success))
	// 3 expires and is dropped, 4 is told its key is blocked, 5 is buried.
	s.at(2500*ms, clients.Generated, 3)
	s.at(2500*ms, clients.Taken, 3)
	s.at(2500*ms, clients.Expired, 3)
	s.at(2500*ms, clients.Dropped, 3, because(clients.Expired))
	s.at(2500*ms, clients.Generated, 4)
	s.at(2500*ms, clients.Taken, 4)
	s.at(2500*ms, clients.Sent, 4)
	s.at(2600*ms, clients.Answered, 4, key(3), answered(2500*ms, banned))
	s.at(2600*ms, clients.Dropped, 4, because(clients.Answered))
	s.at(2600*ms, clients.Generated, 5)
	s.at(2600*ms, clients.Taken, 5)
	s.at(2600*ms, clients.Expired, 5)
	s.at(2600*ms, clients.DeadLettered, 5)
	s.at(2700*ms, clients.Buried, 5)
	// 6 is left in the queue, 7 on the wire.
	s.at(2800*ms, clients.Generated, 6)
	s.at(2800*ms, clients.Generated, 7)
	s.at(2900*ms, clients.Taken, 7)
	s.at(2900*ms, clients.Sent, 7)

	p := s.Progress(start.Add(2900 * ms))
	if p.Ledger.Succeeded != 2 || p.MeanLatency != 150*ms || p.Main != 1 || p.DLQ != 0 { // (200 + 100) / 2, from the last creation
		t.Errorf("progress %+v", p)
	}

	r := s.Finish(start.Add(3500 * ms))
	firstBlock := 2600 * ms
	want := Run{
		Duration: 3500 * ms,
		Ledger: Ledger{
			Generated: 7, Succeeded: 2, Expired: 1, Failed: 1, Graveyard: 1, Queued: 1, InFlight: 1,
		},
		Responses:   Responses{OK: 2, RateLimited: 1, Blocked: 1},
		Expirations: 2,
		Retries:     1,
		KeysBlocked: 1,
		FirstBlock:  &firstBlock,
		Blocks:      []time.Duration{firstBlock},
		// Main queue: 1 for 100 ms, 1 for 1500, 2 for 100, 1 for 600.
		Main: Depth{Mean: (0.1 + 1.5 + 0.2 + 0.6) / 3.5, Peak: 2},
		// Dead letters: 200 ms and 100 ms.
		DLQ:       Depth{Mean: 0.3 / 3.5, Peak: 1},
		Graveyard: []int64{5},
		Series: []Second{
			{Generated: 2, OK: 1, LatencyMean: 200 * ms, LatencyP50: 200 * ms, LatencyP99: 200 * ms, Main: 0.1 + 0.5, InFlight: 0.1},
			{Main: 1},
			{
				Generated: 5, OK: 1, RateLimited: 1, Blocked: 1, Expirations: 2, Retries: 1,
				LatencyMean: 1900 * ms, LatencyP50: 1900 * ms, LatencyP99: 1900 * ms, // from the first creation
				Main: 0.2 + 0.1, DLQ: 0.3, InFlight: 0.1 + 0.1 + 0.1 + 0.1,
			},
			{Main: 1, InFlight: 1},
		},
	}
	ignore := cmp.FilterPath(func(p cmp.Path) bool {
		f := p.Last().String()
		return f == ".Latency" || f == ".Service"
	}, cmp.Ignore())
	if diff := cmp.Diff(want, r, ignore, near); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if !r.Ledger.Balanced() {
		t.Errorf("ledger %+v", r.Ledger)
	}
	if got := r.Latency.Mean(); got != 1050*ms { // (200 + 1900) / 2
		t.Errorf("mean latency %v", got)
	}
	if got := r.Service.Max(); got != 100*ms {
		t.Errorf("longest service time %v", got)
	}
	if got := r.TPS(); got != 2/3.5 {
		t.Errorf("%v TPS", got)
	}
}

func TestResponseName(t *testing.T) {
	for _, c := range []struct {
		o    limiter.Outcome
		want string
	}{
		{success, "200"}, {refusal, "429"}, {banned, "blocked"},
		{limiter.Outcome{Status: 400}, "400"}, {limiter.Outcome{Status: 401}, "401"}, {limiter.Outcome{Status: 503}, "error"},
		{limiter.Outcome{Err: clients.ErrTimeout}, "timeout"}, {limiter.Outcome{Err: errors.New("reset")}, "error"},
	} {
		if got := ResponseName(c.o); got != c.want {
			t.Errorf("%+v is %s, want %s", c.o, got, c.want)
		}
	}
}

// A run in real time takes a moment to stop; that is no second of its own.
func TestSliverCountsToTheSecondBefore(t *testing.T) {
	s := script{NewRecorder(start, false)}
	s.at(900*ms, clients.Generated, 1)
	s.at(1003*ms, clients.Generated, 2)
	r := s.Finish(start.Add(1004 * ms))
	if len(r.Series) != 1 || r.Series[0].Generated != 2 {
		t.Errorf("series %+v, want one second with both requests", r.Series)
	}
}

// Events of a real run can come a little out of order.
func TestLateEventsCount(t *testing.T) {
	s := script{NewRecorder(start, false)}
	s.at(1002*ms, clients.Generated, 1)
	s.at(998*ms, clients.Generated, 2)
	r := s.Finish(start.Add(2 * time.Second))
	if len(r.Series) != 2 || r.Series[1].Generated != 2 || r.Main.Mean > 2 {
		t.Errorf("series %+v, mean depth %v", r.Series, r.Main.Mean)
	}
}

// What happens at the very end of a run is in its last second, even if that is
// also the beginning.
func TestSeriesHasTheEnd(t *testing.T) {
	for _, end := range []time.Duration{0, time.Second} {
		s := script{NewRecorder(start, false)}
		s.at(end, clients.Generated, 1)
		r := s.Finish(start.Add(end))
		if len(r.Series) != 1 || r.Series[0].Generated != 1 || r.Series[0].Main != 0 {
			t.Errorf("over after %v: series %+v, want one second with the request", end, r.Series)
		}
	}
}

func TestEmptyRun(t *testing.T) {
	r := NewRecorder(start, false).Finish(start)
	if r.TPS() != 0 || r.Main != (Depth{}) || r.DLQ != (Depth{}) || len(r.Series) != 0 || !r.Ledger.Balanced() {
		t.Errorf("%+v", r)
	}
}

// What each answer counts as, over the run and in its second.
func TestResponses(t *testing.T) {
	for _, tc := range []struct {
		outcome limiter.Outcome
		run     Responses
		second  Second
		failed  bool
	}{
		{success, Responses{OK: 1}, Second{OK: 1, LatencyMean: 30 * ms, LatencyP50: 30 * ms, LatencyP99: 30 * ms}, false},
		{limiter.Outcome{Status: 400}, Responses{BadNonce: 1}, Second{BadNonce: 1}, true},
		{limiter.Outcome{Status: 401}, Responses{Unauthorized: 1}, Second{Errors: 1}, true},
		{refusal, Responses{RateLimited: 1}, Second{RateLimited: 1}, true},
		{banned, Responses{Blocked: 1}, Second{Blocked: 1}, true},
		{limiter.Outcome{Err: clients.ErrTimeout}, Responses{Timeout: 1}, Second{Errors: 1}, true},
		{limiter.Outcome{Err: errors.New("reset")}, Responses{Error: 1}, Second{Errors: 1}, true},
		{limiter.Outcome{Status: 503}, Responses{Error: 1}, Second{Errors: 1}, true},
	} {
		s := script{NewRecorder(start, false)}
		s.at(40*ms, clients.Answered, 1, created(10*ms, 20*ms), answered(30*ms, tc.outcome))
		r := s.Finish(start.Add(time.Second))
		r.Series[0].InFlight = 0
		if r.Responses != tc.run || r.Series[0] != tc.second {
			t.Errorf("%+v: %+v, %+v, want %+v, %+v", tc.outcome, r.Responses, r.Series[0], tc.run, tc.second)
		}
		if n := r.Latency.Count(); n != r.Service.Count() || (n == 0) != tc.failed {
			t.Errorf("%+v: %d latencies, %d service times", tc.outcome, n, r.Service.Count())
		}
		if !tc.failed && (r.Latency.Max() != 30*ms || r.Service.Max() != 10*ms || s.Progress(start.Add(time.Second)).MeanLatency != 20*ms) {
			t.Errorf("latency %v, service time %v, since the retry %v, want 30, 10 and 20 ms",
				r.Latency.Max(), r.Service.Max(), s.Progress(start.Add(time.Second)).MeanLatency)
		}
	}
}

// Queues are followed through every way out of them, to their peaks.
func TestQueueDepths(t *testing.T) {
	s := script{NewRecorder(start, false)}
	for i, step := range []struct {
		kind              clients.Kind
		main, dlq         int
		mainPeak, dlqPeak int
		retries           int
	}{
		{clients.Generated, 1, 0, 1, 0, 0},
		{clients.Generated, 2, 0, 2, 0, 0},
		{clients.Taken, 1, 0, 2, 0, 0},
		{clients.Retried, 1, 0, 2, 0, 1},
		{clients.DeadLettered, 1, 1, 2, 1, 1},
		{clients.Taken, 0, 1, 2, 1, 1},
		{clients.DeadLettered, 0, 2, 2, 2, 1},
		{clients.Requeued, 1, 1, 2, 2, 2},
		{clients.Buried, 1, 0, 2, 2, 2},
	} {
		s.at(time.Duration(i)*ms, step.kind, 1)
		p := s.Progress(start.Add(time.Duration(i) * ms))
		if p.Main != step.main || p.DLQ != step.dlq || s.run.Retries != step.retries ||
			s.run.Main.Peak != step.mainPeak || s.run.DLQ.Peak != step.dlqPeak || p.Elapsed != time.Duration(i)*ms {
			t.Fatalf("step %d: progress %+v, peaks %d and %d, %d retries, want %+v", i, p, s.run.Main.Peak, s.run.DLQ.Peak, s.run.Retries, step)
		}
	}
	r := s.Finish(start.Add(time.Second))
	if r.Series[0].Retries != 2 || r.Series[0].Generated != 2 || r.Graveyard != nil {
		t.Errorf("second %+v, graveyard %v", r.Series[0], r.Graveyard)
	}
}

// A key counts once, with the time at which it was told first.
func TestBlocks(t *testing.T) {
	s := script{NewRecorder(start, false)}
	for _, b := range []struct {
		at  time.Duration
		key int
	}{{10 * ms, 2}, {20 * ms, 2}, {30 * ms, 0}, {40 * ms, 2}, {40 * ms, 1}} {
		s.at(b.at, clients.Answered, 1, key(b.key), answered(0, banned))
	}
	r := s.Finish(start.Add(time.Second))
	if r.KeysBlocked != 3 || *r.FirstBlock != 10*ms || r.Responses.Blocked != 5 {
		t.Errorf("%d keys blocked from %v on, %d answers", r.KeysBlocked, *r.FirstBlock, r.Responses.Blocked)
	}
	if diff := cmp.Diff([]time.Duration{10 * ms, 30 * ms, 40 * ms}, r.Blocks); diff != "" {
		t.Errorf("blocks (-want +got)\n%s", diff)
	}
}

// A ban that ends is no 429, and blocks no key; among seconds it is with the 429s.
func TestBans(t *testing.T) {
	s := script{NewRecorder(start, false)}
	for range 3 {
		s.at(0, clients.Answered, 1, answered(0, limiter.Outcome{Status: 418, Refused: true, Banned: true, RetryAfter: time.Minute}))
	}
	s.at(0, clients.Answered, 1, answered(0, refusal))
	r := s.Finish(start.Add(time.Second))
	if n := r.Responses; n.Banned != 3 || n.RateLimited != 1 || r.KeysBlocked != 0 || r.Series[0].RateLimited != 4 {
		t.Errorf("%+v, %d keys blocked, %d in the series", n, r.KeysBlocked, r.Series[0].RateLimited)
	}
	none := &Run{}
	for name, want := range map[string]float64{"banned": 1.5, "429": 0.5, "refused": 2} {
		if got, known := Find(name).Pool([]*Run{&r, none}); !known || got != want {
			t.Errorf("%s of this run and one without is %v, %v, want %v", name, got, known, want)
		}
	}
	if _, known := Find("banned").Pool([]*Run{none}); known {
		t.Error("bans are known where there are none")
	}
}

// A clock that was set back makes no latency negative, and long ones do not
// overflow.
func TestRecorderOfOddLatencies(t *testing.T) {
	s := script{NewRecorder(start, false)}
	s.at(10*ms, clients.Answered, 1, created(20*ms, 20*ms), answered(20*ms, success))
	r := s.Finish(start.Add(time.Second))
	if r.Latency.Max() != 0 || r.Service.Max() != 0 || r.Series[0].LatencyMean != 0 || s.Progress(start).MeanLatency != 0 {
		t.Errorf("answered before it was sent: %+v, mean since the retry %v", r.Series[0], s.Progress(start).MeanLatency)
	}

	s = script{NewRecorder(start, false)}
	const n = 10_000 // of a month each: 850 years
	for i := range n {
		s.at(0, clients.Answered, int64(i), created(-month, -month), answered(-month, success))
	}
	p := s.Progress(start)
	r = s.Finish(start.Add(time.Second))
	if p.MeanLatency != month || r.Latency.Mean() != month || r.Service.Mean() != month || r.Series[0].LatencyMean != month {
		t.Errorf("means %v, %v, %v and %v of a month each", p.MeanLatency, r.Latency.Mean(), r.Service.Mean(), r.Series[0].LatencyMean)
	}
}

// A run over a span of no time has no rates.
func TestRates(t *testing.T) {
	for _, tc := range []struct {
		duration     time.Duration
		tps, offered float64
	}{{2 * time.Second, 1.5, 2.5}, {500 * ms, 6, 10}, {24 * time.Hour, 3.0 / 86400, 5.0 / 86400}, {0, 0, 0}, {-1, 0, 0}, {1, 3e9, 5e9}} {
		r := Run{Duration: tc.duration, Ledger: Ledger{Generated: 5, Succeeded: 3}}
		if r.TPS() != tc.tps || r.OfferedTPS() != tc.offered {
			t.Errorf("over %v: %v and %v, want %v and %v", tc.duration, r.TPS(), r.OfferedTPS(), tc.tps, tc.offered)
		}
	}
}

// How each outcome is called.
func TestResponseNames(t *testing.T) {
	for _, tt := range []struct {
		o    limiter.Outcome
		want string
	}{
		{limiter.Outcome{Status: 200}, "200"},
		{limiter.Outcome{Status: 200, Refused: true}, "429"},
		{limiter.Outcome{Status: 200, Blocked: true}, "blocked"},
		{limiter.Outcome{Status: 429}, "429"},
		{limiter.Outcome{Status: 403, Refused: true}, "429"},
		{limiter.Outcome{Status: 429, Banned: true}, "banned"},
		{limiter.Outcome{Status: 429, Banned: true, Blocked: true}, "blocked"},
		{limiter.Outcome{Status: 400}, "400"},
		{limiter.Outcome{Status: 401}, "401"},
		{limiter.Outcome{Status: 403}, "error"},
		{limiter.Outcome{Status: 500}, "error"},
		{limiter.Outcome{Err: clients.ErrTimeout}, "timeout"},
		{limiter.Outcome{Err: fmt.Errorf("slow: %w", clients.ErrTimeout)}, "timeout"},
		{limiter.Outcome{Status: 200, Err: errors.New("cut short")}, "error"},
		{limiter.Outcome{Status: 429, Err: errors.New("cut short")}, "error"},
	} {
		if got := ResponseName(tt.o); got != tt.want {
			t.Errorf("%+v is %s, want %s", tt.o, got, tt.want)
		}
	}
}

// A row of a second is not told of, and every other is.
func TestRowLengthIsTold(t *testing.T) {
	for length, want := range map[time.Duration]time.Duration{0: 0, time.Second: 0, time.Minute: time.Minute, 500 * ms: 500 * ms} {
		if got := NewRecorder(start, false).InRowsOf(length).Finish(start).Row; got != want {
			t.Errorf("rows of %v are told as %v, want %v", length, got, want)
		}
	}
}

// The shortest run has means.
func TestMeansOfANanosecond(t *testing.T) {
	s := script{NewRecorder(start, false)}
	s.at(0, clients.Generated, 1)
	if r := s.Finish(start.Add(1)); r.Main.Mean != 1 {
		t.Errorf("the mean queue is %v, want 1", r.Main.Mean)
	}
	s = script{NewRecorder(start, false)}
	s.at(0, clients.Generated, 1)
	if r := s.Finish(start); r.Main.Mean != 0 {
		t.Errorf("the mean queue of no time is %v, want 0", r.Main.Mean)
	}
}
