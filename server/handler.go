package server

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"ratebench/server/front"
)

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := a.clock.Now()
	h := Handled{Key: -1, Method: r.Method, Path: r.URL.Path}
	q, body := a.read(w, r, &h)
	if body == nil {
		body = a.admit(w.Header(), &q, &h)
	}
	h.Took = a.clock.Now().Sub(began)
	a.observe(h)
	a.answer(w, h.Status, body)
}

// An asked is a request to be judged, with what its answer needs.
type asked struct {
	Request
	reqID param
}

// read reads a request that is to be judged. Any other has a body to be
// answered with, and h says what else there is to tell of it. Reading comes
// before admission, and writing after it, so that a client that is slow takes
// nobody's place.
func (a *API) read(w http.ResponseWriter, r *http.Request, h *Handled) (q asked, body []byte) {
	if a.admission.isClosed() {
		return q, unavailable(w.Header(), h, errClosed)
	}
	var err error
	if a.front != nil {
		q, err = a.readAny(w, r)
	} else {
		if body := a.turnAway(w.Header(), r, h); body != nil {
			return q, body
		}
		q, err = readReference(w, r)
	}
	if err == nil && a.stated {
		err = front.Stated(r.Header, &q.Request.Request)
	}
	if err != nil {
		return q, unreadable(h, err)
	}
	return q, nil
}

// turnAway answers what is no request to the reference.
func (a *API) turnAway(header http.Header, r *http.Request, h *Handled) (body []byte) {
	const allowed = "GET, HEAD, OPTIONS"
	if r.URL.Path != Path {
		return refuse(h, http.StatusNotFound, "not found")
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return nil
	case http.MethodOptions:
		header.Set("Allow", allowed)
		header.Set("Content-Type", "text/html; charset=utf-8")
		h.Status = http.StatusOK
		return []byte{}
	}
	header.Set("Allow", allowed)
	return refuse(h, http.StatusMethodNotAllowed, "method not allowed")
}

// maxAnyBody is how many bytes of a body are taken that nobody looks at.
const maxAnyBody = 8 << 20

// readAny reads a request to another API than the reference. One for a tunnel is none:
// 200 would say that there is one.
func (a *API) readAny(w http.ResponseWriter, r *http.Request) (q asked, err error) {
	if r.Method == http.MethodConnect || r.RequestURI == "*" {
		return q, errors.New("this is the API itself and no proxy, and is asked for a path")
	}
	p, err := readParams(w, r)
	if err != nil {
		return q, err
	}
	if _, err := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, maxAnyBody)); err != nil {
		return q, fmt.Errorf("reading the body: %w", err)
	}
	q.Request.Request, q.Nonce = a.front.Read(r, p.key.value), p.nonce.value
	return q, nil
}

// readReference reads a request to the reference.
func readReference(w http.ResponseWriter, r *http.Request) (q asked, err error) {
	p, err := readParams(w, r)
	q.Key, q.Nonce, q.reqID = p.key.value, p.nonce.value, p.reqID
	q.IP = front.IP(r)
	return q, err
}

// admit lets a request be judged if there is a place for it.
func (a *API) admit(header http.Header, q *asked, h *Handled) (body []byte) {
	if err := a.admission.enter(); err != nil {
		return unavailable(header, h, err)
	}
	defer a.admission.leave()
	return a.judge(header, q, h)
}

// judge carries a request through the Server and returns the body of the
// answer.
func (a *API) judge(header http.Header, q *asked, h *Handled) (body []byte) {
	exchange := a.server.OpenRequest(q.Request)
	h.Key, h.Injected = exchange.index(), exchange.Latency()
	h.Asked = q.Request.Request
	h.Nonce, h.ReqID, h.HasReqID = q.Nonce, q.reqID.value, q.reqID.sent
	if err := exchange.serve(a.clock); err != nil {
		return unavailable(header, h, errClosed)
	}
	reply := exchange.Reply()
	h.Verdict, h.Arrived = reply.Verdict, reply.Arrived
	h.Injected += reply.Delay
	reply.Statement.write(header)
	if a.dialect != nil {
		h.Status, body = a.say(header, &exchange, a.successBody(q))
		return body
	}
	if reply.Verdict != OK {
		return refuse(h, reply.Status(), reply.Verdict.message())
	}
	h.Status = reply.Status()
	return a.successBody(q)
}

// successBody is that of the answer to a request that is accepted.
func (a *API) successBody(q *asked) []byte {
	if a.front != nil {
		return a.body
	}
	return successBody(q.reqID)
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

// unreadable answers a request whose body, or what it states, cannot be read.
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
