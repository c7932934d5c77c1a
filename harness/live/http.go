package live

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"ratebench/clients"
	"ratebench/clients/limiter"
	"ratebench/server"
)

// maxAnswer bounds what is read of an answer's body, in bytes.
const maxAnswer = 64 << 10

// A Caller sends requests over HTTP the way the reference's clients do: GET
// with a form body.
type Caller struct {
	ctx  context.Context
	base http.RoundTripper
	url  string
	keys []string
}

// NewCaller returns a caller to the server at base, such as
// "http://127.0.0.1:9999". Its calls end when the runtime stops.
func NewCaller(r *Runtime, t http.RoundTripper, base string, keys []string) *Caller {
	return &Caller{ctx: r.Context(), base: t, url: strings.TrimSuffix(base, "/") + server.Path, keys: keys}
}

var _ clients.Caller = (*Caller)(nil)

// Call implements clients.Caller.
func (c *Caller) Call(call clients.Call) (limiter.Outcome, error) {
	ctx, cancel := context.WithTimeout(c.ctx, call.Timeout)
	defer cancel()
	o, err := c.roundTrip(ctx, call)
	switch {
	case err == nil:
		return o, nil
	case c.ctx.Err() != nil:
		return limiter.Outcome{}, clients.ErrStopped
	case errors.Is(err, context.DeadlineExceeded):
		return limiter.Outcome{Err: clients.ErrTimeout}, nil
	default:
		return limiter.Outcome{Err: err}, nil
	}
}

func (c *Caller) roundTrip(ctx context.Context, call clients.Call) (limiter.Outcome, error) {
	form := url.Values{
		"api_key": {c.keys[call.Key]},
		"nonce":   {strconv.FormatInt(call.Permit.Nonce, 10)},
		"req_id":  {strconv.FormatInt(call.ID, 10)},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url, strings.NewReader(form.Encode()))
	if err != nil {
		return limiter.Outcome{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, o, err := call.Gate.Send(call.Permit, c.base, req)
	if err != nil {
		return o, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return limiter.Outcome{}, err
	}
	o.Blocked, err = parseAnswer(resp.StatusCode, body)
	return o, err
}

// parseAnswer checks the body of an answer and tells a blocked key from a plain
// 429, by the text, which is the only difference there is.
func parseAnswer(status int, body []byte) (blocked bool, err error) {
	var answer struct {
		Status   string `json:"status"`
		ErrorMsg string `json:"error_msg"`
	}
	if err := json.Unmarshal(bytes.TrimSpace(body), &answer); err != nil {
		return false, fmt.Errorf("answer %d is not JSON: %w", status, err)
	}
	if status == http.StatusOK && answer.Status != "OK" {
		return false, fmt.Errorf("answer 200 has status %q, want OK", answer.Status)
	}
	return status == http.StatusTooManyRequests && strings.HasSuffix(answer.ErrorMsg, "blocked"), nil
}
