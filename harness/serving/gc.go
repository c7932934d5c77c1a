package serving

import (
	"os"
	"runtime/debug"
)

// GCPercent is the garbage collector's target percentage (see
// [debug.SetGCPercent]) for a process that serves. Go's own is 100. With
// thousands of requests under way a collection takes 10 to 20 ms, and makes those
// late that are due meanwhile. At 100 that is more than one request in a hundred,
// at 400 it is less, at the price of some 100 MB.
const GCPercent = 400

// TuneGC sets GCPercent for the whole process, unless the environment
// variable GOGC is set: whoever did that knows better. It is for a program
// that serves and does nothing else. The function it returns undoes it.
func TuneGC() (undo func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(GCPercent)
	return func() { debug.SetGCPercent(before) }
}
