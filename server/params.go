package server

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
)

// maxBody is how many bytes of a request's body are read at most.
const maxBody = 64 << 10

// params are the parameters of a request.
type params struct {
	key, nonce string  // "" when not sent
	reqID      *string // nil when not sent
}

// readParams reads the parameters from the query string and the body. The
// error is fit to be shown to the client; it wraps an *http.MaxBytesError if
// the body is too large.
func readParams(w http.ResponseWriter, r *http.Request) (params, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return params{}, fmt.Errorf("malformed query string: %w", err)
	}
	form, err := readForm(w, r)
	if err != nil {
		return params{}, err
	}
	maps.Copy(values, form)
	p := params{key: values.Get("api_key"), nonce: values.Get("nonce")}
	if values.Has("req_id") {
		p.reqID = new(values.Get("req_id"))
	}
	return p, nil
}

// readForm reads a body that is a URL-encoded form; any other is left alone.
// http.Request.ParseForm would not read it from a GET request.
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	contentType := r.Header.Get("Content-Type")
	if contentType == "" {
		return nil, nil
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return nil, fmt.Errorf("malformed content type: %w", err)
	}
	if mediaType != "application/x-www-form-urlencoded" {
		return nil, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("reading the body: %w", err)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, fmt.Errorf("malformed form body: %w", err)
	}
	return form, nil
}
