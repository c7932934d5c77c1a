package pace

import (
	"slices"
	"testing"
	"time"
	"unsafe"

	"ratebench/clients/limiter"
)

// A foretold limiter or signal says where it would look: at bytes of its own, one for
// each distance.
type foretold struct {
	limiter.Limiter
	limiter.OpenLoop
	deaf
	bytes [4]byte
}

func (f *foretold) Next(time.Time, int64) time.Time { return limiter.Never }

func (f *foretold) Lines(far int, lines []unsafe.Pointer) []unsafe.Pointer {
	return append(lines, unsafe.Pointer(&f.bytes[far]))
}

type deaf struct{}

func (deaf) Notify()              {}
func (deaf) Wait(time.Time) error { return nil }

// What is foretold of turns, pointer by pointer: the limiter where it is going to be asked,
// and the signal of who is behind.
func TestAhead(t *testing.T) {
	l := &foretold{}
	g := newGate(t, GateConfig{Limiter: l, Refusals: Refusals{Ignore: true}})
	g.openLoop = true
	first, second, third := &Turn{}, &Turn{}, &Turn{}
	signals := []*foretold{{}, {}}
	var a Ahead
	lines := func(turns ...*Turn) (far [5][]unsafe.Pointer) {
		for _, t := range turns {
			a.Add(t, g)
		}
		for i := range 4 {
			far[i] = a.Lines(i, nil)
		}
		far[4] = a.Lines(0, nil)
		return far
	}
	fields := func(t *Turn) []unsafe.Pointer {
		return []unsafe.Pointer{unsafe.Pointer(t), unsafe.Pointer(&t.Permit), unsafe.Pointer(&t.came), unsafe.Pointer(g), unsafe.Pointer(&g.nonces), unsafe.Pointer(&g.stats)}
	}
	nonces := unsafe.Pointer(g.nonces)
	limits := func(far int) unsafe.Pointer { return unsafe.Pointer(&l.bytes[far]) }
	check := func(name string, got [5][]unsafe.Pointer, want ...[]unsafe.Pointer) {
		t.Helper()
		for far := range got {
			var w []unsafe.Pointer
			if far < len(want) {
				w = want[far]
			}
			if !slices.Equal(got[far], w) {
				t.Errorf("%s, %d away: %v, want %v", name, far, got[far], w)
			}
		}
	}
	check("nobody is in line", lines(first), fields(first), []unsafe.Pointer{nonces, limits(0)}, []unsafe.Pointer{limits(1)}, []unsafe.Pointer{limits(2)})
	g.Enter(first, signals[0], time.Time{})
	g.Enter(second, signals[1], time.Time{})
	check("one who comes behind others", lines(third), fields(third), []unsafe.Pointer{unsafe.Pointer(second)})
	check("the first of two", lines(first), fields(first),
		[]unsafe.Pointer{unsafe.Pointer(second), unsafe.Pointer(second), nonces, limits(0)},
		[]unsafe.Pointer{limits(1), unsafe.Pointer(&signals[1].bytes[0])},
		[]unsafe.Pointer{limits(2), unsafe.Pointer(&signals[1].bytes[1])})
	g.openLoop = false
	check("an answer may be news", lines(third), fields(third), []unsafe.Pointer{unsafe.Pointer(second), nonces, limits(0)}, []unsafe.Pointer{limits(1)}, []unsafe.Pointer{limits(2)})
	g.ahead = nil
	check("a limiter that foretells nothing", lines(third, third), append(fields(third), fields(third)...), []unsafe.Pointer{unsafe.Pointer(second), unsafe.Pointer(second)})
}

// What every request looks at of a gate is three lines of a processor's cache, and of a turn
// three more, of which whoever is before it needs the first alone.
func TestGatesAndTurnsAreInFewLines(t *testing.T) {
	const line = 64
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("sizes are those of 64 bits")
	}
	var g Gate
	var turn Turn
	for _, tt := range []struct {
		what string
		got  uintptr
		want uintptr
	}{
		{"the second line of a gate", unsafe.Offsetof(g.nonces), line},
		{"the third line of a gate", unsafe.Offsetof(g.delayed), 2 * line},
		{"the count of those that failed", unsafe.Offsetof(g.stats) + unsafe.Offsetof(g.stats.Failed), 3*line - 8},
		{"the size of a gate, less whole lines", unsafe.Sizeof(g) % line, 0},
		{"the second line of a turn", unsafe.Offsetof(turn.Permit), line},
		{"the third line of a turn", unsafe.Offsetof(turn.came), 2 * line},
		{"what is seldom looked at", unsafe.Offsetof(turn.until), 3 * line},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %d, want %d", tt.what, tt.got, tt.want)
		}
	}
	for range 20 {
		g := newGate(t, GateConfig{Limiter: &foretold{}})
		if at := uintptr(unsafe.Pointer(g)) % line; at != 0 {
			t.Errorf("a gate begins %d bytes after a line does", at)
		}
	}
}
