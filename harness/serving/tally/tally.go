// Package tally counts what a server did with the requests of clients that it
// knows nothing else about, by key, and makes results of it.
package tally

import (
	"cmp"
	"errors"
	"hash/maphash"
	"maps"
	"slices"
	"sync"
	"time"

	"ratebench/clients"
	"ratebench/clients/limiter"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/scenario"
	"ratebench/server"
)

// Counts are how many requests of a key ended in each way.
type Counts struct {
	Accepted, Refused, Blocked int
	OutOfOrder                 int // their nonces were
	Other                      int // nothing of these, as with an unknown key or a full server
}

// Answered is how many there were.
func (c Counts) Answered() int {
	return c.Accepted + c.Refused + c.Blocked + c.OutOfOrder + c.Other
}

// Plus is the sum of both.
func (c Counts) Plus(o Counts) Counts {
	return Counts{
		Accepted: c.Accepted + o.Accepted, Refused: c.Refused + o.Refused, Blocked: c.Blocked + o.Blocked,
		OutOfOrder: c.OutOfOrder + o.OutOfOrder, Other: c.Other + o.Other,
	}
}

// NoKey is the key of requests with none that is known. Keys that are welcome
// without being known are told apart, as they are used: the first is NoKey − 1, the
// next NoKey − 2, and mostWelcome of them are.
const (
	NoKey       = -1
	mostWelcome = 100
)

// A Tally counts requests. It is safe for concurrent use.
type Tally struct {
	now func() time.Time

	mu       sync.Mutex
	counts   map[int]*Counts
	welcome  map[uint64]int // keys that are not known, by their hashes: they are secrets
	seed     maphash.Seed
	recorder *metrics.Recorder // nil: there was no request yet
	start    time.Time         // when the first came in
	end      time.Time         // of the last answer
	id       int64
}

// New returns a tally that has counted nothing, by a clock.
func New(now func() time.Time) *Tally {
	return &Tally{now: now, counts: map[int]*Counts{}, welcome: map[uint64]int{}, seed: maphash.MakeSeed()}
}

// Observe counts one request, as the end of it is observed.
func (t *Tally) Observe(h server.Handled) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := t.keyOf(&h)
	if t.counts[key] == nil {
		t.counts[key] = new(Counts)
	}
	c := t.counts[key]
	switch h.Verdict {
	case server.OK:
		c.Accepted++
	case server.RateLimited:
		c.Refused++
	case server.Blocked:
		c.Blocked++
	case server.BadNonce:
		c.OutOfOrder++
	default:
		c.Other++
	}
	t.record(&h)
}

// keyOf is the key that a request is counted by.
func (t *Tally) keyOf(h *server.Handled) int {
	if h.Key >= 0 || h.Asked.Key == "" || h.Verdict == server.Unauthorized {
		return max(h.Key, NoKey)
	}
	hash := maphash.String(t.seed, h.Asked.Key)
	key, known := t.welcome[hash]
	switch {
	case known:
	case len(t.welcome) == mostWelcome:
		return NoKey
	default:
		key = NoKey - 1 - len(t.welcome)
		t.welcome[hash] = key
	}
	return key
}

var errNotJudged = errors.New("not judged")

// record makes a client's events of what the server saw: the request is made and
// sent when it comes in, and it is not repeated.
func (t *Tally) record(h *server.Handled) {
	now := t.now()
	came := now.Add(-h.Took)
	if t.recorder == nil {
		t.start = came
		t.recorder = metrics.NewRecorder(came, false)
	}
	t.end = now
	t.id++
	e := clients.Event{
		Time:    now,
		Request: clients.Request{ID: t.id, First: came, Created: came},
		Key:     h.Key,
	}
	tell := func(kind clients.Kind) {
		e.Kind = kind
		t.recorder.Observe(&e)
	}
	tell(clients.Generated)
	tell(clients.Taken)
	e.Outcome = limiter.Outcome{Status: h.Status, Sent: came, Blocked: h.Verdict == server.Blocked, Refused: h.Verdict == server.RateLimited}
	if h.Verdict == server.OK {
		e.Outcome.Status = 200 // whatever the API says in its place
	} else if h.Verdict == 0 && h.Status < 400 {
		e.Outcome.Err = errNotJudged
	}
	tell(clients.Answered)
	if !e.Outcome.OK() {
		e.Cause = clients.Answered
		tell(clients.Dropped)
	}
}

// A Row is what was counted of a key.
type Row struct {
	Key int // its index, NoKey, or less
	Counts
}

// Rows are those of all keys that were used: those that are known in their order,
// then those that are welcome, as they came, and NoKey last.
func (t *Tally) Rows() []Row {
	t.mu.Lock()
	defer t.mu.Unlock()
	var rows []Row
	for _, key := range slices.SortedFunc(maps.Keys(t.counts), func(a, b int) int {
		return cmp.Or(cmp.Compare(group(a), group(b)), cmp.Compare(max(a, -a), max(b, -b)))
	}) {
		rows = append(rows, Row{key, *t.counts[key]})
	}
	return rows
}

func group(key int) int {
	switch {
	case key >= 0:
		return 0
	case key < NoKey:
		return 1
	}
	return 2
}

// Strategy is what the results call whoever sent the requests.
const Strategy = "client"

// Results are what was counted, from the first request to the last answer, as the
// run of one client in real time whose latency is that inside the server; false:
// there was no request. The tally is of no use afterwards.
func (t *Tally) Results(sc *scenario.Scenario, seed uint64) (result.Data, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.recorder == nil {
		return result.Data{}, false
	}
	run := t.recorder.Finish(t.end)
	run.Strategy, run.Seed = Strategy, seed
	served := *sc
	served.Strategies, served.Expect, served.Sweep, served.Points = nil, nil, nil, nil
	served.Seed, served.Runs, served.Duration = seed, 1, t.end.Sub(t.start)
	meta := result.MetaOf(&served)
	meta.Clock, meta.Strategies = "real", []string{Strategy}
	meta.Bound = nil          // nobody knows what was offered, nor what the client goes by
	meta.Ceilings.Offered = 0 // that is of the scenario's load
	meta.Steps = nil          // they count from when the server started
	return result.Build(meta, []metrics.Run{run}), true
}
