// Package usage says what this process and this machine use, as far as the
// operating system tells.
package usage

import (
	"bytes"
	"os"
	"strconv"
)

// Resident is what this process has in memory, in bytes, by /proc/self/statm, whose
// second field counts pages; nil on systems that have no such file.
func Resident() *int64 {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return nil
	}
	return field(statm, 1, int64(os.Getpagesize()))
}

// PeakResident is the most that this process has had in memory, in bytes; nil when
// the system does not tell. On Linux it is the line VmHWM of /proc/self/status
// and not ru_maxrss of getrusage(2), which survives exec(2) there and so is never
// less than what the parent had in memory when it started this process.
func PeakResident() *int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return maxResident()
	}
	for line := range bytes.Lines(status) {
		if bytes.HasPrefix(line, []byte("VmHWM:")) {
			return field(line, 1, 1<<10)
		}
	}
	return nil
}

// field is the i-th number of a line, counted from 0, in the given unit; nil
// when it is none.
func field(line []byte, i int, unit int64) *int64 {
	fields := bytes.Fields(line)
	if i >= len(fields) {
		return nil
	}
	n, err := strconv.ParseInt(string(fields[i]), 10, 64)
	if err != nil {
		return nil
	}
	n *= unit
	return &n
}
