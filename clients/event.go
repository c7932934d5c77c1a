package clients

import (
	"fmt"
	"time"

	"ratebench/clients/limiter"
)

// A Request is one unit of work on its way through the client.
type Request struct {
	ID      int64     // sequential from 0
	First   time.Time // when the generator made it
	Created time.Time // First, until a retry resets it
	Retries int       // how often the dead letter queue has put it back
}

// Kind says what an Event reports.
type Kind uint8

// The life of a request: Generated, then Taken by a worker; then either
// Expired, or Sent and Answered. After Expired, or after an Answered other
// than 200, exactly one of Dropped and DeadLettered follows, unless an
// Answered is Retried, which begins anew with Expired or Sent. DeadLettered
// is followed by Requeued (and Taken again) or Buried.
const (
	Generated    Kind = iota + 1 // put into the main queue
	Taken                        // out of the main queue, into a worker's hands
	Expired                      // its TTL passed, in the queue or at the gate
	Sent                         // departed
	Answered                     // Outcome holds the answer, or why there was none
	Retried                      // about to be tried again by its worker, after a pause
	Dropped                      // given up for good; Cause is Expired or Answered
	DeadLettered                 // into the dead letter queue
	Requeued                     // back into the main queue, with a new creation time
	Buried                       // into the graveyard
)

var kindNames = [...]string{"none", "generated", "taken", "expired", "sent", "answered", "retried", "dropped", "dead-lettered", "requeued", "buried"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// An Event is one step of one request. Fields that a kind does not mention
// are zero.
type Event struct {
	Time    time.Time
	Kind    Kind
	Cause   Kind // of Dropped: Expired or Answered
	Request Request
	Key     int             // index of the API key that a worker works for; NoKey of a request that is in no worker's hands
	Outcome limiter.Outcome // Answered: with when the request left
}

// NoKey is the Event.Key of a request that no worker has in its hands.
const NoKey = -1

// An Observer is told of every event, in order of time. In real time it is
// called from many goroutines at once. The event is the caller's, who uses it
// again: an Observer neither changes nor keeps it.
type Observer interface{ Observe(*Event) }
