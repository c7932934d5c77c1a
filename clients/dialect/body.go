package dialect

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"strings"
	"time"

	"ratebench/clients/limiter"
)

// MaxBody is how much of a body is looked at, in bytes.
const MaxBody = 64 << 10

// Peek reads the beginning of an answer's body, MaxBody at most, and leaves the
// answer as if it had not been read. It takes as long as the server takes to send
// that much. What goes wrong, the next reader of the body is told.
func Peek(resp *http.Response) []byte {
	if resp.Body == nil || resp.Body == http.NoBody {
		return nil
	}
	beginning, err := io.ReadAll(io.LimitReader(resp.Body, MaxBody))
	rest := io.Reader(resp.Body)
	if err != nil {
		rest = failing{err}
	}
	resp.Body = &peeked{Reader: io.MultiReader(bytes.NewReader(beginning), rest), Closer: resp.Body}
	return beginning
}

type peeked struct {
	io.Reader
	io.Closer
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// A text is what a body says.
type text struct {
	limited bool          // it is an error that names a rate limit
	banned  bool          // and speaks of a ban
	pause   time.Duration // 0: not said
	cost    int64         // of the request; 0: not said
	budget  limiter.Budget
}

// phrases name a rate limit, in lower case. Each is an API's: words alone would
// find "rateLimit" in an error about a field of that name.
var phrases = []string{
	"rate limit exceeded", "rate limit reached", "exceeded rate limit", "secondary rate limit", "being rate limited",
	"rate_limit", "ratelimited", "ratelimitexceeded", "too many requests", "throttl", "request limit exceeded", "requestlimitexceeded",
	"resource_exhausted", "exceeded a rate limit", "calls per second", "rate limit of", "request weight", "too many new orders",
	"rate limit errors", "error code: 1015",
}

var banWords = []string{"banned", "blocked"}

// A document is a body in JSON, as far as it is about limits.
type document struct {
	Error, Errors json.RawMessage
	Message       json.RawMessage `json:"error_msg"`
	RetryAfter    *float64        `json:"retry_after"`
	Extensions    struct {
		Cost *shopifyCost
	}
}

// A shopifyCost is what Shopify's GraphQL API says of its bucket of points.
type shopifyCost struct {
	Requested float64 `json:"requestedQueryCost"`
	Actual    float64 `json:"actualQueryCost"`
	Throttle  struct {
		Maximum   float64 `json:"maximumAvailable"`
		Available float64 `json:"currentlyAvailable"`
		Restore   float64 `json:"restoreRate"`
	} `json:"throttleStatus"`
}

// readBody looks for what APIs say of limits in their bodies. One with a status of
// less than 400 is an answer, whatever it has words for, unless it has an error.
func readBody(status int, body []byte, c clock) (t text) {
	body = body[:min(len(body), MaxBody)]
	failed := status >= 400
	if len(body) == 0 || !failed && !bytes.Contains(body, []byte(`"error`)) && !bytes.Contains(body, []byte(`"throttleStatus"`)) {
		return t
	}
	var s document
	_ = json.Unmarshal(body, &s) // what is no JSON, or cut off, says nothing here
	words := strings.ToLower(string(body))
	if !failed {
		words = strings.ToLower(string(s.Error) + string(s.Errors) + string(s.Message))
	}
	t.limited = containsAny(words, phrases)
	t.banned = failed && containsAny(words, banWords)
	if t.limited && s.RetryAfter != nil {
		t.pause = pauseOf(*s.RetryAfter)
	}
	if t.pause == 0 && t.limited {
		t.pause = dateIn(words, c)
	}
	if s.Extensions.Cost != nil {
		t.shopify(s.Extensions.Cost)
	}
	return t
}

func containsAny(words string, any []string) bool {
	for _, phrase := range any {
		if strings.Contains(words, phrase) {
			return true
		}
	}
	return false
}

// pauseOf is a pause in seconds, leastPause where it is none.
func pauseOf(s float64) time.Duration {
	if !(s > 0) {
		return leastPause
	}
	return within(scale(s, time.Second))
}

// dateIn is the time until a date in an error: Binance's "banned until" with
// milliseconds since 1970 and Kraken's "throttled:" with seconds. 0: there is none.
func dateIn(words string, c clock) time.Duration {
	for _, before := range []string{"banned until ", "throttled: "} {
		_, after, found := strings.Cut(words, before)
		end := strings.IndexFunc(after, func(r rune) bool { return r < '0' || r > '9' })
		if !found || end < 0 {
			continue
		}
		if n, ok := readNumber(after[:end]); ok && n >= leastDate {
			return max(leastPause, c.untilDate(n))
		}
	}
	return 0
}

// shopify is what the points say. A query that has been refused can be asked again
// when they are enough for it.
func (t *text) shopify(cost *shopifyCost) {
	bucket := cost.Throttle
	if !(bucket.Maximum > 0) || bucket.Maximum > mostCount {
		return
	}
	available := min(max(0, bucket.Available), bucket.Maximum)
	t.budget = limiter.Budget{Name: "points", Limit: count(math.Floor(bucket.Maximum)), Remaining: count(math.Floor(available))}
	t.cost = count(math.Ceil(min(max(0, cost.Actual), bucket.Maximum)))
	if !(bucket.Restore > 0) {
		believe(&t.budget)
		return
	}
	t.budget.Window = within(scale(bucket.Maximum/bucket.Restore, time.Second))
	if t.budget.Remaining < t.budget.Limit {
		t.budget.Reset = within(scale(1/bucket.Restore, time.Second))
	}
	if t.limited {
		t.pause = pauseOf((min(cost.Requested, bucket.Maximum) - available) / bucket.Restore)
	}
}
