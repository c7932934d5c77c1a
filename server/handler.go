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
	h := Handled{Key: -1, Method: r.Method, Path: r.URL.Path}
	p, body := a.read(w, r, &h)
	if body == nil {
		body = a.admit(w.Header(), p, &h)
	}
	h.Took = a.clock.Now().Sub(began)
	a.observe(h)
	a.answer(w, h.Status, body)
}

// read reads the parameters of a request that is to be judged. Any other has
// a body to be answered with, and h says what else there is to tell of it.
// Reading comes before admission, and writing after it, so that a client that
// is slow takes nobody's place.
func (a *API) read(w http.ResponseWriter, r *http.Request, h *Handled) (p params, body []byte) {
	const allowed = "GET, HEAD, OPTIONS"
	if a.admission.isClosed() {
		return p, unavailable(w.Header(), h, errClosed)
	}
	if r.URL.Path != Path {
		return p, refuse(h, http.StatusNotFound, "not found")
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodOptions:
		w.Header().Set("Allow", allowed)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		h.Status = http.StatusOK
		return p, []byte{}
	default:
		w.Header().Set("Allow", allowed)
		return p, refuse(h, http.StatusMethodNotAllowed, "method not allowed")
	}
	p, err := readParams(w, r)
	if err != nil {
		return p, unreadable(h, err)
	}
	return p, nil
}

// admit lets a request be judged if there is a place for it.
func (a *API) admit(header http.Header, p params, h *Handled) (body []byte) {
	if err := a.admission.enter(); err != nil {
		return unavailable(header, h, err)
	}
	defer a.admission.leave()
	return a.judge(header, p, h)
}

// judge carries a request through the Server and returns the body of the
// answer.
func (a *API) judge(header http.Header, p params, h *Handled) (body []byte) {
	exchange := a.server.Open(p.key.value, p.nonce.value)
	h.Key, h.Injected = exchange.index(), exchange.Latency()
	h.Nonce, h.ReqID, h.HasReqID = p.nonce.value, p.reqID.value, p.reqID.sent
	reply, err := exchange.Serve(a.clock)
	if err != nil {
		return unavailable(header, h, errClosed)
	}
	h.Verdict, h.Arrived = reply.Verdict, reply.Arrived
	reply.Statement.write(header)
	if reply.Verdict != OK {
		return refuse(h, reply.Status(), reply.Verdict.message())
	}
	h.Status = reply.Status()
	return successBody(p.reqID)
}

// unavailable answers a request that is not let in.
func unavailable(header http.Header, h *Handled, err error) (body []byte) {
	if h.Full = err == errFull; h.Full {
		header.Set(RetryAfterField, "1")
	} else {
		header.Set("Connection", "close") // this server will not be back
	}
	return refuse(h, http.StatusServiceUnavailable, err.Error())
}

// unreadable answers a request whose body cannot be read.
func unreadable(h *Handled, err error) (body []byte) {
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
// to lose; from here on it has writeTimeout. While the server is stopping it
// is told not to use the connection again, which will be closed.
func (a *API) answer(w http.ResponseWriter, status int, body []byte) {
	header := w.Header()
	if header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/json")
	}
	if a.admission.isClosed() {
		header.Set("Connection", "close")
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTimeout)) // fails only if there is no connection
	w.WriteHeader(status)
	_, _ = w.Write(body) // fails only if the client has gone away
}
