package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"ratebench/clients"
	"ratebench/clients/dialect"
	"ratebench/clients/limiter"
	"ratebench/server"
	"ratebench/server/front"
	"ratebench/server/ledger"
)

// maxAnswer bounds what is read of an answer's body, in bytes.
const maxAnswer = 64 << 10

// A Caller sends requests over HTTP: GET, with the parameters in the query,
// which every release of the reference's framework reads.
type Caller struct {
	// Form sends the parameters in a form body instead, as the reference's
	// clients do. Flask on Werkzeug 2 or later leaves the body of a GET alone
	// and answers 401. Set it before the first call.
	Form bool

	// Reader reads answers, bodies too, of another API than the reference. Nil:
	// it is the reference. Set it before the first call.
	Reader *dialect.Reader

	// AnyBody: an answer 200 may have any body, as an API has that asks for no
	// nonces. Set it before the first call.
	AnyBody bool

	// Kinds says what requests are of several kinds. Nil: they are all alike. Set
	// it before the first call.
	Kinds Kinds

	failures failures
	ctx      context.Context
	base     http.RoundTripper
	url      string
	keys     []string
}

// Kinds are what requests of several kinds are, by their numbers. It is asked from
// many goroutines at once.
type Kinds interface {
	// Request is what limits add a request up by.
	Request(id int64) ledger.Request
	// Settled is what one turned out to cost of the limit that settles; 0: as
	// charged.
	Settled(id int64) int64
}

// NewCaller returns a caller to the server at base, such as
// "http://127.0.0.1:9999". Its calls end when the runtime stops.
func NewCaller(r *Runtime, t http.RoundTripper, base string, keys []string) *Caller {
	return &Caller{ctx: r.Context(), base: t, url: strings.TrimSuffix(base, "/") + server.Path, keys: keys}
}

var _ clients.Caller = (*Caller)(nil)

// Call implements clients.Caller.
func (c *Caller) Call(call *clients.Call, o *limiter.Outcome) error {
	ctx, cancel := context.WithTimeout(c.ctx, call.Timeout)
	defer cancel()
	answer, err := c.roundTrip(ctx, call)
	switch {
	case err == nil:
		*o = answer
		if c.Kinds != nil && o.OK() && o.Cost == 0 { // as answers say that are of costs known late
			o.Cost = c.Kinds.Settled(call.ID)
		}
	case c.ctx.Err() != nil:
		return clients.ErrStopped
	case errors.Is(err, context.DeadlineExceeded):
		c.failures.add("no answer within " + call.Timeout.String())
		o.Err = clients.ErrTimeout
	default:
		c.failures.add(cause(err))
		o.Err = err
	}
	return nil
}

// Failures says how often and why requests were not answered 200: by the
// status and the server's own words, or by what broke. It may be called at any
// time.
func (c *Caller) Failures() map[string]int { return c.failures.all() }

func (c *Caller) roundTrip(ctx context.Context, call *clients.Call) (limiter.Outcome, error) {
	req, err := c.request(ctx, call)
	if err != nil {
		return limiter.Outcome{}, err
	}
	resp, o, err := call.Gate.Send(call.Permit, c.base, req)
	if err != nil {
		return o, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return limiter.Outcome{}, err
	}
	if c.Reader != nil {
		o = c.Reader.Read(resp.StatusCode, resp.Header, body, time.Now())
		if !o.OK() {
			c.failures.add(answered(resp.StatusCode, ""))
		}
		return o, nil
	}
	if c.AnyBody && resp.StatusCode == http.StatusOK {
		return o, nil
	}
	message, err := parseAnswer(resp, body)
	if err != nil {
		return limiter.Outcome{}, err
	}
	// A blocked key is told from a plain 429 by the text, which is the only
	// difference there is.
	blocked := resp.StatusCode == http.StatusTooManyRequests && strings.HasSuffix(message, "blocked")
	o.Blocked, o.Banned = blocked && o.RetryAfter == 0, blocked && o.RetryAfter > 0
	if resp.StatusCode != http.StatusOK {
		c.failures.add(answered(resp.StatusCode, message))
	}
	return o, nil
}

// request makes the request of a call.
func (c *Caller) request(ctx context.Context, call *clients.Call) (*http.Request, error) {
	params := url.Values{
		"api_key": {c.keys[call.Key]},
		"nonce":   {strconv.FormatInt(call.Permit.Nonce, 10)},
		"req_id":  {strconv.FormatInt(call.ID, 10)},
	}.Encode()
	target, body := c.url+"?"+params, io.Reader(nil)
	if c.Form {
		target, body = c.url, strings.NewReader(params)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, body)
	if err != nil {
		return nil, err
	}
	if c.Kinds != nil {
		r := c.Kinds.Request(call.ID)
		front.State(req.Header, &r)
	}
	if c.Form {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return req, nil
}

// parseAnswer checks the body of an answer and returns what the server says
// of a refusal. A refusal may come from something in front of the server, and
// then need not be JSON.
func parseAnswer(resp *http.Response, body []byte) (message string, err error) {
	var answer struct {
		Status   string `json:"status"`
		ErrorMsg string `json:"error_msg"`
	}
	err = json.Unmarshal(body, &answer)
	mediaType, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	switch refused := resp.StatusCode != http.StatusOK; {
	case err != nil && refused && mediaType != "application/json":
		return "", nil
	case err != nil:
		return "", fmt.Errorf("answer %d is not JSON: %w", resp.StatusCode, err)
	case !refused && answer.Status != "OK":
		return "", fmt.Errorf("answer 200 has status %q, want OK", answer.Status)
	}
	return answer.ErrorMsg, nil
}
