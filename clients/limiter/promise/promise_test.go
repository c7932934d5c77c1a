package promise_test

import (
	"testing"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/feedback"
	"ratebench/clients/limiter/promise"
)

// What is promised, and why not. That it is so, and that it is not, is tried in
// harness/kinds.
func TestOf(t *testing.T) {
	const ms = time.Millisecond
	window := limiter.Quota{Limit: 20, Window: time.Second, Resolution: ms}
	counter, shopify, small, portions := window, window, window, window
	counter.Count = limiter.CountCounter
	shopify.Limit, shopify.Burst = 2, 40
	small.Burst = 10
	portions.Burst, portions.Refill = 20, 100*ms
	enough, short, one, exact := portions, portions, window, window
	enough.Burst, short.Burst, one.Burst = 22, 21, 1 // of 20, and 2 that are refilled late
	exact.Burst, exact.Resolution = 1, 0
	few := portions
	few.Burst = 10
	acks := &limiter.AckClocked{Latency: 50 * ms}
	for _, c := range []struct {
		name      string
		config    limiter.Config
		quota     limiter.Quota
		want, err string
	}{
		{"a log", acks, window, "no refusal as long as no request takes longer than 50ms to the server", ""},
		{"blind", &limiter.AckClocked{}, window, "no refusal as long as nobody gives up a request that is still on its way", ""},
		{"a counter", acks, counter, "no refusal as long as no request takes longer than 50ms to the server",
			"a counter takes what came in the window before to have been spread over it evenly, and refuses bursts that a log allows: counter-paced and paced have none"},
		{"a large bucket", acks, shopify, "no refusal as long as no request takes longer than 50ms to the server", ""},
		{"a small bucket", acks, small, "no refusal as long as no request takes longer than 50ms to the server",
			"20 may leave at once, and the bucket holds 10, some of which may not have been refilled yet: bucket-paced and bucket-acked keep to that"},
		{"portions", acks, portions, "no refusal as long as no request takes longer than 50ms to the server",
			"20 may leave at once, and the bucket holds 20, some of which may not have been refilled yet: bucket-paced and bucket-acked keep to that"},
		{"portions, with room for one", acks, enough, "no refusal as long as no request takes longer than 50ms to the server", ""},
		{"portions, with room for half of one", acks, short, "no refusal as long as no request takes longer than 50ms to the server",
			"20 may leave at once, and the bucket holds 21, some of which may not have been refilled yet: bucket-paced and bucket-acked keep to that"},
		{"a bucket of one", acks, one, "no refusal as long as no request takes longer than 50ms to the server",
			"20 may leave at once, and the bucket holds 1, some of which may not have been refilled yet: bucket-paced and bucket-acked keep to that"},
		{"bucket-acked", &bucket.Acked{Latency: 50 * ms}, small, "no refusal as long as no request takes longer than 50ms to the server", ""},
		{"bucket-acked, of one", &bucket.Acked{Latency: 50 * ms}, one, "no refusal as long as no request takes longer than 50ms to the server", ""},
		{"bucket-acked, of a counter", &bucket.Acked{Latency: 50 * ms}, counter, "no refusal as long as no request takes longer than 50ms to the server",
			"a counter takes what came in the window before to have been spread over it evenly, and refuses bursts that a log allows: counter-paced and paced have none"},
		{"paced, of a log", &limiter.Paced{Spread: 50 * ms}, window, "no refusal as long as the latency to the server varies by no more than 50ms", ""},
		{"paced, of a bucket of one that covers no spread", &limiter.Paced{}, exact, "no refusal as long as the latency to the server varies by no more than 0s, and each costs 1", ""},
		{"paced, of portions", &limiter.Paced{Spread: time.Second}, few, "no refusal as long as the latency to the server varies by no more than 1s, and each costs 1",
			"the latency varies by 1.101s, with the server's tick and what it refills late, and a bucket of 10 makes up for 900.63009ms"},
		{"bucket-paced, of a counter", &bucket.Paced{Spread: 50 * ms}, counter, "no refusal as long as the latency to the server varies by no more than 50ms, and each costs 1", ""},
		{"bucket-paced, of one", &bucket.Paced{Spread: 50 * ms}, one, "no refusal as long as the latency to the server varies by no more than 50ms", ""},
		{"counter-paced, of ones", &bucket.CounterPaced{Spread: 50 * ms}, counter, "no refusal as long as the latency to the server varies by no more than 50ms, and none costs more than 1", ""},
		{"counter-paced, of a bucket that holds less than the most", &bucket.CounterPaced{Spread: 50 * ms, Most: 3}, one, "no refusal as long as the latency to the server varies by no more than 50ms, and none costs more than 3",
			"the latency varies by 51ms, with the server's tick and what it refills late, and a bucket of 1 makes up for 0s"},
		{"paced", &limiter.Paced{Spread: 50 * ms}, counter, "no refusal as long as the latency to the server varies by no more than 50ms, and each costs 1", ""},
		{"bucket-paced", &bucket.Paced{Spread: 50 * ms}, small, "no refusal as long as the latency to the server varies by no more than 50ms", ""},
		{"bucket-paced, with a spread that leaves no burst", &bucket.Paced{Spread: time.Second}, small, "no refusal as long as the latency to the server varies by no more than 1s", ""},
		{"paced, with too much of a spread", &limiter.Paced{Spread: time.Second}, small, "no refusal as long as the latency to the server varies by no more than 1s, and each costs 1",
			"the latency varies by 1.001s, with the server's tick and what it refills late, and a bucket of 10 makes up for 900.63009ms"},
		{"counter-paced", &bucket.CounterPaced{Spread: 50 * ms, Most: 3}, counter, "no refusal as long as the latency to the server varies by no more than 50ms, and none costs more than 3", ""},
		{"learn", &feedback.Learn{Spend: 3, Retry: time.Second}, counter, "no more than 3 refusals, whatever the limit is", ""},
		{"nothing", &limiter.None{}, window, "", ""},
	} {
		if err := c.config.Validate(c.quota); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		what, err := promise.Of(c.config, c.quota)
		if what != c.want || (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
			t.Errorf("%s: %q, %v; want %q, %s", c.name, what, err, c.want, c.err)
		}
	}
}

func TestOfOnes(t *testing.T) {
	window := limiter.Quota{Limit: 20, Window: time.Second}
	counter, small, one := window, window, window
	counter.Count = limiter.CountCounter
	small.Burst, one.Burst = 10, 1
	for _, c := range []struct {
		config                      limiter.Config
		window, counter, small, one bool
	}{
		{&limiter.Paced{}, false, true, true, true},
		{&bucket.Paced{}, false, true, false, false},
		{&bucket.CounterPaced{}, false, false, false, false},
		{&limiter.AckClocked{}, false, false, false, false},
	} {
		got := [4]bool{promise.OfOnes(c.config, window), promise.OfOnes(c.config, counter), promise.OfOnes(c.config, small), promise.OfOnes(c.config, one)}
		if want := [4]bool{c.window, c.counter, c.small, c.one}; got != want {
			t.Errorf("%T: %v, want %v", c.config, got, want)
		}
	}
}
