package client

import (
	"time"

	"ratebench/harness/yamlfile"
)

// Queue is what happens to a request that did not succeed, and when the
// generator pauses. The zero value drops and never pauses.
type Queue struct {
	DeadLetter   *DeadLetter   // nil: a request that did not succeed is dropped
	Backpressure *Backpressure // nil: the generator never pauses
}

// DeadLetter puts failed requests back into the main queue.
type DeadLetter struct {
	// MaxRetries is how often, before the graveyard: 0 to 10^6. Defaults to 5.
	MaxRetries int
}

// Backpressure pauses the generator while the main queue is long.
type Backpressure struct {
	// Max is the number of queued requests at which the generator pauses, 1
	// to 10^9. Defaults to 100.
	Max int
	// Pause is how long until it looks again, more than 0 and at most 31
	// days. Defaults to 500ms.
	Pause time.Duration
}

func defaultDeadLetter() *DeadLetter { return &DeadLetter{MaxRetries: 5} }

func defaultBackpressure() *Backpressure {
	return &Backpressure{Max: 100, Pause: 500 * time.Millisecond}
}

// QueueNotation is what becomes of a request that did not succeed.
func QueueNotation(q *Queue) yamlfile.Notation { return yamlfile.Mapping(queueFields(q), nil) }

func queueFields(q *Queue) []yamlfile.Field {
	return []yamlfile.Field{
		yamlfile.Key("dead_letter", "puts requests that did not succeed back into the main queue; without it they are dropped", yamlfile.Optional(&q.DeadLetter, defaultDeadLetter(), func(l *DeadLetter) []yamlfile.Field {
			return []yamlfile.Field{
				yamlfile.Key("max_retries", "how often a request is put back, with a new TTL, before the graveyard", yamlfile.Integer(&l.MaxRetries, 0, 1_000_000)),
			}
		}, nil)),
		yamlfile.Key("backpressure", "pauses the generator while the main queue is long; without it, it never pauses", yamlfile.Optional(&q.Backpressure, defaultBackpressure(), func(b *Backpressure) []yamlfile.Field {
			return []yamlfile.Field{
				yamlfile.Key("max", "requests in the main queue at which the generator pauses", yamlfile.Integer(&b.Max, 1, 1_000_000_000)),
				yamlfile.Key("pause", "for how long, before it looks again", yamlfile.Duration(&b.Pause, 1, yamlfile.MaxDuration)),
			}
		}, nil)),
	}
}
