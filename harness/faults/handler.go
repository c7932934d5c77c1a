package faults

import (
	"bytes"
	"net/http"
	"sync/atomic"
	"time"
)

// Clock is the server's time.
type Clock interface {
	Now() time.Time
	Sleep(d time.Duration) error
}

// A Handler serves requests as another does, broken as planned.
type Handler struct {
	next  http.Handler
	clock Clock
	plan  *Plan
	tally *Tally
	start atomic.Pointer[time.Time]
}

var _ http.Handler = (*Handler)(nil)

// NewHandler puts what is planned in front of next; the run begins now.
func NewHandler(next http.Handler, clock Clock, p *Plan, t *Tally) *Handler {
	h := &Handler{next: next, clock: clock, plan: p, tally: t}
	h.Begin()
	return h
}

// Begin begins the run anew: outages count from now.
func (h *Handler) Begin() {
	now := h.clock.Now()
	h.start.Store(&now)
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fate, extra := h.plan.Fate(h.tally.next(), h.clock.Now().Sub(*h.start.Load()))
	h.tally.count(fate)
	switch fate {
	case Error500:
		answerError(w, http.StatusInternalServerError)
	case Error503:
		answerError(w, http.StatusServiceUnavailable)
	case ResetBefore, Down:
		panic(http.ErrAbortHandler) // closes the connection
	case Spike:
		if h.clock.Sleep(extra) == nil {
			h.next.ServeHTTP(w, r)
		}
	case Hang:
		h.next.ServeHTTP(&heldAnswer{header: http.Header{}}, r)
		<-r.Context().Done() // until the client, or the server, has had enough
	case ResetAfter:
		h.next.ServeHTTP(&heldAnswer{header: http.Header{}}, r)
		panic(http.ErrAbortHandler)
	case Malformed:
		h.cutShort(w, r)
	default:
		h.next.ServeHTTP(w, r)
	}
}

func answerError(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`{"error_msg":"` + http.StatusText(status) + `","status":"error"}` + "\n")) // fails only if the client has gone away
}

// cutShort sends half of the body and calls it the whole.
func (h *Handler) cutShort(w http.ResponseWriter, r *http.Request) {
	answer := &heldAnswer{header: w.Header(), status: http.StatusOK}
	h.next.ServeHTTP(answer, r)
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body.Bytes()[:answer.body.Len()/2])
}

// A heldAnswer is one that does not go out.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *heldAnswer) Header() http.Header         { return a.header }
func (a *heldAnswer) WriteHeader(status int)      { a.status = status }
func (a *heldAnswer) Write(b []byte) (int, error) { return a.body.Write(b) }
