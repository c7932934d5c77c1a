package server

import (
	"bytes"
	"net/http"

	"ratebench/server/dialect"
	"ratebench/server/ledger"
	"ratebench/server/policy"
)

// Answer is what there is to say of the Reply in a dialect, but for the Body.
// States are appended to to. Of a request that is neither accepted nor refused
// by limits or a penalty no dialect knows anything.
func (e *Exchange) Answer(to []dialect.State) dialect.Answer {
	s, r, reply := e.server, e.asked(), &e.reply
	a := dialect.Answer{Now: reply.Arrived, Retry: reply.Retry, Route: r.Route}
	switch reply.Verdict {
	case RateLimited:
		a.Verdict = dialect.Limited
	case Blocked:
		a.Verdict = dialect.Banned
	}
	if a.Retry == policy.Never {
		a.Retry = 0
	}
	for i := range reply.States {
		to = append(to, s.tell(&reply.States[i]))
	}
	a.Limits = to
	a.Asked, a.Cost = s.settled(r)
	return a
}

// tell is a state with what is told of its limit.
func (s *Server) tell(state *ledger.State) dialect.State {
	l := &s.limits[state.Limit]
	return dialect.State{
		Name: l.Name, Unit: l.Cost, Limit: state.State.Limit, Remaining: state.Remaining,
		Window: state.Window, Reset: state.Reset, Full: state.Full,
		Route:  l.Scope.Has(ledger.ByRoute) || len(l.Routes) > 0,
		Hidden: l.Hidden, Refused: state.Refused,
	}
}

// settled is what a request was charged, and what it turned out to cost, by the
// first limit that settles.
func (s *Server) settled(r *ledger.Request) (asked, cost int64) {
	for i := range s.limits {
		if l := &s.limits[i]; l.Settle {
			for _, c := range r.Costs {
				if c.Name == l.Cost {
					return c.N, max(c.N+c.More, 0)
				}
			}
		}
	}
	return 0, 0
}

// say writes what the dialect says of a reply into a header, and returns the
// status and the body of the answer. success is that of a request that is
// accepted.
func (a *API) say(header http.Header, x *Exchange, success []byte) (status int, body []byte) {
	reply := x.Reply()
	switch reply.Verdict {
	case OK, RateLimited, Blocked:
	default: // it is not about limits
		return reply.Status(), errorBody(reply.Verdict.message())
	}
	var states [4]dialect.State
	answer := x.Answer(states[:0])
	if answer.Body = success; answer.Now.IsZero() {
		answer.Now = a.clock.Now()
	}
	status, body = a.dialect.Write(header, answer)
	if body == nil {
		body = errorBody(reply.Verdict.message())
	}
	header.Set("Content-Type", contentType(body))
	return status, body
}

// contentType is that of a body: JSON if it begins like it.
func contentType(body []byte) string {
	if first := bytes.TrimLeft(body, " \t\r\n"); len(first) > 0 && bytes.IndexByte([]byte(`{["`), first[0]) >= 0 {
		return "application/json"
	}
	return http.DetectContentType(body)
}
