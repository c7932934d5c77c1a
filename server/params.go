package server

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
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
	query, err := parseParams(r.URL.RawQuery)
	if err != nil {
		return params{}, fmt.Errorf("malformed query string: %w", err)
	}
	form, err := readForm(w, r)
	if err != nil {
		return params{}, err
	}
	return params{
		key:   form.key.or(query.key),
		nonce: form.nonce.or(query.nonce),
		reqID: form.reqID.or(query.reqID),
	}, nil
}

// readForm reads a body that is a URL-encoded form; any other is left alone.
// http.Request.ParseForm would not read it from a GET request.
func readForm(w http.ResponseWriter, r *http.Request) (params, error) {
	contentType := r.Header.Get("Content-Type")
	if contentType == "" {
		return params{}, nil
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return params{}, fmt.Errorf("malformed content type: %w", err)
	}
	if mediaType != "application/x-www-form-urlencoded" {
		return params{}, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return params{}, fmt.Errorf("reading the body: %w", err)
	}
	form, err := parseParams(string(body))
	if err != nil {
		return params{}, fmt.Errorf("malformed form body: %w", err)
	}
	return form, nil
}

// parseParams is url.ParseQuery for the parameters that count. Most queries
// are plain, and need no map of everything there is in them.
func parseParams(query string) (params, error) {
	var p params
	if !plain(query) {
		values, err := url.ParseQuery(query)
		for name, all := range values {
			p.set(name, all[0])
		}
		return p, err
	}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		p.set(name, value)
	}
	return p, nil
}

// plain tells that there is nothing in a query to decode or to refuse, as
// url.ParseQuery would very many parameters.
func plain(query string) bool {
	return len(query) < 1000 && !strings.ContainsAny(query, "%+;")
}

// set takes the first value of a parameter that counts.
func (p *params) set(name, value string) {
	var known *param
	switch name {
	case "api_key":
		known = &p.key
	case "nonce":
		known = &p.nonce
	case "req_id":
		known = &p.reqID
	default:
		return
	}
	*known = known.or(param{value, true})
}
