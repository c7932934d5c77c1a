//go:build unix

package usage

import (
	"runtime"
	"syscall"
	"time"

	"ratebench/harness/metrics"
)

// Processor is what this process has used so far, by getrusage(2); nil when the
// system does not tell.
func Processor() *metrics.ProcessorUse {
	u, ok := resources(syscall.RUSAGE_SELF)
	if !ok {
		return nil
	}
	return &metrics.ProcessorUse{CPU: spent(u), Voluntary: int64(u.Nvcsw), Involuntary: int64(u.Nivcsw)}
}

// WithChildren is how long this process and those that it has started, and that
// have ended, have used a processor; nil when the system does not tell.
func WithChildren() *time.Duration {
	own, ok := resources(syscall.RUSAGE_SELF)
	children, ok2 := resources(syscall.RUSAGE_CHILDREN)
	if !ok || !ok2 {
		return nil
	}
	sum := spent(own) + spent(children)
	return &sum
}

func spent(u syscall.Rusage) time.Duration { return time.Duration(u.Utime.Nano() + u.Stime.Nano()) }

// resources is what getrusage(2) says.
func resources(who int) (u syscall.Rusage, ok bool) {
	err := syscall.Getrusage(who, &u)
	return u, err == nil
}

// maxResident is the most that this process has had in memory, in bytes, where
// ru_maxrss of getrusage(2) tells and its unit is known; else nil.
func maxResident() *int64 {
	u, ok := resources(syscall.RUSAGE_SELF)
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
