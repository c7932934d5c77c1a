package clients

import (
	"testing"
	"time"
)

func TestDeadLettersUpToMaxRetries(t *testing.T) {
	first := []string{"0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", "1ms answered 0 key 0 429 sent 0s", "1ms dead-lettered 0 key 0"}
	second := append(first, "1ms requeued 0 retries 1 created 1ms", "1ms taken 0 key 0 retries 1 created 1ms", "1ms sent 0 key 0 retries 1 created 1ms",
		"2ms answered 0 key 0 429 sent 1ms retries 1 created 1ms", "2ms dead-lettered 0 key 0 retries 1 created 1ms")
	for most, want := range map[int][]string{
		0: append(first[:len(first):len(first)], "1ms buried 0"),
		1: append(second[:len(second):len(second)], "2ms buried 0 retries 1 created 1ms"),
		2: append(second[:len(second):len(second)], "2ms requeued 0 retries 2 created 2ms", "2ms taken 0 key 0 retries 2 created 2ms",
			"2ms sent 0 key 0 retries 2 created 2ms", "3ms answered 0 key 0 200 sent 2ms retries 2 created 2ms"),
	} {
		tell(t, time.Second, func(s *story) {
			s.config.DeadLetter = &DeadLetter{MaxRetries: most}
			s.answer = statuses(ms, 429, 429)
		}, want...)
	}
}

// A request that has expired goes the same way, to the tail of the main queue
// and with a new TTL. Request 1 expires at 20 ms, when 2 is in the queue.
func TestExpiredRequestsAreDeadLetters(t *testing.T) {
	tell(t, 70*ms, func(s *story) {
		s.config.DeadLetter = &DeadLetter{MaxRetries: 5}
		s.config.TTL, s.config.Count, s.config.NewLimiter = 15*ms, 3, spaced(30*ms)
		s.config.Pause = every(5 * ms)
	}, "0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", "1ms answered 0 key 0 200 sent 0s",
		"5ms generated 1", "5ms taken 1 key 0", "10ms generated 2",
		"20ms expired 1 key 0", "20ms dead-lettered 1 key 0", "20ms taken 2 key 0", "20ms requeued 1 retries 1 created 20ms",
		"25ms expired 2 key 0", "25ms dead-lettered 2 key 0", "25ms taken 1 key 0 retries 1 created 20ms", "25ms requeued 2 retries 1 created 25ms",
		"30ms sent 1 key 0 retries 1 created 20ms", "31ms answered 1 key 0 200 sent 30ms retries 1 created 20ms",
		"31ms taken 2 key 0 retries 1 created 25ms", "40ms expired 2 key 0 retries 1 created 25ms", "40ms dead-lettered 2 key 0 retries 1 created 25ms",
		"40ms requeued 2 retries 2 created 40ms", "40ms taken 2 key 0 retries 2 created 40ms", "55ms expired 2 key 0 retries 2 created 40ms",
		"55ms dead-lettered 2 key 0 retries 2 created 40ms", "55ms requeued 2 retries 3 created 55ms", "55ms taken 2 key 0 retries 3 created 55ms",
		"60ms sent 2 key 0 retries 3 created 55ms", "61ms answered 2 key 0 200 sent 60ms retries 3 created 55ms")
}
