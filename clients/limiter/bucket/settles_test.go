package bucket_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/limitertest"
)

// A costly is one step of requests that cost what they do: at an instant, a request
// of cost may leave at want; then it leaves, or an answer says what t has cost.
type costly struct {
	at   time.Duration
	cost int64
	want time.Duration // -1: now
	do   step
}

// costs takes a limiter through steps.
func costs(t *testing.T, name string, l Limiter, steps []costly) {
	t.Helper()
	for i, s := range steps {
		now := epoch.Add(s.at)
		got := l.Next(now, s.cost).Sub(epoch)
		if s.want < 0 && got > s.at || s.want >= 0 && got != s.want {
			t.Fatalf("%s, step %d: a cost of %d may leave at %v, want %v", name, i, s.cost, got, s.want)
		}
		if s.do == nil {
			l.Sent(now, s.cost)
		} else {
			s.do(l, now)
		}
	}
}

// cost ends a departure with what the answer says that it cost; 0 says nothing.
func cost(t Ticket, n int64) step { return end(t, Outcome{Status: 200, Cost: n}) }

const free = -1

// What a request turns out to cost is taken, or given back, by each of them.
func TestSettling(t *testing.T) {
	second := Quota{Limit: 3, Window: time.Second, Resolution: ms, Drift: 1000}
	counter := second
	counter.Count = CountCounter
	const interval = 350_683_667 // (1002.001 + 50.05) / 3, rounded up
	const two = 526_025_500      // the same / 2
	for _, tt := range []struct {
		name   string
		config Config
		quota  Quota
		steps  []costly
	}{
		{"reservation", &bucket.Reservation{}, second, []costly{
			{0, 1, free, nil},
			{0, 2, free, cost(0, 3)},                          // all of the cycle
			{0, 1, time.Second, cost(9, 1)},                   // of nobody: a cost that was not charged
			{time.Second, 3, free, nil},                       // ticket 1, in the second cycle
			{time.Second, 1, 2 * time.Second, cost(1, 1)},     // two given back
			{time.Second, 2, free, nil},                       // ticket 2
			{2 * time.Second, 3, free, nil},                   // ticket 3, in the third cycle
			{2 * time.Second, 1, 3 * time.Second, cost(2, 1)}, // nothing given back: its cycle is over
			{2 * time.Second, 1, 3 * time.Second, cost(3, 0)}, // nothing said
			{2 * time.Second, 1, 3 * time.Second, look},
		}},
		{"reservation: more of an earlier cycle counts in this one", &bucket.Reservation{}, second, []costly{
			{0, 1, free, nil},
			{time.Second, 1, free, cost(0, 3)},
			{time.Second, 1, free, nil},
			{time.Second, 1, 2 * time.Second, look},
		}},
		{"reservation: too much takes no more than a cycle", &bucket.Reservation{}, second, []costly{
			{0, 1, free, nil},
			{0, 1, free, cost(0, 1000)},
			{0, 1, time.Second, look},
			{time.Second, 3, free, look},
		}},
		{"token-bucket-tutorial", &bucket.TokenBucketTutorial{}, second, []costly{ // 3 tokens, a refill of all a second
			{0, 1, free, nil},
			{0, 2, free, cost(0, 3)},
			{0, 1, time.Second, cost(9, 0)},
			{time.Second, 3, free, nil}, // ticket 1
			{time.Second, 1, 2 * time.Second, cost(1, 1)},
			{time.Second, 2, free, nil},
			{time.Second, 1, 2 * time.Second, cost(2, 5)}, // three more than there are
			{time.Second, 1, 3 * time.Second, look},
			{time.Second, 3, 3 * time.Second, look},
		}},
		{"token-bucket-tutorial: a hundred buckets at most", &bucket.TokenBucketTutorial{}, second, []costly{
			{0, 3, free, nil},
			{0, 1, time.Second, cost(0, 1000)},
			{0, 1, 101 * time.Second, look},
		}},
		{"counter-paced", &bucket.CounterPaced{Spread: 50 * ms}, counter, []costly{
			{0, 1, free, nil},
			{10 * ms, 1, interval, cost(0, 3)},
			{10 * ms, 1, 3 * interval, look},
			{5 * time.Second, 1, free, nil},
			{6 * time.Second, 1, free, cost(1, 2)}, // from now on
			{6 * time.Second, 1, 6*time.Second + interval, nil},
			{7 * time.Second, 1, free, nil},
			{7 * time.Second, 1, 7*time.Second + interval, cost(3, 1)},
			{7 * time.Second, 1, 7*time.Second + interval, cost(9, -1)},
			{7 * time.Second, 1, 7*time.Second + interval, look},
		}},
		{"counter-paced: gives nothing back, and takes a thousand at most", &bucket.CounterPaced{Spread: 50 * ms, Most: 2}, counter, []costly{
			{0, 2, free, nil},
			{0, 1, 2 * two, cost(0, 1)},
			{0, 1, 2 * two, look},
			{5 * time.Second, 1, free, nil},
			{5 * time.Second, 1, 5*time.Second + two, cost(1, 1_000_000)},
			{5 * time.Second, 1, 5*time.Second + two + 2000*two, look},
		}},
		{"bucket-acked of costs", &bucket.Acked{Latency: 50 * ms}, Quota{Limit: 1, Window: time.Second, Burst: 4, Drift: 1000}, []costly{
			{0, 1, free, nil},
			{0, 1, free, nil},
			{0, 0, free, nil},
			{0, 2, free, nil},
			{0, 5, Impossible.Sub(epoch), look},
			{0, 3, 3_053_050 * us, look},              // three tokens after they came
			{0, 1, 1_051_050 * us, look},              // one
			{3_053_050 * us, 3, 3_053_050 * us, nil},  // of those before one is held yet, the others are past
			{3_053_050 * us, 1, 4_054_050 * us, look}, // a token after the past
			{3_053_050 * us, 4, 7_057_050 * us, look}, // four
			{3_053_050 * us, 0, free, look},
		}},
		{"bucket-acked: the last of three came first", &bucket.Acked{Latency: 50 * ms}, Quota{Limit: 10, Window: time.Second, Burst: 3, Drift: 1000}, []costly{
			{0, 1, free, nil},
			{0, 1, free, nil},
			{0, 1, free, nil},
			{10 * ms, 1, 150_150 * us, end(2, Outcome{Status: 200})},
			{10 * ms, 1, 110_100 * us, look},
		}},
		{"bucket-acked: what is left of one behind another is given back", &bucket.Acked{Latency: 50 * ms}, pair, []costly{
			{0, 2, free, nil},
			{10 * ms, 1, 150_150 * us, nil}, // early: one of the two is past
			{20 * ms, 1, 250_250 * us, end(1, Outcome{Status: 200})},
			{30 * ms, 1, 250_250 * us, cost(0, 1)},
			{30 * ms, 1, 150_150 * us, look},
			{30 * ms, 2, 250_250 * us, look},
		}},
		{"bucket-acked that is lost", &bucket.Acked{Latency: 50 * ms}, pair, []costly{
			{0, 1, free, nil},
			{0, 1, free, nil},
			{10 * ms, 1, 150_150 * us, end(0, Outcome{Err: limitertest.ErrLost})}, // it may be on its way yet
			{10 * ms, 1, 150_150 * us, look},
		}},
		{"bucket-acked of a server's tick that does not divide a token", &bucket.Acked{Latency: 50 * ms}, Quota{Limit: 3, Window: time.Second, Burst: 2, Resolution: ms, Drift: 1000}, []costly{
			{0, 2, free, nil},
			{0, 1, 384_717_667, look}, // 50.05 + 1001/3, rounded up, + 1.001
		}},
		{"bucket-acked of one that does", &bucket.Acked{Latency: 50 * ms}, Quota{Limit: 10, Window: time.Second, Burst: 2, Resolution: ms, Drift: 1000}, []costly{
			{0, 2, free, nil},
			{0, 1, 150_150 * us, look},
		}},
		{"bucket-acked of portions", &bucket.Acked{Latency: 50 * ms}, Quota{Limit: 10, Window: time.Second, Burst: 2, Refill: 10 * ms, Drift: 1000}, []costly{
			{0, 2, free, nil},
			{0, 1, 160_160 * us, look},
		}},
		{"bucket-acked of a shortest latency", &bucket.Acked{Latency: 50 * ms, Shortest: 20 * ms}, pair, []costly{
			{0, 2, free, nil},
			{0, 1, 130_170 * us, look}, // 20 ms earlier, less 0.02 of drift
		}},
	} {
		if err := tt.config.Validate(tt.quota); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		costs(t, tt.name, limitertest.New(tt.config, tt.quota), tt.steps)
	}
}

// A departure that is delayed has not arrived, and its place is that of when it left.
func TestAckedDelayed(t *testing.T) {
	l := limitertest.New(&bucket.Acked{Latency: 50 * ms}, pair)
	next := func(cost int64, want time.Duration) {
		t.Helper()
		if got := l.Next(epoch, cost).Sub(epoch); got != want {
			t.Errorf("a cost of %d may leave at %v, want %v", cost, got, want)
		}
	}
	d := l.(Delayable)
	first, second := l.Sent(epoch, 1), l.Sent(epoch, 1)
	next(1, 150_150*us)
	d.Delay(first)
	d.Delay(second + 7) // nobody
	next(1, 150_150*us) // the second has come by then
	next(2, Never.Sub(epoch))
	d.Delay(second)
	next(1, Never.Sub(epoch))
	d.Left(epoch.Add(30*ms), first)
	next(1, 180_150*us) // the first comes at 80.05 ms
	d.Left(epoch.Add(20*ms), second)
	next(1, 170_150*us) // the second before it
	next(2, 270_250*us)
	l.Done(epoch.Add(40*ms), first, Outcome{Status: 200})
	next(1, 140_100*us) // it came by 40 ms
	next(2, 240_200*us)
}

// Many that are held, of which some in the middle came early, or give back.
func TestAckedHoldsMany(t *testing.T) {
	q := Quota{Limit: 1, Window: time.Second, Burst: 3, Drift: 1000}
	l := limitertest.New(&bucket.Acked{Latency: 50 * ms}, q)
	for i := range 3 {
		l.Sent(epoch.Add(time.Duration(i)*ms), 1)
	}
	l.Done(epoch.Add(2*ms), 1, Outcome{Status: 200})
	if got := l.Next(epoch, 1).Sub(epoch); got != 1_003*ms { // the second came by 2 ms, before the first and the third
		t.Errorf("one may leave at %v, want 1.003s", got)
	}
	many := Quota{Limit: 1, Window: time.Second, Burst: 300, Drift: 1000}
	l = limitertest.New(&bucket.Acked{Latency: 50 * ms}, many)
	for range 300 {
		l.Sent(epoch, 2)
		if l.Next(epoch, 1).After(epoch) {
			break
		}
	}
	if got := l.Next(epoch, 1).Sub(epoch); got != 1_051_050*us {
		t.Errorf("of 150 that cost 2 in a bucket of 300, one more may leave at %v, want 1.05105s", got)
	}
	for i := range Ticket(149) { // each cost nothing but 1
		l.Done(epoch.Add(ms), i, Outcome{Status: 200, Cost: 1})
	}
	if got := l.Next(epoch.Add(ms), 149).Sub(epoch); got > ms {
		t.Errorf("what 149 gave back may leave at %v", got)
	}
	if got := l.Next(epoch.Add(ms), 150).Sub(epoch); got != 1_002*ms { // a token after what came by 1 ms
		t.Errorf("one more may leave at %v, want 1.002s", got)
	}
}

// Where the latency varies by more than the burst makes up for, one leaves at a time
// and the pace is slower: a bucket's time and the spread in as many parts as it has.
func TestPacedOfALargeSpread(t *testing.T) {
	for _, q := range []Quota{
		{Limit: 1, Window: time.Second, Burst: 2, Drift: 1000},
		{Limit: 1, Window: time.Second, Burst: 3, Drift: 1000, Resolution: 100 * ms, Refill: 200 * ms},
		{Limit: 1, Window: time.Second, Burst: 7, Drift: 1000, Refill: 500 * ms},
	} {
		const spread = 10 * time.Second
		l := limitertest.New(&bucket.Paced{Spread: spread}, q)
		b := time.Duration(q.Burst)
		want := (q.Widen(time.Second) + q.Widen(spread+q.Resolution+q.Refill) + b - 1) / b
		l.Sent(epoch, 1)
		if got := l.Next(epoch, 1).Sub(epoch); got != want {
			t.Errorf("%+v: the next may leave at %v, want %v", q, got, want)
		}
		if got := l.Next(epoch, 2); !got.Equal(Impossible) {
			t.Errorf("%+v: two at once may leave at %v", q, got)
		}
	}
}

// Configurations that are none are refused, by Validate and by New, and those at the
// bounds are not.
func TestBounds(t *testing.T) {
	window := Quota{Limit: 20, Window: time.Second}
	burst := Quota{Limit: 20, Window: time.Second, Burst: 40}
	const year = 366 * 24 * time.Hour
	for _, tt := range []struct {
		config Config
		quota  Quota
		want   string // the beginning of the error; "": none
	}{
		{&bucket.Acked{Latency: ms, Shortest: ms}, burst, ""},
		{&bucket.Acked{Latency: ms, Shortest: 2 * ms}, burst, "shortest is 2ms, want 0 to the longest latency"},
		{&bucket.Acked{Latency: -ms}, burst, "latency is -1ms"},
		{&bucket.Acked{}, Quota{Limit: 1, Window: 24 * time.Hour, Burst: 1e6}, "quota's Burst"},
		{&bucket.Paced{Spread: year}, burst, ""},
		{&bucket.Paced{Spread: year + 1}, burst, "spread is"},
		{&bucket.Paced{Spread: -1}, burst, "spread is"},
		{&bucket.CounterPaced{Spread: -1}, window, "spread is"},
		{&bucket.CounterPaced{Most: -1}, window, "most is -1"},
		{&bucket.CounterPaced{Most: 20}, window, ""},
		{&bucket.CounterPaced{Most: 19, Exact: true}, window, ""},
		{&bucket.Reservation{Limit: Rate{N: -1, Per: 1}}, window, "limit"},
		{&bucket.TokenBucket{Burst: -1}, window, "burst"},
		{&bucket.TokenBucket{Limit: Rate{N: 1, Per: 24 * time.Hour}, Burst: 1e6}, window, "burst"},
		{&bucket.TokenBucket{Limit: Rate{N: 1, Per: 24 * time.Hour}}, Quota{Limit: 20, Window: time.Second, Burst: 1e6}, "quota's Burst"},
		{&bucket.TokenBucket{Burst: 5}, burst, ""},
	} {
		err := tt.config.Validate(tt.quota)
		if (err == nil) != (tt.want == "") || err != nil && !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%T %+v: %v, want %q", tt.config, tt.config, err, tt.want)
		}
		if l, newErr := tt.config.New(tt.quota); (newErr == nil) != (err == nil) || (l == nil) != (err != nil) {
			t.Errorf("%T %+v: New: %v, Validate: %v", tt.config, tt.config, newErr, err)
		}
	}
}

// For a window they are those of windows.
func TestBucketsOfAWindow(t *testing.T) {
	for _, tt := range []struct{ of, is Config }{
		{&bucket.Acked{Latency: 50 * ms}, &AckClocked{Latency: 50 * ms}},
		{&bucket.Paced{Spread: 50 * ms}, &Paced{Spread: 50 * ms}},
	} {
		if got, want := fmt.Sprintf("%T", limitertest.New(tt.of, reference)), fmt.Sprintf("%T", limitertest.New(tt.is, reference)); got != want {
			t.Errorf("%T makes a %s, want a %s", tt.of, got, want)
		}
	}
}
