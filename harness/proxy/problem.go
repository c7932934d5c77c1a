package proxy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"ratebench/clients/pace"
)

// An outcome is what became of a request, for metrics, logs and clients.
type outcome string

const (
	answered   outcome = "answered"   // by the upstream, whatever it said
	cutOff     outcome = "cut-off"    // the answer broke off, on either side
	clientGone outcome = "gone"       // the client went away before there was an answer
	full       outcome = "full"       // too many requests, waiters or keys; not sent
	tooLong    outcome = "too-long"   // its wait was known to be too long; not sent
	expired    outcome = "expired"    // its time was over while it waited; not sent
	late       outcome = "late"       // its time was over before the upstream answered
	unanswered outcome = "unanswered" // the upstream could not be reached, or hung up
	badRequest outcome = "bad-request"
	tooLarge   outcome = "too-large"
	stopping   outcome = "stopping" // the proxy had no time left for it
)

// statusGone is nginx's for a client that has closed its connection. Nobody reads
// it but logs and metrics.
const statusGone = 499

// A problem is an answer of the proxy's own. The zero value is none.
type problem struct {
	status  int
	outcome outcome
	message string
	retry   time.Duration // to be asked for; 0: not
}

// errStopping is why requests end that are under way for too long at the end.
var errStopping = errors.New("the proxy is stopping")

// problemOf is what the failure of a request is to its client.
func (p *Proxy) problemOf(r *http.Request, err error) problem {
	waited, notSent := errors.AsType[*pace.WaitError](err)
	gone, sent := context.Cause(r.Context()), !notSent && !tripOf(r).departed.IsZero()
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		return tooLargeProblem(p.config.MaxBody)
	case errors.Is(err, os.ErrDeadlineExceeded) && !notSent && !sent:
		return problem{http.StatusRequestTimeout, badRequest, "the body takes too long", 0}
	case errors.Is(gone, errStopping):
		return problem{http.StatusServiceUnavailable, stopping, "the proxy is stopping", 0}
	case errors.Is(err, pace.ErrFull):
		return problem{http.StatusServiceUnavailable, full, "too many requests wait for their turn; this one was not sent", time.Second}
	case errors.Is(err, pace.ErrKeys):
		return problem{http.StatusServiceUnavailable, full, "too many keys; this request was not sent", time.Second}
	case errors.Is(err, pace.ErrTooLong):
		return problem{http.StatusServiceUnavailable, tooLong, "there is less time than this request would have to wait; it was not sent", waited.AtLeast}
	case gone != nil && !errors.Is(gone, context.DeadlineExceeded):
		return problem{statusGone, clientGone, "the client has gone away", 0}
	case notSent:
		return problem{http.StatusGatewayTimeout, expired, "the time of this request was over while it waited; it was not sent", 0}
	case gone != nil && !sent:
		return problem{http.StatusGatewayTimeout, expired, "the time of this request was over before it was sent", 0}
	case gone != nil:
		return problem{http.StatusGatewayTimeout, late, "the upstream has not answered in time", 0}
	case !sent:
		return problem{http.StatusBadRequest, badRequest, "the request could not be read", 0}
	}
	return problem{http.StatusBadGateway, unanswered, "the upstream has not answered: " + cause(err), 0}
}

func tooLargeProblem(most int64) problem {
	return problem{http.StatusRequestEntityTooLarge, tooLarge, fmt.Sprintf("the body is longer than %d bytes", most), 0}
}

// cause is what of an error can be told: not the URL, which may have a key in it.
func cause(err error) string {
	if errors.Is(err, pace.ErrBroken) {
		return pace.ErrBroken.Error()
	}
	return err.Error()
}

// refuse answers in place of the upstream.
func (p *Proxy) refuse(w http.ResponseWriter, t *trip, what problem) {
	t.status, t.outcome = what.status, what.outcome
	h := w.Header()
	h.Set(ErrorField, string(what.outcome))
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	if what.retry > 0 {
		h.Set("Retry-After", strconv.FormatInt(int64((what.retry+time.Second-1)/time.Second), 10))
	}
	w.WriteHeader(what.status)
	_ = json.NewEncoder(w).Encode(struct { // fails only if the client has gone away
		Error   string  `json:"error"`
		Outcome outcome `json:"outcome"`
	}{what.message, what.outcome})
}
