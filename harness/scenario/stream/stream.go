// Package stream numbers the streams of random numbers of a scenario, one for
// each thing that is drawn.
package stream

// The streams. Latencies have one per key: the n-th request on a key meets the same latencies
// whatever the strategy. The numbers are part of what a seed means: changing
// one changes every result.
const (
	Load     = 0
	Incoming = 1
	Outgoing = 2
	Retry    = 3
	Kind     = 4 // these of a request by its number
	Resource = 5
	Cost     = 6

	PerKey = 16 // how far apart the streams of two keys are
)
