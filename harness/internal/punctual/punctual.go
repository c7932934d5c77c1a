// Package punctual is for tests of what holds in real time as long as the machine is
// on time: that there are no refusals where requests are held up by no more than
// limiters were told.
package punctual

import (
	"fmt"
	"testing"
)

// Findings are what an attempt found wrong.
type Findings []string

// Errorf adds one.
func (f *Findings) Errorf(format string, args ...any) {
	*f = append(*f, fmt.Sprintf(format, args...))
}

// A Machine is what is known of the machine during an attempt. A watch takes samples
// and misses what happens between them: a single request can have been held up on a
// machine that was on time.
type Machine struct {
	OnTime     bool
	Conditions fmt.Stringer
}

const (
	attempts = 4
	proof    = 2 // attempts that are wrong on a machine that was on time
)

// Try makes an attempt, and another one as long as something is found wrong: it may be
// the machine's doing. Two that were wrong on a machine that was on time fail the
// test. After four of which too few were on time nothing is known, and the test is
// skipped, which it says.
func Try(t testing.TB, attempt func(wrong *Findings) Machine) {
	t.Helper()
	onTime := 0
	for n := 1; n <= attempts; n++ {
		var wrong Findings
		m := attempt(&wrong)
		if len(wrong) == 0 {
			return
		}
		t.Logf("attempt %d, %v:", n, m.Conditions)
		for _, text := range wrong {
			t.Log(text)
		}
		if m.OnTime {
			onTime++
		}
		if onTime == proof {
			t.Fatal("this is wrong on a machine that was on time")
		}
	}
	t.Skip("skipped: the machine was held up too often")
}
