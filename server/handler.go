package server

import (
	"errors"
	"net/http"
)

// Path is the one path that Handler serves.
const Path = "/api/request"

// Handler serves GET requests for [Path] on s, in the time of clock.
//
// The parameters api_key, nonce and req_id are read from the query string
// and from a body of type application/x-www-form-urlencoded; where both give
// one, the body wins. A body of another type is not read. Answers are JSON:
// those of the verdicts, or, without reaching s, 404 for another path, 405
// for another method, 400 for a query string or body that cannot be read and
// 413 for a body of more than 64 KiB. While the server is stopping (the
// clock's Sleep fails) the answer is 503.
func Handler(s *Server, clock Clock) http.Handler {
	return &handler{server: s, clock: clock}
}

type handler struct {
	server *Server
	clock  Clock
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != Path {
		refuse(w, http.StatusNotFound, "not found")
		return
	}
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		refuse(w, http.StatusMethodNotAllowed, "method not allowed")
		return
	}
	p, err := readParams(w, r)
	if err != nil {
		status := http.StatusBadRequest
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
		refuse(w, status, err.Error())
		return
	}
	reply, err := h.server.Open(p.key, p.nonce).Serve(h.clock)
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, "server is stopping")
		return
	}
	reply.Statement.write(w.Header())
	if reply.Verdict != OK {
		refuse(w, reply.Status(), reply.Verdict.message())
		return
	}
	answer(w, reply.Status(), appendSuccess(nil, p.reqID))
}

func refuse(w http.ResponseWriter, status int, message string) {
	answer(w, status, appendError(nil, message))
}

func answer(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // fails only if the client has gone away
}
