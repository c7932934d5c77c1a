//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package isolate

import "runtime"

// residentMemory over time is not known here.
func residentMemory() *int64 { return nil }

// peakMemory is the most that this process has had in memory, in bytes, by
// getrusage(2), which counts KiB but on macOS, where it counts bytes; nil when the
// system does not tell.
func peakMemory() *int64 {
	u, ok := resources()
	if !ok {
		return nil
	}
	peak := int64(u.Maxrss)
	if runtime.GOOS != "darwin" {
		peak <<= 10
	}
	return &peak
}
