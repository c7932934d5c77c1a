package server

import (
	"slices"
	"testing"
	"time"
	"unsafe"
)

// at is a clock that stands still.
type at time.Time

func (a at) Now() time.Time            { return time.Time(a) }
func (a at) Sleep(time.Duration) error { return nil }

// What is foretold of exchanges, pointer by pointer: of those that are about to arrive the
// account and what its limit remembers, of the others nothing but themselves.
func TestAhead(t *testing.T) {
	const line = 64
	c := ReferenceConfig()
	c.Keys, c.Alone = []string{"a", "b"}, true
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	clock := at(time.Unix(1_700_000_000, 0))
	exchanges := make([]Exchange, 3)
	for i := range exchanges {
		e := &exchanges[i]
		s.OpenKey(e, i%2, 1)
		for range i { // not begun, on its way in, and out
			e.Step(clock)
		}
	}
	var a Ahead
	all := func() (far [4][]unsafe.Pointer) {
		a.Reset()
		for i := range exchanges {
			a.Add(&exchanges[i])
		}
		for i := range far {
			far[i] = a.Lines(i, nil)
		}
		return far
	}
	got := all()
	var own []unsafe.Pointer
	for i := range exchanges {
		e := &exchanges[i]
		own = append(own, unsafe.Pointer(e), unsafe.Pointer(&e.due), unsafe.Pointer(&e.visit))
	}
	account := &s.accounts[1]
	if want := []unsafe.Pointer{unsafe.Pointer(account), unsafe.Pointer(&account.own)}; !slices.Equal(got[0], own) || !slices.Equal(got[1], want) {
		t.Errorf("first %v and then %v, want %v and %v", got[0], got[1], own, want)
	}
	if log, entries := len(got[2]), len(got[3]); log != 2 || entries != 2 {
		t.Errorf("%d addresses of the log and %d of its entries, want 2 of each", log, entries)
	}
	if again := all(); !slices.Equal(again[3], got[3]) {
		t.Error("what is asked for again is something else")
	}
	if unsafe.Sizeof(uintptr(0)) != 8 {
		return
	}
	if size, own := unsafe.Sizeof(*account), unsafe.Offsetof(account.own); size%line != 0 || own != line || unsafe.Offsetof(account.own.ledger) >= 2*line {
		t.Errorf("an account has %d bytes, and its book begins after %d; want whole lines, and %d", size, own, line)
	}
}
