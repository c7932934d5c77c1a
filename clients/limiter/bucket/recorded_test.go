package bucket_test

import (
	"flag"
	"testing"
	"time"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/limitertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// What each machine says on long walks is what it has been, to the nanosecond.
func TestRecordedWalks(t *testing.T) {
	const s = time.Second
	six := Quota{Limit: 6, Window: s, Resolution: ms}
	small, portions, odd, counter := six, six, six, six
	small.Burst = 4
	portions.Burst, portions.Refill = 8, 100*ms
	odd.Limit, odd.Burst, odd.Resolution, odd.Drift = 7, 5, 0, 1000
	counter.Count = CountCounter
	limitertest.Recorded(t, "testdata/walks.golden", *update, []limitertest.Kind{
		{"paced, in a small bucket", &bucket.Paced{Spread: 50 * ms}, small},
		{"paced, of portions", &bucket.Paced{Spread: 20 * ms}, portions},
		{"paced, without a bucket", &bucket.Paced{Spread: 50 * ms}, six},
		{"acked, in a small bucket", &bucket.Acked{Latency: 50 * ms}, small},
		{"acked, of portions, blind", &bucket.Acked{}, portions},
		{"acked, with a shortest latency", &bucket.Acked{Latency: 80 * ms, Shortest: 10 * ms}, odd},
		{"acked, without a bucket", &bucket.Acked{Latency: 50 * ms}, six},
		{"counter-paced", &bucket.CounterPaced{Spread: 50 * ms, Most: 3}, counter},
		{"counter-paced, of ones", &bucket.CounterPaced{}, counter},
		{"reservation", &bucket.Reservation{}, six},
		{"reservation, of a rate", &bucket.Reservation{Limit: Rate{N: 3, Per: 400 * ms}}, six},
		{"token-bucket", &bucket.TokenBucket{}, six},
		{"token-bucket, small", &bucket.TokenBucket{Limit: Rate{N: 3, Per: 400 * ms}, Burst: 2}, small},
		{"token-bucket-tutorial", &bucket.TokenBucketTutorial{}, six},
		{"token-bucket-tutorial, of a rate", &bucket.TokenBucketTutorial{Rate: Rate{N: 9, Per: 700 * ms}}, odd},
		{"concurrency", limitertest.Built(func(Quota) (Limiter, error) { return bucket.Concurrency{Limit: 4}.New() }), six},
	})
}
