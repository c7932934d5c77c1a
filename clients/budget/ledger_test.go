package budget

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const ms = time.Millisecond

// twoSlots: W' 1 s, hold 200 ms, ahead 100 ms; J + W' is 1.3 s.
var twoSlots = Terms{Slots: 2, Span: time.Second, Hold: 200 * ms, Ahead: 100 * ms}

// book is a ledger, and what was said to it at what time.
type book struct {
	t        *testing.T
	ledger   Ledger
	instance string
	terms    Terms
	epoch    string
	seq      int64
}

// call makes a call at a time and returns what came of it, in a line:
//
//	slot#number+after … for grants, wait d for a place in line, > for pushes
func (b *book) call(at time.Duration, process string, c Call) string {
	b.t.Helper()
	b.seq++
	c.Process, c.Seq, c.Terms, c.Epoch = process, b.seq, b.terms, b.epoch
	r, pushes, err := b.ledger.Call(time.Unix(0, 0).Add(at), b.instance, c)
	if err != nil {
		b.t.Fatal(err)
	}
	b.epoch = r.Epoch
	said := []string{grants(r.Granted)}
	if r.Wait > 0 {
		said = append(said, fmt.Sprint("wait ", r.Wait))
	}
	if c.Beat != nil {
		said = append(said, fmt.Sprint("share ", r.Share))
	}
	for _, p := range pushes {
		said = append(said, fmt.Sprintf("> %s after %v %s", p.Process, p.Age, grants(p.Granted)))
	}
	return strings.Join(slices.DeleteFunc(said, func(s string) bool { return s == "" }), " ")
}

func grants(g Granted) string {
	var said []string
	for _, s := range g.Grants {
		said = append(said, fmt.Sprintf("%d#%d+%v", s.Slot, s.Number, s.After))
	}
	return strings.Join(said, " ")
}

func take(n int) Call { return Call{Take: n} }

func back(slot int, number int64) Call {
	return Call{Returns: []Return{{Slot: slot, Number: number}}}
}

func unused(slot int, number int64) Call {
	return Call{Returns: []Return{{Slot: slot, Number: number, Unused: true}}}
}

type line struct {
	at      time.Duration
	process string
	call    Call
	want    string
}

func play(t *testing.T, b *book, lines []line) {
	t.Helper()
	b.t = t
	for i, l := range lines {
		if got := b.call(l.at, l.process, l.call); got != l.want {
			t.Errorf("line %d, %v of %s: got %q, want %q", i, l.at, l.process, got, l.want)
		}
	}
}

func TestSlotsAreHeldThenFreedByAnswers(t *testing.T) {
	play(t, &book{terms: twoSlots}, []line{
		{0, "a", take(1), "wait 975ms"},                              // all held until 1300; none can be free before 1000, a quarter of ahead before
		{1200 * ms, "a", Call{}, "0#1+100ms"},                        // 100 ms ahead: held to 1300 + 1200 = 2500
		{1250 * ms, "b", take(1), "1#2+50ms"},                        // to 1300 + 1200 = 2500
		{1350 * ms, "b", take(1), "wait 975ms"},                      // 2350 by a report at best
		{1360 * ms, "a", back(0, 1), ""},                             // free from 2360 now
		{1370 * ms, "a", take(1), "wait 975ms"},                      // behind b, for the other slot
		{2260 * ms, "c", Call{}, "> b after 910ms 0#3+100ms"},        // whoever calls first, 100 ms ahead
		{2300 * ms, "b", back(0, 1), ""},                             // an old number frees nothing
		{2400 * ms, "b", back(1, 2), "> a after 1.03s 1#4+100ms"},    // too late to bring it forward: 2500
		{2450 * ms, "b", unused(0, 3), ""},                           // as free as it was: from 2360
		{2450 * ms, "b", unused(0, 3), ""},                           // once only
		{2460 * ms, "c", take(2), "wait 975ms"},                      // both or none: by a report at 3460 at best
		{2470 * ms, "b", take(1), "wait 975ms"},                      // though one is free: first come, first served
		{2600 * ms, "a", back(1, 4), ""},                             // free from 3600
		{3500 * ms, "a", Call{}, "> c after 1.04s 0#5+0s 1#6+100ms"}, // both, one of which has been free
		{3500 * ms, "b", Call{Bye: true}, ""},                        // leaves the line
		{4605 * ms, "a", take(1), "0#7+95ms"},                        // held to 3500 + 1200
	})
}

// Reports of slots that there are not, or that nobody was granted, say nothing.
func TestReportsOfNothing(t *testing.T) {
	play(t, &book{terms: twoSlots}, []line{
		{0, "a", Call{}, ""},
		{10 * ms, "a", back(0, 0), ""},
		{10 * ms, "a", back(-1, 0), ""},
		{10 * ms, "a", back(2, 1), ""},
		{10 * ms, "a", back(-1, 1), ""},
		{1100 * ms, "a", take(1), "wait 175ms"},
		{1200 * ms, "a", Call{}, "0#1+100ms"},
		{1250 * ms, "a", unused(0, 1), ""},
		{1250 * ms, "a", unused(0, 1), ""}, // once only, or it would have been free before
		{1260 * ms, "a", take(1), "0#2+40ms"},
	})
}

func TestTimeNeverGoesBack(t *testing.T) {
	play(t, &book{terms: twoSlots}, []line{
		{0, "a", Call{}, ""},
		{2000 * ms, "a", take(1), "0#1+0s"},
		{700 * ms, "a", take(1), "1#2+0s"}, // it is 2000 still
		{2100 * ms, "a", take(1), "wait 975ms"},
	})
}

// A clock that is set back by more than a new beginning takes is not waited for.
func TestClockSetFarBack(t *testing.T) {
	b := &book{terms: twoSlots} // which it takes 1.3 s
	play(t, b, []line{
		{time.Hour, "a", Call{}, ""},
		{time.Hour + 2000*ms, "a", take(1), "0#1+0s"},
		{time.Hour + 700*ms, "b", Call{}, ""},
	})
	before := b.epoch
	play(t, b, []line{
		{700 * ms, "a", take(1), "wait 975ms"}, // begins anew: free from 2000
		{1899 * ms, "b", take(1), "wait 76ms"},
		{1900 * ms, "b", take(1), "1#2+100ms > a after 1.2s 0#1+100ms"},
	})
	if b.epoch == before {
		t.Errorf("the epoch is %q as before, want another", b.epoch)
	}
}

// A ledger that begins anew holds everything, and knows nothing of numbers that
// were given out before.
func TestAnotherInstanceHoldsEverything(t *testing.T) {
	b := &book{terms: twoSlots}
	play(t, b, []line{
		{0, "a", Call{}, ""},
		{2000 * ms, "a", take(1), "0#1+0s"},
	})
	before := b.epoch
	b.instance = "replica"
	play(t, b, []line{
		{2100 * ms, "a", back(0, 1), ""}, // begins anew: free from 3400
		{3300 * ms, "b", take(1), "0#1+100ms"},
	})
	if b.epoch == before {
		t.Errorf("the epoch is %q as before, want another", b.epoch)
	}
	b.epoch = before
	play(t, b, []line{
		{3400 * ms, "a", back(0, 1), ""}, // of the epoch before
		{4450 * ms, "b", take(2), "wait 125ms"},
	})
}

func TestALedgerKeepsToItsTerms(t *testing.T) {
	var l Ledger
	if _, _, err := l.Call(time.Unix(0, 0), "", Call{Terms: twoSlots}); err != nil {
		t.Fatal(err)
	}
	other := twoSlots
	other.Slots = 3
	if _, _, err := l.Call(time.Unix(0, 0), "", Call{Terms: other}); !errors.Is(err, ErrTerms) {
		t.Errorf("with other terms: %v, want ErrTerms", err)
	}
}

// While others wait, nobody gets more than its part of what is free beyond what
// it needs.
func TestBatchesAreShared(t *testing.T) {
	terms := twoSlots
	terms.Slots = 6
	play(t, &book{terms: terms}, []line{
		{0, "a", Call{Take: 1, UpTo: 100}, "wait 975ms"},
		{0, "b", Call{Take: 1, UpTo: 100}, "wait 975ms"},
		{1200 * ms, "c", take(1), "4#5+100ms > a after 1.2s 0#1+100ms 1#2+100ms > b after 1.2s 2#3+100ms 3#4+100ms"},
	})
}

func beat(base int64, since time.Duration, share int) Call {
	return Call{Beat: &Beat{Base: base, Since: since, Share: share}}
}

// With shares: silent for a second, alone for ten.
var shared = Terms{Slots: 4, Span: time.Second, Hold: 200 * ms, Ahead: 100 * ms, Silent: time.Second, Alone: 10 * time.Second}

func TestSharesNeverAddUpToMore(t *testing.T) {
	play(t, &book{terms: shared}, []line{
		{0, "a", beat(0, 0, 0), "share 0"},               // 1: new, and the ledger is
		{300 * ms, "a", beat(1, 300*ms, 0), "share 0"},   // 2: others may have shares from before
		{1000 * ms, "a", beat(2, 700*ms, 0), "share 4"},  // 3: nobody has
		{1100 * ms, "b", beat(0, 0, 0), "share 0"},       // 4: new
		{1200 * ms, "b", beat(4, 100*ms, 0), "share 0"},  // 5: a has them all still
		{1300 * ms, "a", beat(3, 300*ms, 4), "share 2"},  // 6: told, not yet heard by a
		{1400 * ms, "b", beat(5, 200*ms, 0), "share 0"},  // 7
		{1500 * ms, "a", beat(6, 200*ms, 2), "share 2"},  // 8: a has given up two
		{1600 * ms, "b", beat(7, 200*ms, 0), "share 2"},  // 9
		{1700 * ms, "b", Call{Bye: true}, ""},            // 10
		{1800 * ms, "a", beat(8, 300*ms, 2), "share 4"},  // 11
		{1800 * ms, "a", beat(8, 300*ms, 0), "share 4"},  // 12: the reply before was lost on it
		{1900 * ms, "b", beat(0, 0, 0), "share 0"},       // 13
		{2000 * ms, "b", beat(13, 100*ms, 0), "share 0"}, // 14
	})
}

// What a process was told counts until it says that it has heard what it was told
// after that; and a sign of life counts once.
func TestWhatWasToldCounts(t *testing.T) {
	b := &book{terms: shared}
	play(t, b, []line{
		{0, "a", beat(0, 0, 0), "share 0"},               // 1
		{0, "b", beat(0, 0, 0), "share 0"},               // 2
		{1000 * ms, "a", beat(1, 1000*ms, 0), "share 2"}, // 3
		{1000 * ms, "b", beat(2, 1000*ms, 0), "share 2"}, // 4
		{1100 * ms, "c", beat(0, 0, 0), "share 0"},       // 5
		{1200 * ms, "a", beat(1, 1200*ms, 0), "share 1"}, // 6: it may have heard of 2 all the same
		{1300 * ms, "c", beat(5, 200*ms, 0), "share 0"},  // 7
		{1400 * ms, "a", beat(6, 200*ms, 1), "share 1"},  // 8
		{1500 * ms, "c", beat(7, 200*ms, 0), "share 1"},  // 9
	})
	if got := b.ledger.members; got[0].process != "b" || got[1].process != "a" || got[2].process != "c" {
		t.Errorf("%s, %s, %s are not in the order in which they were heard", got[0].process, got[1].process, got[2].process)
	}
	b.seq = 8
	play(t, b, []line{{1600 * ms, "c", beat(9, 100*ms, 1), "share 0"}}) // 9 again
}

// The share of a process that is not heard of is taken for it, and comes back
// with it.
func TestSlotsAreTakenForTheSilent(t *testing.T) {
	b := &book{terms: shared}
	play(t, b, []line{
		{0, "a", beat(0, 0, 0), "share 0"},               // 1
		{0, "b", beat(0, 0, 0), "share 0"},               // 2
		{1000 * ms, "a", beat(1, 1000*ms, 0), "share 2"}, // 3
		{1000 * ms, "b", beat(2, 1000*ms, 0), "share 2"}, // 4
		{1500 * ms, "b", beat(4, 500*ms, 2), "share 2"},  // 5
		{2499 * ms, "b", beat(5, 999*ms, 2), "share 2"},  // 6: a has been silent since 1000: two slots are taken
		{2500 * ms, "b", Call{Take: 1, UpTo: 4}, "2#3+0s 3#4+0s"},
		{2600 * ms, "a", beat(3, 100*ms, 2), "share 2"}, // 8: held up on its way, sent at 1100
	})
	if all, silent := b.ledger.Members(); all != 2 || silent != 1 {
		t.Errorf("%d members, %d of them silent, want 2 and 1", all, silent)
	}
	play(t, b, []line{
		{2700 * ms, "a", beat(8, 100*ms, 2), "share 2"}, // 9: it is back: its slots are free from 2700 + 1300
		{3000 * ms, "b", beat(6, 500*ms, 2), "share 2"}, // 10
		{3000 * ms, "a", beat(9, 300*ms, 2), "share 2"}, // 11
		{3950 * ms, "a", Call{Take: 1, UpTo: 4}, "2#5+0s 3#6+0s 0#7+50ms 1#8+50ms"},
	})
}

func TestTheSilentAreForgotten(t *testing.T) {
	b := &book{terms: shared}
	play(t, b, []line{
		{0, "a", beat(0, 0, 0), "share 0"},
		{1000 * ms, "a", beat(1, 1000*ms, 0), "share 4"},
		{2000 * ms, "b", take(1), "wait 975ms"}, // all are taken until 1000 + 1000 + 10000 + 1300
		{13250 * ms, "b", Call{}, "0#5+50ms"},
		{13300 * ms, "b", Call{}, ""},
	})
	if all, _ := b.ledger.Members(); all != 0 {
		t.Errorf("%d members, want none", all)
	}
}
