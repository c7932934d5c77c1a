package kinds

// A Scale says which values of a parameter are worth trying: what they are
// measured in, whatever the server.
type Scale int8

// The scales. What is not tuned keeps its default.
const (
	NotTuned Scale = iota
	// Spread is that of the way in, the longest latency less the shortest: a
	// duration from 0 to somewhat more.
	Spread
	// Longest is the longest latency of the way in; 0 is not known.
	Longest
	// Shortest is the shortest latency of the way in.
	Shortest
	// Interval is the time between two requests at an even pace, with and without
	// room for the spread.
	Interval
	// Pace is a rate: the quota, and less by the room for the spread or by a part.
	Pace
	// Burst is a number of requests from 0 to the limit.
	Burst
	// Fraction is a number from 0 to 1.
	Fraction
)
