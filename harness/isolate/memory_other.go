//go:build !linux && !darwin && !dragonfly && !freebsd && !netbsd && !openbsd

package isolate

// residentMemory is not known here.
func residentMemory() *int64 { return nil }

// peakMemory is not known here.
func peakMemory() *int64 { return nil }
