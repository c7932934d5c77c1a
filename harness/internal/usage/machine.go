package usage

import (
	"bytes"
	"os"
	"strconv"
	"time"
)

// Machine is how long all processors of this machine have been at work since it
// was started, whoever for, by the first line of /proc/stat; nil on systems that
// have no such file. It is counted in hundredths of a second.
func Machine() *time.Duration {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return nil
	}
	return busy(stat)
}

// busy adds up the times on the line of all processors: user, nice, system, idle,
// iowait, irq, softirq and steal, but for the idle ones.
func busy(stat []byte) *time.Duration {
	line, _, _ := bytes.Cut(stat, []byte("\n"))
	fields := bytes.Fields(line)
	if len(fields) < 6 || string(fields[0]) != "cpu" {
		return nil
	}
	var sum time.Duration
	for i, f := range fields[1:min(len(fields), 9)] {
		ticks, err := strconv.ParseInt(string(f), 10, 64)
		if err != nil {
			return nil
		}
		if idle := i == 3 || i == 4; !idle {
			sum += time.Duration(ticks) * (time.Second / 100)
		}
	}
	return &sum
}
