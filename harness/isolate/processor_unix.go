//go:build unix

package isolate

import (
	"runtime"
	"syscall"
	"time"

	"ratebench/harness/metrics"
)

// processorUse is what this process has used so far, by getrusage(2); nil when
// the system does not tell.
func processorUse() *metrics.ProcessorUse {
	u, ok := resources()
	if !ok {
		return nil
	}
	return &metrics.ProcessorUse{
		CPU:         time.Duration(u.Utime.Nano() + u.Stime.Nano()),
		Voluntary:   int64(u.Nvcsw),
		Involuntary: int64(u.Nivcsw),
	}
}

// resources is what getrusage(2) says of this process.
func resources() (u syscall.Rusage, ok bool) {
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u, err == nil
}

// peakResident is the most that this process has had in memory, in bytes, where
// ru_maxrss of getrusage(2) tells and its unit is known; else nil.
func peakResident() *int64 {
	u, ok := resources()
	if !ok {
		return nil
	}
	peak := int64(u.Maxrss)
	switch runtime.GOOS {
	case "darwin", "ios":
	case "dragonfly", "freebsd", "netbsd", "openbsd":
		peak <<= 10 // it counts KiB
	default:
		return nil
	}
	return &peak
}
