// Package server is the rate-limited API that clients are measured against.
//
// Its rules are a pure state machine ([Key]). A [Server] holds one for each
// API key and carries a request through its latencies and its verdict
// ([Exchange]) on whatever [Clock] it is given: virtual or real. [Handler]
// puts it on HTTP, and [HTTPServer] on connections.
//
// # The reference
//
// With [ReferenceConfig] it stands in for the reference server, a Flask
// application: status, body and Allow of an answer are the same byte for byte,
// whatever the query, the form, the nonce and the req_id are. On purpose it
// differs in this:
//
//   - 404 and 405 have a JSON body, where Flask's is HTML that changes from
//     release to release.
//   - A body that is no URL-encoded form is not read; Flask would find
//     parameters in a multipart form.
//   - A path with two slashes in a row is another path, and not redirected.
//   - A body of more than 64 KiB is refused with 413 and a header of more than
//     64 KiB with 431. A request line has to fit into the header.
//   - A request is refused, with 400, 501 or 505 and often without a JSON body,
//     if two readers could take it for different things, or another for two:
//     no Host or several, Content-Length twice or malformed, a
//     Transfer-Encoding other than chunked, malformed chunks, malformed names
//     or control characters in the header or the target, a malformed escape in
//     the path, a version other than 1.0 and 1.1.
//   - A fragment, which has no place in a request, is part of the query.
//   - Clients that are slow are let go of: see [HTTPServer].
//   - More requests than [APIConfig] allows at a time, and any while the server
//     is stopping, are answered 503.
//
// A digit is what Go's tables of Unicode know as one; those of another Python
// may be a few scripts ahead or behind.
package server

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// A Server judges requests on a fixed set of API keys. It is safe for
// concurrent use.
type Server struct {
	accounts   []*account     // read-only, as is the index
	index      map[string]int // of each key
	latency    func(key int, n uint64) (in, out time.Duration)
	statements Statements
	unknown    atomic.Uint64 // requests opened with an unknown key
}

// An account is the state of one known key.
type account struct {
	index  int
	opened atomic.Uint64 // requests opened so far

	mu  sync.Mutex // never held across a sleep
	key *Key
}

// New returns a server whose keys have not been used. The error names the
// field of c that is out of range.
func New(c Config) (*Server, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("server config: %w", err)
	}
	s := &Server{
		index:      make(map[string]int, len(c.Keys)),
		latency:    c.Latency,
		statements: c.Statements,
	}
	if s.latency == nil {
		s.latency = noLatency
	}
	for i, name := range c.Keys {
		s.index[name] = i
		s.accounts = append(s.accounts, &account{index: i, key: newKey(c.Limit, c.Resolution, c.BlockAfter)})
	}
	return s, nil
}

func noLatency(int, uint64) (in, out time.Duration) { return 0, 0 }

// Open begins a request and draws its latencies. Serving it is up to the
// caller. A key or nonce that was not sent is "".
func (s *Server) Open(key, nonce string) Exchange {
	i, ok := s.index[key]
	if !ok {
		_, out := s.latency(-1, s.unknown.Add(1)-1)
		return Exchange{out: out}
	}
	n, ok := parseNonce(nonce)
	return s.open(i, n, ok)
}

// OpenKey is Open for the key with that index, which there must be, and a nonce
// that is a number, of 0 or more.
func (s *Server) OpenKey(index int, nonce int64) Exchange {
	return s.open(index, integer{small: uint64(nonce)}, true)
}

func (s *Server) open(index int, nonce integer, ok bool) Exchange {
	a := s.accounts[index]
	in, out := s.latency(index, a.opened.Add(1)-1)
	return Exchange{account: a, statements: s.statements, nonce: nonce, nonceOK: ok, in: in, out: out}
}

// SetLimit changes the limit of every key, as [Key.SetLimit] does for one.
// It does not wait for requests under way: those that have yet to arrive are
// judged by the new limit.
func (s *Server) SetLimit(l Limit) error {
	if err := l.Validate(); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	for _, a := range s.accounts {
		a.setLimit(l)
	}
	return nil
}

func (a *account) setLimit(l Limit) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.key.setLimit(l)
}

// Blocked is the number of keys that are blocked for ever.
func (s *Server) Blocked() int {
	n := 0
	for _, a := range s.accounts {
		if a.blocked() {
			n++
		}
	}
	return n
}

func (a *account) blocked() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.key.Blocked()
}

// Forget empties the memory of every key, as a server does that comes back
// without what it knew: windows, nonces, rejections and blocks.
func (s *Server) Forget() {
	for _, a := range s.accounts {
		a.forget()
	}
}

func (a *account) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.key = newKey(a.key.limit, a.key.resolution, a.key.blockAfter)
}

// arrive judges a request that arrives now. The clock is read under the
// lock, so that the instants a key sees do not go back.
func (a *account) arrive(clock Clock, e *Exchange) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := clock.Now()
	e.reply.Verdict, e.reply.Arrived = a.key.arrive(now, e.nonce, e.nonceOK), now
	if e.statements != (Statements{}) {
		e.reply.Statement = e.statements.state(a.key, now, e.reply.Verdict)
	}
}
