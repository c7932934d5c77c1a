package proxy

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A trip is what happens to one request. It is the request's own, and passed
// along with its context.
type trip struct {
	came     time.Time
	departed time.Time // when it was let go for the last time; zero: it was not
	headed   time.Time // when the header of the answer was in; zero: it never was
	key      string
	status   int
	outcome  outcome
}

type tripKey struct{}

func tripOf(r *http.Request) *trip { return r.Context().Value(tripKey{}).(*trip) }

// ended counts a trip, and logs it.
func (p *Proxy) ended(t *trip, r *http.Request) {
	now := time.Now()
	p.metrics.count(t, now)
	if !p.config.LogRequests {
		return
	}
	path := r.URL.Path
	if t.key != "" {
		path = strings.ReplaceAll(path, t.key, "(key)")
	}
	attrs := []slog.Attr{
		slog.String("method", r.Method), slog.String("path", shortened(path)), slog.String("key", p.names.of(t.key)),
		slog.Int("status", t.status), slog.String("outcome", string(t.outcome)), milliseconds("took_ms", now.Sub(t.came)),
	}
	if !t.departed.IsZero() {
		attrs = append(attrs, milliseconds("waited_ms", t.departed.Sub(t.came)))
	}
	p.config.Log.LogAttrs(context.Background(), slog.LevelInfo, "request", attrs...)
}

func milliseconds(name string, d time.Duration) slog.Attr {
	return slog.Float64(name, float64(d.Round(time.Microsecond))/float64(time.Millisecond))
}

// shortened is as much of a path as goes into the log.
func shortened(path string) string {
	const most = 128
	if len(path) <= most {
		return path
	}
	return strings.ToValidUTF8(path[:most], "") + "..."
}

// keyNames name keys in logs: the same key has the same name as long as the
// proxy runs, and nobody can tell it from its name.
type keyNames struct{ secret []byte }

func newKeyNames() keyNames {
	secret := make([]byte, sha256.Size)
	_, _ = rand.Read(secret) // never fails
	return keyNames{secret}
}

func (n keyNames) of(key string) string {
	if key == "" {
		return "none"
	}
	mac := hmac.New(sha256.New, n.secret)
	mac.Write([]byte(key))
	return hex.EncodeToString(mac.Sum(nil)[:4])
}

// shortBody is how long a body may be that is read before the request stands in
// line: it can be sent again then, and it is noticed if its client goes away.
const shortBody = 64 << 10

// bodyTime is how long such a body may take to come.
const bodyTime = 30 * time.Second

// readShort reads the body of a request if it is known to be short. Any other is
// streamed.
func readShort(w http.ResponseWriter, r *http.Request) error {
	connection := http.NewResponseController(w)
	switch {
	case r.ContentLength == 0:
		return nil
	case r.ContentLength < 0 || r.ContentLength > shortBody:
		_ = connection.EnableFullDuplex() // the answer may begin before it ends; no news where it may anyway
		return nil
	}
	_ = connection.SetReadDeadline(time.Now().Add(bodyTime)) // fails only if there is no connection
	body, err := io.ReadAll(r.Body)
	_ = connection.SetReadDeadline(time.Time{})
	if err != nil {
		return err
	}
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	r.Body, _ = r.GetBody()
	return nil
}

// buffers are those through which bodies are streamed.
type buffers struct{ pool sync.Pool }

// Get implements httputil.BufferPool.
func (b *buffers) Get() []byte {
	if buffer, ok := b.pool.Get().(*[]byte); ok {
		return *buffer
	}
	return make([]byte, 32<<10)
}

// Put implements httputil.BufferPool.
func (b *buffers) Put(buffer []byte) { b.pool.Put(&buffer) }
