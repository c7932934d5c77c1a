// Package proxy is a reverse proxy that paces requests to a rate-limited API: what
// pace.Transport is to a Go program, for a program in any other language that
// knows nothing of limits. It asks the proxy in place of the API; the proxy lets
// each request go when the limiter of its key does.
package proxy

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"ratebench/clients/pace"
	"ratebench/harness/internal/hostguard"
)

// Paths of the proxy's own. All others are the upstream's.
const (
	HealthPath  = "/healthz"
	MetricsPath = "/metrics"
)

// Header fields of the proxy's own.
const (
	// TimeoutField is for a client to say how long it will wait for an answer, in
	// seconds or as a duration such as 1m30s. A request that cannot be sent in time
	// fails at once, as far as that can be known, and the upstream is told what is
	// left when it is sent.
	TimeoutField = "X-Request-Timeout"
	// ErrorField marks an answer that is the proxy's own, and says what it is:
	// one of the outcomes.
	ErrorField = "X-Ratebench-Proxy"
)

// A Proxy is the handler of everything that the proxy serves. It is safe for
// concurrent use.
type Proxy struct {
	config    Config
	transport *pace.Transport
	reverse   *httputil.ReverseProxy
	guarded   http.Handler // all but health
	metrics   *metrics
	names     keyNames

	inside   atomic.Int64 // requests waiting or under way
	draining atomic.Bool
}

// New returns a proxy. The error says which field of c is out of range.
func New(c Config) (*Proxy, error) {
	c, err := c.complete()
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	p := &Proxy{config: c, transport: c.transport(), names: newKeyNames()}
	p.transport.Prepare = p.prepare
	p.metrics = newMetrics(p.transport.Stats)
	p.reverse = &httputil.ReverseProxy{
		Rewrite:        p.rewrite,
		Transport:      p.transport,
		FlushInterval:  -1, // bodies are streamed
		BufferPool:     new(buffers),
		ModifyResponse: p.answered,
		ErrorHandler:   p.failed,
		ErrorLog:       log.New(logWriter{c.Log}, "", 0),
	}
	p.guarded = hostguard.New(http.HandlerFunc(p.serve), c.Hosts)
	return p, nil
}

// ServeHTTP implements http.Handler.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.draining.Load() {
		w.Header().Set("Connection", "close")
	}
	if r.URL.Path == HealthPath {
		p.health(w)
		return
	}
	p.guarded.ServeHTTP(w, r)
}

// serve serves what no web page is to have.
func (p *Proxy) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == MetricsPath {
		p.metrics.handler.ServeHTTP(w, r)
		return
	}
	t := &trip{came: time.Now(), key: p.config.Key.key(r)}
	inside := p.inside.Add(1)
	defer p.inside.Add(-1)           // once it is counted
	defer func() { p.ended(t, r) }() // after a panic, too: the answer is cut off
	if inside > int64(p.config.MaxRequests) {
		p.refuse(w, t, problem{status: http.StatusServiceUnavailable, outcome: full, retry: time.Second,
			message: "too many requests at a time"})
		return
	}
	r, cancel, wrong := p.accept(w, r, t)
	defer cancel()
	if wrong.status != 0 {
		p.refuse(w, t, wrong)
		return
	}
	p.reverse.ServeHTTP(w, r)
	if t.outcome == cutOff {
		t.outcome = answered
	}
}

// accept makes of a request the one that is sent on; or says what is wrong with
// it.
func (p *Proxy) accept(w http.ResponseWriter, r *http.Request, t *trip) (accepted *http.Request, cancel func(), wrong problem) {
	ctx, cancel := context.WithValue(r.Context(), tripKey{}, t), func() {}
	if text := r.Header.Get(TimeoutField); text != "" {
		d, err := parseTimeout(text)
		if err != nil {
			return r, cancel, problem{status: http.StatusBadRequest, outcome: badRequest, message: err.Error()}
		}
		ctx, cancel = context.WithTimeout(ctx, d)
	}
	if r.Method == http.MethodConnect || r.RequestURI == "*" {
		return r, cancel, problem{status: http.StatusBadRequest, outcome: badRequest, message: "the proxy is asked in place of the API, for a path of it"}
	}
	if r.ContentLength > p.config.MaxBody {
		return r, cancel, tooLargeProblem(p.config.MaxBody)
	}
	r = r.WithContext(ctx)
	r.Body = http.MaxBytesReader(w, r.Body, p.config.MaxBody)
	if err := readShort(w, r); err != nil {
		return r, cancel, p.problemOf(r, err)
	}
	return r, cancel, problem{}
}

// rewrite turns a request to the upstream, and leaves the rest as it is.
func (p *Proxy) rewrite(r *httputil.ProxyRequest) {
	r.SetURL(p.config.Upstream)
	r.Out.URL.RawQuery = r.In.URL.RawQuery // what cannot be parsed, too
}

// prepare is called when a request departs.
func (p *Proxy) prepare(r *http.Request, permit pace.Permit) (*http.Request, error) {
	t := tripOf(r)
	t.departed = time.Now()
	if p.config.Nonce != (Place{}) {
		p.config.Nonce.set(r, strconv.FormatInt(permit.Nonce, 10))
	}
	if end, ok := r.Context().Deadline(); ok && r.Header.Get(TimeoutField) != "" {
		r.Header.Set(TimeoutField, strconv.FormatFloat(time.Until(end).Seconds(), 'f', 3, 64))
	}
	return r, nil
}

// answered is called when the header of the upstream's answer is in.
func (p *Proxy) answered(resp *http.Response) error {
	t := tripOf(resp.Request)
	t.status, t.outcome, t.headed = resp.StatusCode, cutOff, time.Now() // unless its body gets to the end
	if location := resp.Header.Get("Location"); location != "" {
		resp.Header.Set("Location", p.here(location))
	}
	if o := pace.ReadOutcome(resp); o.Limited() || o.Status >= 400 && o.RetryAfter > 0 {
		p.config.Log.Warn("the upstream refuses", "key", p.names.of(t.key), "status", o.Status, "retry_after", o.RetryAfter.String())
	}
	return nil
}

// here is where a redirect leads that stays at the upstream, so that the proxy is
// not left behind.
func (p *Proxy) here(location string) string {
	u, err := url.Parse(location)
	up := p.config.Upstream
	if err != nil || u.Host == "" || !strings.EqualFold(u.Host, up.Host) || u.Scheme != "" && u.Scheme != up.Scheme {
		return location
	}
	rest, found := strings.CutPrefix(u.EscapedPath(), strings.TrimSuffix(up.EscapedPath(), "/"))
	if !found || rest != "" && rest[0] != '/' {
		return location
	}
	fragment := ""
	if u.Fragment != "" {
		fragment = "#" + u.EscapedFragment()
	}
	query := ""
	if u.RawQuery != "" {
		query = "?" + u.RawQuery
	}
	if strings.HasPrefix(rest, "//") { // which would be another host
		rest = "/." + rest
	}
	return or(rest, "/") + query + fragment
}

// failed is called for a request that has no answer.
func (p *Proxy) failed(w http.ResponseWriter, r *http.Request, err error) {
	p.refuse(w, tripOf(r), p.problemOf(r, err))
}

// health says whether requests are welcome.
func (p *Proxy) health(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	if p.draining.Load() {
		http.Error(w, "draining", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n")) // fails only if the client has gone away
}

// parseTimeout reads a number of seconds, or a duration.
func parseTimeout(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		d, err = time.ParseDuration(text + "s")
	}
	if err != nil || d <= 0 {
		return 0, errors.New(TimeoutField + " is to be more than 0 seconds, such as 2.5, or a duration, such as 1m30s")
	}
	return d, nil
}

// logWriter passes on what httputil logs, a line at a time.
type logWriter struct{ log *slog.Logger }

func (l logWriter) Write(line []byte) (int, error) {
	l.log.Warn(strings.TrimSpace(string(line)))
	return len(line), nil
}
