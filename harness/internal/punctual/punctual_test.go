package punctual

import (
	"runtime"
	"testing"
)

// A recorder is a test that is told its end, which ends the goroutine as a test's does.
type recorder struct {
	testing.TB
	failed, skipped bool
}

func (r *recorder) Helper()             {}
func (r *recorder) Log(...any)          {}
func (r *recorder) Logf(string, ...any) {}
func (r *recorder) Fatal(...any)        { r.failed = true; runtime.Goexit() }
func (r *recorder) Skip(...any)         { r.skipped = true; runtime.Goexit() }

func TestTry(t *testing.T) {
	for _, c := range []struct {
		attempts        string // r: right, w: wrong, b: wrong on a busy machine
		made            int
		failed, skipped bool
	}{
		{"r", 1, false, false},
		{"wr", 2, false, false},
		{"bbbr", 4, false, false},
		{"ww", 2, true, false},
		{"bwbw", 4, true, false},
		{"bbbb", 4, false, true},
		{"bbwb", 4, false, true},
	} {
		var r recorder
		made := 0
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			Try(&r, func(wrong *Findings) Machine {
				how := c.attempts[made]
				made++
				if how != 'r' {
					wrong.Errorf("attempt %d", made)
				}
				return Machine{OnTime: how == 'w'}
			})
		}()
		<-ended
		if made != c.made || r.failed != c.failed || r.skipped != c.skipped {
			t.Errorf("%s: %d attempts, failed %v, skipped %v, want %d, %v, %v", c.attempts, made, r.failed, r.skipped, c.made, c.failed, c.skipped)
		}
	}
}
