// Package server is the rate-limited API that clients are measured against.
//
// Its rules are pure state machines: one for each limit (package policy), put
// together for all who ask (package ledger). A [Server] carries a request
// through its latencies and its verdict ([Exchange]) on whatever [Clock] it is
// given: virtual or real. [Handler] puts it on HTTP, and [HTTPServer] on
// connections.
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
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"ratebench/server/ledger"
	"ratebench/server/policy"
)

// A Server judges requests. It is safe for concurrent use, unless it is Alone.
type Server struct {
	accounts   []account      // of the known keys; read-only, as are their names and the index
	names      []string       // of the known keys
	index      map[string]int // of each known key
	strangers  *account       // of the other keys; nil: they are not welcome
	books      []*book        // one for all accounts, or one for each
	limits     []ledger.Limit
	latency    func(key int, n uint64) (in, out time.Duration)
	opened     []uint64 // requests so far, first with unknown keys and then with each that is known
	alone      bool     // used by one goroutine at a time
	statements Statements

	// errorsCount is set if an unknown key counts as an error does. All keys
	// have one book then.
	errorsCount bool
}

// An account is the state of one known key, or of all that are not known.
type account struct {
	index   int
	book    *book
	request *ledger.Request // of which nothing is known but the key; of one that has a book for itself, not even that
	judge   judge           // guarded by the book
	own     book            // which is its book, if it has one for itself
}

// New returns a server whose keys have not been used. The error names the
// field of c that is out of range.
func New(c Config) (*Server, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("server config: %w", err)
	}
	rules := c.rules()
	s := &Server{
		accounts:   make([]account, len(c.Keys)),
		names:      slices.Clone(c.Keys),
		index:      make(map[string]int, len(c.Keys)),
		limits:     rules.Limits,
		latency:    c.Latency,
		opened:     make([]uint64, 1+len(c.Keys)),
		alone:      c.Alone,
		statements: c.Statements,
	}
	if s.latency == nil {
		s.latency = noLatency
	}
	s.errorsCount = rules.CountsErrors()
	apart := !c.AnyKey && !s.errorsCount && rules.Only(ledger.ByKey)
	anybodys := &ledger.Request{}
	for i, name := range s.names {
		a := &s.accounts[i]
		if err := s.open(a, i, rules, apart); err != nil {
			return nil, err
		}
		if a.request = anybodys; !apart {
			a.request = &ledger.Request{Key: name}
		}
		a.judge.noNonces = c.NoNonces
		s.index[name] = i
	}
	if c.AnyKey {
		s.strangers = &account{}
		if err := s.open(s.strangers, -1, rules, apart); err != nil {
			return nil, err
		}
		s.strangers.judge.noNonces = true // or there would be a nonce for all of them together
	}
	return s, nil
}

// number is how many requests there were before, with the key of an index; -1 is any that
// is unknown.
func (s *Server) number(index int) uint64 {
	n := &s.opened[index+1]
	if s.alone {
		*n++
		return *n - 1
	}
	return atomic.AddUint64(n, 1) - 1
}

func noLatency(int, uint64) (in, out time.Duration) { return 0, 0 }

// open opens the account of a key with a book of its own, if keys are apart, or
// else with the one of all.
func (s *Server) open(a *account, index int, rules ledger.Config, apart bool) error {
	a.index = index
	if !apart && len(s.books) > 0 {
		a.book = s.books[0]
	} else {
		var common ledger.Scope
		if apart {
			common = ledger.ByKey
		}
		if err := a.own.ledger.Init(rules, common); err != nil {
			return fmt.Errorf("server config: %w", err)
		}
		a.book, a.own.alone = &a.own, s.alone
		s.books = append(s.books, a.book)
	}
	a.judge.ledger = &a.book.ledger
	return nil
}

// Open begins a request and draws its latencies. Serving it is up to the
// caller. A key or nonce that was not sent is "".
func (s *Server) Open(key, nonce string) (e Exchange) {
	a := s.strangers
	if i, known := s.index[key]; known {
		a = &s.accounts[i]
	}
	e.server, e.account, e.described, e.request.Key = s, a, true, key
	if a == nil {
		e.draw(-1)
		e.in = 0
		return e
	}
	e.nonce, e.nonceOK = parseNonce(nonce)
	e.draw(a.index)
	return e
}

// OpenRequest is Open and Describe.
func (s *Server) OpenRequest(r Request) (e Exchange) {
	e = s.Open(r.Key, r.Nonce)
	e.Describe(r)
	return e
}

// OpenKey is Open for the key with that index, which there must be, and a nonce
// that is a number, of 0 or more; the Exchange may be one that has been served.
func (s *Server) OpenKey(e *Exchange, index int, nonce int64) {
	if e.server != s || s.statements != (Statements{}) {
		*e = Exchange{server: s}
	} // or else what it has of another request is written over, and not looked at before
	e.account, e.stage, e.described = &s.accounts[index], opened, false
	e.nonce, e.nonceOK = integer{small: uint64(nonce)}, true
	e.draw(index)
}

// Limits are those that requests have to pass, in the order of the indices by
// which a Reply tells of them. They are not to be changed.
func (s *Server) Limits() []ledger.Limit { return s.limits }

// Statements are what the server says beside its answers.
func (s *Server) Statements() Statements { return s.statements }

// Delays says whether requests may have to wait in a queue, so that their
// Latency is not all that it takes.
func (s *Server) Delays() bool { return s.books[0].ledger.Delays() }

// SetLimit changes the limit of every key, as [Key.SetLimit] does for one.
// It does not wait for requests under way: those that have yet to arrive are
// judged by the new limit. Of several Limits it is the first, which has to be a
// sliding window log.
func (s *Server) SetLimit(l Limit) error {
	if err := l.Validate(); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	if w, ok := s.limits[0].Policy.(policy.Window); !ok || w.Count != policy.Log {
		return errors.New("server: SetLimit on a server whose first limit is no sliding window log, want Adjust")
	}
	return s.adjust(time.Time{}, 0, l.window()) // the instant is of no matter to a log
}

// Adjust changes one of the limits, by its name, for everybody. now is the
// instant by the clock that requests are served with. What has been charged
// stays so. The error says that there is no such limit, or what is wrong with c;
// nothing has changed then.
func (s *Server) Adjust(now time.Time, limit string, c policy.Config) error {
	i := slices.IndexFunc(s.limits, func(l ledger.Limit) bool { return l.Name == limit })
	if i < 0 {
		return fmt.Errorf("server: there is no limit %q", limit)
	}
	return s.adjust(now, i, c)
}

func (s *Server) adjust(now time.Time, limit int, c policy.Config) error {
	for _, b := range s.books {
		if err := b.adjust(now, limit, c); err != nil {
			return fmt.Errorf("server: %w", err) // of the first book, or of none
		}
	}
	return nil
}

// Blocked is the number of keys, or of whatever the penalty adds up by, that
// are blocked for ever.
func (s *Server) Blocked() int {
	n := 0
	for _, b := range s.books {
		n += b.blocked()
	}
	return n
}

// Forget empties the memory of every key, as a server does that comes back
// without what it knew: limits, nonces, rejections and blocks.
func (s *Server) Forget() {
	for i := range s.accounts {
		s.accounts[i].forget()
	}
	if s.strangers != nil {
		s.strangers.forget()
	}
}

func (a *account) forget() {
	a.book.lock()
	defer a.book.unlock()
	a.judge.forget()
}
