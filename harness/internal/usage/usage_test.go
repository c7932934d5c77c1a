package usage

import (
	"runtime"
	"testing"
	"time"
)

func TestBusy(t *testing.T) {
	const first = "cpu  100 20 30 4000 50 6 7 8 9 10\n"
	for text, want := range map[string]time.Duration{
		first + "cpu0 1 2 3 4 5 6 7 8\n": (100 + 20 + 30 + 6 + 7 + 8) * 10 * time.Millisecond, // a guest's time is in the user's
		"cpu 1 2 3 4 5\n":                (1 + 2 + 3) * 10 * time.Millisecond,
	} {
		if got := busy([]byte(text)); got == nil || *got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"", "cpu\n", "cpu 1 2 3 4\n", "cpu0 1 2 3 4 5 6 7 8\n", "cpu a b c d e\n", "intr 1 2 3 4 5 6\n"} {
		if got := busy([]byte(text)); got != nil {
			t.Errorf("%q: %v, want none", text, *got)
		}
	}
}

// On Linux everything is known, and work is seen.
func TestThisProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells all of it")
	}
	resident, peak, before := Resident(), PeakResident(), WithChildren()
	if resident == nil || peak == nil || before == nil || Machine() == nil || Processor() == nil {
		t.Fatal("not known")
	}
	if *resident < 1<<20 || *peak < 1<<20 || *peak > 1<<40 {
		t.Errorf("%d bytes resident, %d at most", *resident, *peak)
	}
	x := 1.0
	for *WithChildren() == *before {
		for range 1 << 20 {
			x *= 1.0000001
		}
	}
	if use := Processor(); use.CPU <= 0 || x < 1 {
		t.Errorf("used %+v", use)
	}
}
