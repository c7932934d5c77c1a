package server

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// maxBody is how many bytes of a request's body are read at most.
const maxBody = 64 << 10

// params are the parameters of a request.
type params struct{ key, nonce, reqID param }

// A param is the first value that was sent of a parameter. The zero value
// was not sent.
type param struct {
	value string
	sent  bool
}

// or is p, or else q if p was not sent.
func (p param) or(q param) param {
	if p.sent {
		return p
	}
	return q
}

// readParams reads the parameters from the query string and the body. The
// error is fit to be shown to the client; it wraps an *http.MaxBytesError if
// the body is too large.
func readParams(w http.ResponseWriter, r *http.Request) (params, error) {
	query := parseParams(r.URL.RawQuery)
	form, err := readForm(w, r)
	if err != nil {
		return params{}, err
	}
	return params{
		key:   query.key.or(form.key),
		nonce: query.nonce.or(form.nonce),
		reqID: query.reqID.or(form.reqID),
	}, nil
}

// readForm reads a body that is a URL-encoded form; any other is left alone.
// http.Request.ParseForm would not read it from a GET request.
func readForm(w http.ResponseWriter, r *http.Request) (params, error) {
	mediaType, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(mediaType), "application/x-www-form-urlencoded") {
		return params{}, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return params{}, fmt.Errorf("reading the body: %w", err)
	}
	return parseParams(string(body)), nil
}
