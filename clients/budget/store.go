package budget

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Store keeps the ledger of one budget for all processes.
type Store interface {
	// Call carries a call to the store and its reply back. It ends within a
	// time of the store's own choosing, with an error if there was no reply; the
	// call may all the same be applied, then or later.
	Call(ctx context.Context, c Call) (Reply, error)
	// Listen has grants that are pushed to a process told to it, until stop is
	// called. A push may be lost.
	Listen(process string, pushed func(Push)) (stop func())
}

// ErrTerms is what the error is of a call whose terms are not those that the
// ledger was begun with: processes are configured differently.
var ErrTerms = errors.New("the terms of the budget differ from those that its ledger has")

// Terms are what a ledger is begun with. Spans are whole microseconds.
type Terms struct {
	// Slots is N.
	Slots int
	// Span is W', the age at which a slot can be used again.
	Span time.Duration
	// Hold is Slack + Latency: from the time a slot may first be used to that
	// when the request has arrived for certain.
	Hold time.Duration
	// Ahead is how long before a slot is free it can be granted.
	Ahead time.Duration
	// Silent and Alone are those of Config in mode Safe, otherwise 0.
	Silent, Alone time.Duration
}

// Recovery is J + W', the time within which everything that has been granted
// counts no more.
func (t Terms) Recovery() time.Duration { return t.Ahead + t.Hold + t.Span }

func (t Terms) String() string {
	return fmt.Sprintf("%d slots of %v, hold %v, ahead %v, silent %v, alone %v", t.Slots, t.Span, t.Hold, t.Ahead, t.Silent, t.Alone)
}

// A Call is what a process tells its store and asks of it, all in one.
type Call struct {
	Process string
	Terms   Terms
	// Seq numbers the calls of a process, upwards, and from one that runs to the
	// next.
	Seq int64
	// Epoch is that of the process's last reply, in which its Returns count.
	Epoch string
	// Returns are slots given back.
	Returns []Return
	// Take is how many slots are needed, all or none; 0: none are. A process that
	// stands in line keeps its place.
	Take int
	// UpTo is how many more would be of use: at least Take.
	UpTo int
	// Beat is a sign of life; nil is none.
	Beat *Beat
	// Bye says that the process ends.
	Bye bool
}

// A Return gives a slot back.
type Return struct {
	Slot   int
	Number int64 // the fencing number of the grant
	// Unused says that no request has left, nor ever will, on the grant;
	// otherwise its request has been answered.
	Unused bool
}

// A Beat is a sign of life.
type Beat struct {
	// Base is the Seq of the last beat that was answered, and Since the least time
	// that has passed since. A Base of 0 is none.
	Base  int64
	Since time.Duration
	// Share is the share that the process lives off while it is alone.
	Share int
}

// A Reply is a store's answer to a call.
type Reply struct {
	// Epoch changes when the store has lost its memory.
	Epoch string
	// Granted is what the process has got, or, with no Grants, the place in line
	// that it keeps.
	Granted
	// Wait is how long to wait for a push before asking again; 0: the process is
	// not in line.
	Wait time.Duration
	// Share answers a Beat, and Heard is how long ago the sign of life was that
	// counts.
	Share int
	Heard time.Duration
}

// Granted are slots for a process.
type Granted struct {
	// Seq is that of the call with which the process came into line, and Age how
	// long ago that was.
	Seq int64
	Age time.Duration
	// Grants are the slots.
	Grants []Grant
}

// A Grant is a slot taken for a process.
type Grant struct {
	Slot   int
	Number int64
	// After is in how long it is free.
	After time.Duration
}

// A Push is what a store tells a process that stood in line.
type Push struct {
	Process string
	Epoch   string
	Granted
}
