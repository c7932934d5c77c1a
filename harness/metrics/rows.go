package metrics

import "time"

// MostRows is how many rows a series has at most, more than the widest chart has
// points: a day has one for every two minutes, and a run takes no more memory and
// no more of a file the longer it is.
const MostRows = 1200

// RowLength is how long a row of the series of a run of so long is: a second, or
// the shortest of a few round times with which there are not too many.
func RowLength(run time.Duration) time.Duration {
	for _, length := range []time.Duration{
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	} {
		if run <= MostRows*length {
			return length
		}
	}
	return (run/MostRows + time.Hour).Truncate(time.Hour)
}
