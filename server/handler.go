package server

import (
	"errors"
	"net/http"
	"os"
	"time"
)

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := a.clock.Now()
	h := Handled{Key: -1}
	var body []byte
	if err := a.admission.enter(); err != nil {
		body = turnAway(w.Header(), &h, err)
	} else {
		defer a.admission.leave()
		body = a.handle(w, r, &h)
	}
	h.Took = a.clock.Now().Sub(began)
	a.observe(h)
	answer(w, h.Status, body)
}

// turnAway answers a request that is not let in.
func turnAway(header http.Header, h *Handled, err error) (body []byte) {
	if h.Full = err == errFull; h.Full {
		header.Set(RetryAfterField, "1")
	} else {
		header.Set("Connection", "close") // this server will not be back
	}
	return refuse(h, http.StatusServiceUnavailable, err.Error())
}

// handle decides on the answer to r: its status, in h with all else there is
// to tell of it, its header fields and its body.
func (a *API) handle(w http.ResponseWriter, r *http.Request, h *Handled) (body []byte) {
	if r.URL.Path != Path {
		return refuse(h, http.StatusNotFound, "not found")
	}
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		return refuse(h, http.StatusMethodNotAllowed, "method not allowed")
	}
	p, err := readParams(w, r)
	if err != nil {
		return refuseParams(h, err)
	}
	exchange := a.server.Open(p.key.value, p.nonce.value)
	h.Key, h.Injected = exchange.index(), exchange.Latency()
	h.Nonce, h.ReqID, h.HasReqID = p.nonce.value, p.reqID.value, p.reqID.sent
	reply, err := exchange.Serve(a.clock)
	if err != nil {
		return refuse(h, http.StatusServiceUnavailable, errClosed.Error())
	}
	h.Verdict = reply.Verdict
	reply.Statement.write(w.Header())
	if reply.Verdict != OK {
		return refuse(h, reply.Status(), reply.Verdict.message())
	}
	h.Status = reply.Status()
	return successBody(p.reqID)
}

// refuseParams answers a request whose parameters cannot be read.
func refuseParams(h *Handled, err error) (body []byte) {
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		return refuse(h, http.StatusRequestEntityTooLarge, err.Error())
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refuse(h, http.StatusRequestTimeout, "reading the body: it takes too long")
	}
	return refuse(h, http.StatusBadRequest, err.Error())
}

func refuse(h *Handled, status int, message string) (body []byte) {
	h.Status = status
	return errorBody(message)
}

// answer writes the answer. The client has had all the time of the latencies
// to lose; from here on it has writeTimeout.
func answer(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTimeout)) // fails only if there is no connection
	w.WriteHeader(status)
	_, _ = w.Write(body) // fails only if the client has gone away
}
