package serving

import (
	"os"
	"runtime/debug"
)

// GCPercent is the garbage collector's target percentage (see
// [debug.SetGCPercent]) for a process that serves. Go's own is 100. A
// collection keeps the processors busy for about 10ms if there are thousands
// of requests under way, which makes those late that are due meanwhile. With
// few of them in each second, that is less than one in a hundred, at the
// price of some 100 MB.
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
