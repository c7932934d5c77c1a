package limiter_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
)

func TestOutcomes(t *testing.T) {
	for _, tt := range []struct {
		o           Outcome
		ok, limited bool
	}{
		{Outcome{Status: 200}, true, false},
		{Outcome{Status: 299}, true, false},
		{Outcome{Status: 199}, false, false},
		{Outcome{Status: 300}, false, false},
		{Outcome{}, false, false},
		{Outcome{Status: 200, Err: errors.New("cut short")}, false, false},
		{Outcome{Status: 200, Refused: true}, false, true},
		{Outcome{Status: 403, Refused: true}, false, true},
		{Outcome{Status: 403}, false, false},
		{Outcome{Status: 428}, false, false},
		{Outcome{Status: 429}, false, true},
		{Outcome{Status: 430}, false, false},
	} {
		if tt.o.OK() != tt.ok || tt.o.Limited() != tt.limited {
			t.Errorf("%+v: OK %v, limited %v; want %v, %v", tt.o, tt.o.OK(), tt.o.Limited(), tt.ok, tt.limited)
		}
	}
}

// The instants that no run reaches are those that the documentation says, to whoever
// compares with them.
func TestNeverAndImpossible(t *testing.T) {
	for want, got := range map[string]time.Time{"2200-01-01T00:00:00Z": Never, "2201-01-01T00:00:00Z": Impossible} {
		if got.Format(time.RFC3339Nano) != want {
			t.Errorf("%v, want %s", got, want)
		}
	}
}

// A quota at each of its bounds, and beyond.
func TestQuotaBounds(t *testing.T) {
	const year = 366 * 24 * time.Hour
	for _, tt := range []struct {
		name   string
		change func(*Quota)
		ok     bool
	}{
		{"Limit 1", func(q *Quota) { q.Limit = 1 }, true},
		{"Limit 0", func(q *Quota) { q.Limit = 0 }, false},
		{"Limit 1e6", func(q *Quota) { q.Limit = 1e6 }, true},
		{"Limit 1e6+1", func(q *Quota) { q.Limit = 1e6 + 1 }, false},
		{"Window 1", func(q *Quota) { q.Window, q.Resolution = 1, 0 }, true},
		{"Window year", func(q *Quota) { q.Window = year }, true},
		{"Window year+1", func(q *Quota) { q.Window = year + 1 }, false},
		{"Count counter", func(q *Quota) { q.Count = CountCounter }, true},
		{"Burst 1", func(q *Quota) { q.Burst = 1 }, true},
		{"Burst -1", func(q *Quota) { q.Burst = -1 }, false},
		{"Burst 1e6", func(q *Quota) { q.Burst = 1e6 }, true},
		{"Burst 1e6+1", func(q *Quota) { q.Burst = 1e6 + 1 }, false},
		{"Burst of a counter", func(q *Quota) { q.Burst, q.Count = 1, CountCounter }, false},
		{"Refill year", func(q *Quota) { q.Burst, q.Refill = 1, year }, true},
		{"Refill year+1", func(q *Quota) { q.Burst, q.Refill = 1, year+1 }, false},
		{"Refill -1", func(q *Quota) { q.Burst, q.Refill = 1, -1 }, false},
		{"Refill 1 without a bucket", func(q *Quota) { q.Refill = 1 }, false},
		{"Resolution Window", func(q *Quota) { q.Resolution = q.Window }, true},
		{"Resolution Window+1", func(q *Quota) { q.Resolution = q.Window + 1 }, false},
		{"Resolution -1", func(q *Quota) { q.Resolution = -1 }, false},
		{"Drift 1e5", func(q *Quota) { q.Drift = 1e5 }, true},
		{"Drift 1e5+1", func(q *Quota) { q.Drift = 1e5 + 1 }, false},
		{"Drift -1", func(q *Quota) { q.Drift = -1 }, false},
	} {
		q := threePerSecond
		tt.change(&q)
		err := q.Validate()
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v, want that it is valid: %v", tt.name, err, tt.ok)
		}
		if field, _, _ := strings.Cut(tt.name, " "); err != nil && !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v does not name the field", tt.name, err)
		}
	}
}

func TestLatencyBounds(t *testing.T) {
	const year = 366 * 24 * time.Hour
	for _, tt := range []struct {
		longest, shortest time.Duration
		ok                bool
	}{
		{0, 0, true}, {0, 1, true}, {0, year, true}, {0, year + 1, false}, {0, -1, false}, {-1, 0, false},
		{1, 1, true}, {1, 2, false}, {5, 4, true},
	} {
		if err := ValidateLatencies(tt.longest, tt.shortest); (err == nil) != tt.ok {
			t.Errorf("%v and %v: %v", tt.longest, tt.shortest, err)
		}
	}
}

// What a paced request turns out to cost moves the next one, and no further than
// before the last.
func TestPacedSettles(t *testing.T) {
	interval := threePerSecond.Span() / 3
	for _, tt := range []struct {
		charged, cost int64
		want          time.Duration // of the next
	}{
		{1, 0, interval}, {1, 1, interval}, {1, 2, 2 * interval}, {3, 1, interval}, {3, 2, 2 * interval}, {2, 3, 3 * interval},
	} {
		l := limitertest.New(&Paced{}, threePerSecond)
		k := l.Sent(epoch, tt.charged)
		l.Done(epoch, k, Outcome{Status: 200, Cost: tt.cost})
		if got := l.Next(epoch, 1).Sub(epoch); got < tt.want || got > tt.want+3 {
			t.Errorf("charged %d, cost %d: the next may leave at %v, want %v", tt.charged, tt.cost, got, tt.want)
		}
	}
	l := limitertest.New(&Paced{}, threePerSecond)
	k := l.Sent(epoch, 1)
	l.Done(epoch, k, Outcome{Status: 200, Cost: 1 << 62})
	if got := l.Next(epoch, 1); got.Before(epoch.Add(3*interval)) || got.Before(epoch) {
		t.Errorf("after a cost without end the next may leave at %v", got)
	}
}

// How many slots there are can be changed within the quota, and how many the server
// may have counted is told.
func TestSlots(t *testing.T) {
	s := NewSlots(threePerSecond, 0, 0)
	for _, tt := range []struct{ set, want int64 }{{2, 2}, {0, 1}, {-5, 1}, {4, 3}, {1000, 3}, {1, 1}, {3, 3}} {
		if s.SetLimit(tt.set); s.Limit() != tt.want {
			t.Errorf("a limit of %d is %d, want %d", tt.set, s.Limit(), tt.want)
		}
	}
	held := func(then time.Duration, want int64) {
		t.Helper()
		if got := s.Held(epoch.Add(then)); got != want {
			t.Errorf("from %v on %d are held, want %d", then, got, want)
		}
	}
	held(0, 0)
	first, second := s.Sent(epoch, 1), s.Sent(epoch.Add(ms), 2)
	held(0, 3)
	held(time.Hour, 3) // nothing is known of when they come
	span := threePerSecond.Span()
	s.Ended(epoch.Add(10*ms), first, &Outcome{Status: 200})
	held(10*ms+span-1, 3)
	held(10*ms+span, 2)
	s.Free(second)
	held(10*ms+span, 0)
	at := epoch.Add(2 * time.Second)
	s.Ended(at, s.Sent(at, 1), &Outcome{Status: 200})
	if got := s.Next(at, 2); got.After(at) {
		t.Errorf("beside one a cost of 2 may leave at %v", got.Sub(epoch))
	}
	s.Hold(at, 1)
	held(2*time.Second, 2)
	if got := s.Next(at, 1); got.After(at) {
		t.Errorf("beside one, and one of somebody else's, a cost of 1 may leave at %v", got.Sub(epoch))
	}
	if got := s.Next(at, 2); !got.Equal(at.Add(span)) {
		t.Errorf("beside one, and one of somebody else's, a cost of 2 may leave at %v, want %v", got.Sub(epoch), 2*time.Second+span)
	}
}

// A witness is a limiter that says what it is told.
type witness struct {
	Limiter
	told []string
}

func (w *witness) note(format string, args ...any) {
	w.told = append(w.told, fmt.Sprintf(format, args...))
}

func (w *witness) Next(now time.Time, cost int64) time.Time {
	w.note("next %d", cost)
	return epoch.Add(time.Duration(cost) * ms)
}

func (w *witness) Sent(now time.Time, cost int64) Ticket {
	w.note("sent %d", cost)
	return Ticket(len(w.told))
}

func (w *witness) Due(at time.Time)             { w.note("due %v", at.Sub(epoch)) }
func (w *witness) Delay(k Ticket)               { w.note("delay %d", k) }
func (w *witness) Left(now time.Time, k Ticket) { w.note("left %d at %v", k, now.Sub(epoch)) }
func (w *witness) Wake(f func())                { f() }

// A witnessConfig makes one.
type witnessConfig struct{ *witness }

func (witnessConfig) Validate(Quota) error         { return nil }
func (c witnessConfig) New(Quota) (Limiter, error) { return c.witness, nil }

// Who asks a limiter of one limit for several costs has to have one, and guards pass
// on what there is to know.
func TestWhatIsPassedOn(t *testing.T) {
	w := &witness{}
	for _, tt := range []struct {
		costs []int64
		want  time.Time
	}{{nil, Impossible}, {[]int64{1, 2}, Impossible}, {[]int64{7}, epoch.Add(7 * ms)}} {
		if got := NextEach(w, epoch, tt.costs); !got.Equal(tt.want) {
			t.Errorf("costs %v may leave at %v, want %v", tt.costs, got, tt.want)
		}
	}
	SentEach(w, epoch, []int64{5})
	g, err := New(witnessConfig{w}, threePerSecond, Guards{InFlight: 2})
	if err != nil {
		t.Fatal(err)
	}
	g.(Punctual).Due(epoch.Add(ms))
	g.(Delayable).Delay(3)
	g.(Delayable).Left(epoch.Add(2*ms), 3)
	woken := 0
	g.(Waking).Wake(func() { woken++ })
	if got, want := strings.Join(w.told, ", "), "next 7, sent 5, due 1ms, delay 3, left 3 at 2ms"; got != want || woken != 1 {
		t.Errorf("told %s, woken %d times; want %s, once", got, woken, want)
	}
}
