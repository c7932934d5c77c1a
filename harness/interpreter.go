package harness

import (
	"net/http"
	"time"

	said "ratebench/clients/dialect"
	"ratebench/clients/limiter"
	"ratebench/harness/backend"
	"ratebench/harness/scenario/api"
	"ratebench/server"
	"ratebench/server/dialect"
)

// An interpreter makes of replies in virtual time what a client reads of them: the
// dialect writes them, and what was written is read. It allocates, which the
// reference, without a dialect, is spared.
type interpreter struct {
	dialect dialect.Config
	reader  *said.Reader
	header  http.Header
	states  []dialect.State
}

// newInterpreter returns that of an API; nil: it has no dialect.
func newInterpreter(s *api.Server) *interpreter {
	d := backend.Dialect(s)
	if d == nil {
		return nil
	}
	return &interpreter{dialect: *d, reader: backend.Reader(s), header: http.Header{}}
}

// outcome is what a client sees of a reply at now, just as if it had come by HTTP.
func (i *interpreter) outcome(x *server.Exchange, now time.Time) limiter.Outcome {
	r := x.Reply()
	var o limiter.Outcome
	seen(r, &o)
	readStatement(&r.Statement, &o)
	switch r.Verdict {
	case server.OK, server.RateLimited, server.Blocked:
	default:
		return o
	}
	clear(i.header)
	a := x.Answer(i.states[:0])
	i.states = a.Limits
	status, body := i.dialect.Write(i.header, a)
	read := i.reader.Read(status, i.header, body, now)
	read.Received = o.Received
	return read
}
