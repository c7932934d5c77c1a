package proxy

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace"
)

// A Config describes a Proxy. Required are Upstream, NewLimiter and Log; every
// bound has a default.
type Config struct {
	// Upstream is where requests go: http or https, a host, and a path to put
	// before theirs, if any. Required.
	Upstream *url.URL
	// TLS is for connections to the upstream. Nil is Go's defaults: the system's
	// certificates.
	TLS *tls.Config
	// NewLimiter makes the limiter of a key. Required.
	NewLimiter func(key string) (limiter.Limiter, error)
	// Shared and Costs are those of pace.Transport. Nil: every request costs 1 of
	// the limits of its key.
	Shared []*pace.Shared
	Costs  func(*http.Request) []int64
	// Key is where a request has its key. The zero Place puts all requests on one
	// key, and so do requests without it.
	Key Place
	// Nonce is where to put a nonce that is greater than the last on its key, in
	// the order of departure; what a client put there is replaced. The zero Place
	// leaves requests alone.
	Nonce Place
	// Retries is how often a request is sent again that has failed, as pace.Retry
	// has it; 0 is never. Of those with a body only ones of up to 64 KiB are.
	Retries int
	// ColdUntil is that of pace.Transport.
	ColdUntil time.Time
	// MaxWait is how long a request may wait to be sent; 0 is as long as its
	// client does.
	MaxWait time.Duration

	// MaxWaiters is how many requests of a key may wait at a time: DefaultWaiters
	// if 0.
	MaxWaiters int
	// MaxRequests is how many requests may be waiting or under way, of all keys:
	// DefaultRequests if 0.
	MaxRequests int
	// MaxKeys is how many keys are known at a time: DefaultKeys if 0.
	MaxKeys int
	// IdleTimeout is how long a key is known that is not used, and is to be no
	// less than the window of the limit: an hour if 0.
	IdleTimeout time.Duration
	// MaxHeader is how many bytes the header of a request may have: DefaultHeader
	// if 0. MaxBody is that of its body: DefaultBody if 0.
	MaxHeader int
	MaxBody   int64
	// DrainTime is how long requests under way may take at the end: 10 s if 0.
	DrainTime time.Duration

	// Hosts are names by which the proxy is known, beside those of the loopback
	// and the address that a connection came to. A request for another host is
	// refused, and so is one that a browser sends for a page from elsewhere.
	Hosts []string
	// Log gets what happens to the proxy, and each refusal of the upstream, and
	// with LogRequests each request; never a key, a query, a body, or a header
	// field. Required.
	Log         *slog.Logger
	LogRequests bool
}

// Defaults of the bounds.
const (
	DefaultWaiters  = 1_000
	DefaultRequests = 10_000
	DefaultKeys     = 10_000
	DefaultHeader   = 64 << 10
	DefaultBody     = 1 << 30
)

// complete fills in the defaults. The error names the field that is out of range.
func (c Config) complete() (Config, error) {
	switch {
	case c.Upstream == nil:
		return c, errors.New("there is no upstream, want a URL")
	case c.NewLimiter == nil:
		return c, errors.New("there is no NewLimiter, want one")
	case c.Log == nil:
		return c, errors.New("there is no Log, want one")
	}
	if err := checkUpstream(c.Upstream); err != nil {
		return c, err
	}
	for _, bound := range []struct {
		name  string
		value int64
	}{
		{"Retries", int64(c.Retries)}, {"MaxWait", int64(c.MaxWait)}, {"MaxWaiters", int64(c.MaxWaiters)},
		{"MaxRequests", int64(c.MaxRequests)}, {"MaxKeys", int64(c.MaxKeys)}, {"IdleTimeout", int64(c.IdleTimeout)},
		{"MaxHeader", int64(c.MaxHeader)}, {"MaxBody", c.MaxBody}, {"DrainTime", int64(c.DrainTime)},
	} {
		if bound.value < 0 {
			return c, fmt.Errorf("%s is %d, want 0 or more", bound.name, bound.value)
		}
	}
	c.MaxWaiters = or(c.MaxWaiters, DefaultWaiters)
	c.MaxRequests = or(c.MaxRequests, DefaultRequests)
	c.MaxKeys = or(c.MaxKeys, DefaultKeys)
	c.IdleTimeout = or(c.IdleTimeout, time.Hour)
	c.MaxHeader = or(c.MaxHeader, DefaultHeader)
	c.MaxBody = or(c.MaxBody, DefaultBody)
	c.DrainTime = or(c.DrainTime, 10*time.Second)
	return c, nil
}

// or is a value, or else its default.
func or[T comparable](value, byDefault T) T {
	var zero T
	if value == zero {
		return byDefault
	}
	return value
}

func checkUpstream(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("upstream is %q, want a URL that begins with http:// or https://", u.Redacted())
	case u.Host == "":
		return fmt.Errorf("upstream is %q, want a URL with a host", u.Redacted())
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("upstream is %q, want no user, query or fragment in it", u.Redacted())
	}
	return nil
}

// transport is the one to the upstream, with gates in front of it.
func (c Config) transport() *pace.Transport {
	return &pace.Transport{
		Base: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			TLSClientConfig:       c.TLS,
			TLSHandshakeTimeout:   10 * time.Second,
			ForceAttemptHTTP2:     true,
			MaxIdleConns:          c.MaxRequests,
			MaxIdleConnsPerHost:   c.MaxRequests,
			IdleConnTimeout:       90 * time.Second,
			ExpectContinueTimeout: time.Second,
			DisableCompression:    true, // what the client accepts is the client's matter
		},
		NewLimiter:  c.NewLimiter,
		Shared:      c.Shared,
		Costs:       c.Costs,
		Key:         c.Key.key,
		Retry:       pace.Retry{Times: c.Retries},
		MaxWaiters:  c.MaxWaiters,
		ColdUntil:   c.ColdUntil,
		MaxWait:     c.MaxWait,
		IdleTimeout: c.IdleTimeout,
		MaxKeys:     c.MaxKeys,
	}
}

// A Place is where a request has something: in a header field or a parameter of
// its query. The zero Place is nowhere.
type Place struct {
	inQuery bool
	name    string
}

// ParsePlace reads "header:NAME" or "query:NAME"; "" is nowhere.
func ParsePlace(text string) (Place, error) {
	if text == "" {
		return Place{}, nil
	}
	in, name, _ := strings.Cut(text, ":")
	if in != "header" && in != "query" || name == "" {
		return Place{}, fmt.Errorf("place is %q, want header:NAME or query:NAME, such as header:Authorization", text)
	}
	return Place{inQuery: in == "query", name: name}, nil
}

// of is what a request has there.
func (p Place) of(r *http.Request) string {
	switch {
	case p.name == "":
		return ""
	case p.inQuery:
		return r.URL.Query().Get(p.name)
	}
	return r.Header.Get(p.name)
}

// key is the key that a request has there: a string of its own, since the value of a
// field keeps the whole header in memory, and short, whoever sends it.
func (p Place) key(r *http.Request) string {
	key := p.of(r)
	if len(key) <= longKey {
		return strings.Clone(key)
	}
	sum := sha256.Sum256([]byte(key))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// longKey is the length of the longest key that is known by itself.
const longKey = 128

// set puts a value there. The request is the caller's own.
func (p Place) set(r *http.Request, value string) {
	switch {
	case p.name == "":
	case p.inQuery:
		query := r.URL.Query()
		query.Set(p.name, value)
		r.URL.RawQuery = query.Encode()
	default:
		r.Header.Set(p.name, value)
	}
}
