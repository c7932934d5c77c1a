// Package budget shares one limit among several processes.
//
// A quota of N requests per window is N slots at a store that all processes
// reach (Store; package redis has one). A process takes a slot before a request
// leaves, and reports the answer. What is here is two state machines without
// clock, lock or I/O: the Ledger, which a store keeps, and the process's side,
// which a Budget drives. A Budget is a limiter.Limiter: pace.Gate and
// pace.Transport work on it as on any other.
//
// # The rules
//
// Let W' be limiter.Quota.Span, J the longest time from the call that grants a
// slot to the arrival of the request at the server: J = Ahead + Slack + Latency,
// see Config. All times below are the store's.
//
//   - A slot has a time f from which it is free. Taken at t it is held: with
//     b = max(t, f), its new time is b + Slack + Latency + W', which is at most
//     t + J + W', because slots are granted at most Ahead before they are free.
//   - An answer frees it earlier: reported at t, f = min(f, t + W'). A fencing
//     number, new with each grant, keeps a report from freeing the slot of
//     another.
//   - Who finds none stands in one line of all processes, first come, first
//     served, each process once. Whoever calls next pushes grants to those whose
//     turn it is; if nobody does, the one in line asks again by itself.
//   - A crash loses nothing: what a process held runs out by itself, J + W'
//     after it was taken.
//   - A store that has lost its memory, or has been replaced, starts with every
//     slot held for J + W'. A fencing number counts in its own epoch only.
//   - Only durations leave the store: the grant says how long ago the call was
//     and in how long the slot is free. No two clocks are ever compared.
//
// # Why no window holds more than N arrivals
//
// The process leaves no sooner than the slot is free: it counts from when it
// received the grant, which is after it was made. And it leaves no later than
// b + Slack: it counts from when it sent the call, which is before the store had
// it. So a request arrives at b ≤ a ≤ b + Slack + Latency. Then f ≥ a + W' after
// either rule: held, f = b + Slack + Latency + W'; reported at t, f = t + W', and
// t is not before the answer, which is not before a. The next request on the slot
// leaves at f or later. Two arrivals that share a slot therefore lie W' apart,
// and of N+1 arrivals two share one.
//
// A grant that comes too late to be used is given back unused: the way to the
// store may take any time at all. So may a report.
//
// # What that assumes
//
//   - A request that has left arrives within Latency, or never. What lies between
//     the departure at the gate and the wire, such as a handshake, is part of it.
//   - Clocks run steadily, each at most Quota.Drift faster or slower than any
//     other: spans are widened by that as limiter.Quota.Span is. The store's may
//     be set back, not forward: it stands until it has caught up, or, if that is
//     longer than J + W' and Silent, begins anew as without its memory.
//   - The store applies one call after the other. It may forget everything, or go
//     on from an older state, if the calls then bear another Instance. There is one
//     at a time: an old one that some still reach when another has taken its place
//     grants N slots as well.
//   - Nobody else uses the quota, and all processes are configured alike.
//
// # Without the store
//
// Mode says what happens. In Safe, the default, processes heard from are counted,
// and each is told a share of at most ⌊N/P⌋, of which the store sees to it that
// they never add up to more than N. A process that has not reached the store
// stays silent for Silent + J + W' after its last sign of life and then lives off
// its share, for Alone at most. The store takes as many slots for it, from Silent
// after that sign of life. So either of the two may be wrong about the other
// being gone. On the way back the process first stops, then reports, and its
// slots are free J + W' later. A store without memory adds Silent to its pause for
// what nobody reports to have lived off: within that every process that lives off
// its share has noticed the store. That none is cut off just then is one more
// assumption of Safe.
//
// Nobody can tell a crash from a cut line: in Safe the share of a process that
// died is kept back for Alone, unless one with its name comes back sooner or it
// said Close. Pessimistic has neither shares nor that cost.
//
// Sources: Van Jacobson, "Congestion avoidance and control", 1988 (ack clocking);
// Gray and Cheriton, "Leases", 1989; Doorman's design, YouTube, 2016 (safe
// capacity, learning mode); fencing after Kleppmann, "How to do distributed
// locking", 2016.
package budget

import (
	"errors"
	"fmt"
	"time"

	"ratebench/clients/limiter"
)

// A Mode says what a process does without its store.
type Mode uint8

const (
	// Safe stays silent until nothing that was granted counts any more, then
	// lives off the process's share. It is the default.
	Safe Mode = iota
	// Pessimistic sends nothing without a grant.
	Pessimistic
	// Optimistic lives off its share at once, and returns at once. What it sends
	// comes on top of what was granted: a window can hold 2N.
	Optimistic

	modes
)

var modeNames = [modes]string{"safe", "pessimistic", "optimistic"}

func (m Mode) String() string {
	if m < modes {
		return modeNames[m]
	}
	return fmt.Sprintf("Mode(%d)", uint8(m))
}

// MarshalText implements encoding.TextMarshaler.
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *Mode) UnmarshalText(text []byte) error {
	for i, name := range modeNames {
		if name == string(text) {
			*m = Mode(i)
			return nil
		}
	}
	return fmt.Errorf("%.40q is not a mode, want safe, pessimistic or optimistic", text)
}

// A Config is one process's view of a budget. All but Process must be the same
// for all processes.
type Config struct {
	// Process is the name of this process, one for each that runs: a host name
	// and a number, say. One that starts again under its old name gets its share
	// back at once. Required, at most 100 bytes.
	Process string
	// Quota is what all processes have together: a window of at most 10000
	// requests, and of 10 ms or more. Required.
	Quota limiter.Quota
	// Latency is the longest time from the departure of a request to its arrival
	// at the server: more than 0, at most an hour. Required. A generous one costs
	// nothing as long as answers come.
	Latency time.Duration
	// Slack is how late a slot may be used: more than 0, at most an hour. It
	// has to be longer than a call to the store takes. It costs as little as
	// Latency does. 0 is a quarter of the window, at most 1 s.
	Slack time.Duration
	// Ahead is how long before a slot is free it can be granted: more than 0, at
	// most an hour. More than a call takes is of use, and up to half of the window. 0 is a tenth of the window, at most 1 s.
	Ahead time.Duration
	// Batch is the most slots that a call takes for requests to come, a lease: 1
	// to 1000. What is not used within Slack goes back. It is for quotas of some
	// 100/s and more, which a call for each request would not keep up with. 0
	// is 1.
	Batch int
	// Linger is how long reports of answers may wait for others, to share a call:
	// 0 to an hour. Slots are free that much later. 0 does not wait.
	Linger time.Duration
	// Mode is what happens without the store.
	Mode Mode
	// Silent is after how long without a sign of life the store takes the share of
	// a process for it: 100 ms or more, at most an hour. Signs of life are sent
	// three times as often. 0 is 3 s.
	Silent time.Duration
	// Alone is how long a process lives off its share at most, in Safe: up to a
	// day. 0 is a minute.
	Alone time.Duration
}

// withDefaults fills in what is 0.
func (c Config) withDefaults() Config {
	const most = time.Second
	fill := func(d *time.Duration, to time.Duration) {
		if *d == 0 {
			*d = to
		}
	}
	fill(&c.Slack, min(c.Quota.Window/4, most))
	fill(&c.Ahead, min(c.Quota.Window/10, most))
	fill(&c.Silent, 3*time.Second)
	fill(&c.Alone, time.Minute)
	return c
}

// Validate names the first field whose value is out of range.
func (c Config) Validate() error {
	if err := c.Quota.Validate(); err != nil {
		return err
	}
	c = c.withDefaults()
	within := func(field string, d, least, most time.Duration) error {
		if d < least || d > most {
			return fmt.Errorf("budget's %s is %v, want %v to %v", field, d, least, most)
		}
		return nil
	}
	switch {
	case c.Process == "" || len(c.Process) > 100:
		return fmt.Errorf("budget's Process is %.40q, want a name of 1 to 100 bytes", c.Process)
	case c.Quota.Limit > maxSlots:
		return fmt.Errorf("budget's Quota has the limit %d, want 1 to %d", c.Quota.Limit, maxSlots)
	case c.Quota.Burst > 0 || c.Quota.Count != limiter.CountLog:
		return errors.New("budget's Quota is not a sliding window, want one: Count log and no Burst")
	case c.Quota.Window < 10*time.Millisecond:
		return fmt.Errorf("budget's Quota has the window %v, want 10ms or more", c.Quota.Window)
	case c.Batch < 0 || c.Batch > 1000:
		return fmt.Errorf("budget's Batch is %d, want 1 to 1000, or 0 for 1", c.Batch)
	case c.Mode >= modes:
		return fmt.Errorf("budget's Mode is %v, want safe, pessimistic or optimistic", c.Mode)
	}
	return errors.Join(
		within("Latency", c.Latency, 1, time.Hour),
		within("Slack", c.Slack, 1, time.Hour),
		within("Ahead", c.Ahead, 1, time.Hour),
		within("Linger", c.Linger, 0, time.Hour),
		within("Silent", c.Silent, 100*time.Millisecond, time.Hour),
		within("Alone", c.Alone, 0, 24*time.Hour),
	)
}

// Terms are the spans that a store works with.
func (c Config) Terms() Terms {
	c = c.withDefaults()
	t := Terms{
		Slots: c.Quota.Limit,
		Span:  microseconds(c.Quota.Span()),
		Hold:  microseconds(c.longest(c.Slack + c.Latency)),
		Ahead: microseconds(c.Ahead),
	}
	if c.Mode == Safe {
		t.Silent, t.Alone = microseconds(c.Silent), microseconds(c.longest(c.Alone))
	}
	return t
}

// longest is what one clock shows at most while another shows d; shortest what
// it shows at least.
func (c Config) longest(d time.Duration) time.Duration  { return d + c.drift(d) }
func (c Config) shortest(d time.Duration) time.Duration { return d - c.drift(d) }

// drift is by how much two clocks can differ after d, rounded up.
func (c Config) drift(d time.Duration) time.Duration {
	const million = 1_000_000
	ppm := time.Duration(c.Quota.Drift)
	if ppm == 0 {
		ppm = limiter.DefaultDrift
	}
	return d/million*ppm + (d%million*ppm+million-1)/million
}

// microseconds rounds up to what stores count in.
func microseconds(d time.Duration) time.Duration {
	return (d + time.Microsecond - 1).Truncate(time.Microsecond)
}

// maxSlots keeps a store from being held up by one call.
const maxSlots = 10000
