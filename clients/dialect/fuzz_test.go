package dialect

import (
	"net/http"
	"strings"
	"testing"
)

// Whatever a server sends, what is read of it is within reason, and a refusal is
// no invitation.
func FuzzRead(f *testing.F) {
	f.Add(200, "RateLimit: \"a\";r=1;t=2, b;r=3\nRateLimit-Policy: \"a\";q=5;w=6", "")
	f.Add(429, "Retry-After: 99999999999999999999\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1795694460.5\nX-RateLimit-Reset-After: 1.5", `{"retry_after":1e300}`)
	f.Add(403, "X-Rate-Limit-Limit: 1\nX-Rate-Limit-Remaining: 0\nDate: Thu, 26 Nov 2026 12:00:00 GMT", `{"message":"secondary rate limit"}`)
	f.Add(418, "X-MBX-USED-WEIGHT-1M: 7\nX-MBX-ORDER-COUNT-99999999999D: 7\nX-MBX-USED-WEIGHT-: 1", "banned until 99999999999999999999 ")
	f.Add(200, "X-App-Rate-Limit: 20:1,100:120\nX-App-Rate-Limit-Count: 1:1", `{"errors":[{"extensions":{"code":"THROTTLED"}}],"extensions":{"cost":{"requestedQueryCost":1e300,"actualQueryCost":-1,"throttleStatus":{"maximumAvailable":1e14,"currentlyAvailable":-3,"restoreRate":1e-300}}}}`)
	f.Add(503, "X-Shopify-Shop-Api-Call-Limit: 9/0\nX-RateLimit-Limit-Tokens: 1e9\nX-RateLimit-Reset-Tokens: 6m0s", "")
	f.Add(429, "anthropic-ratelimit-tokens-remaining: 0\nanthropic-ratelimit-tokens-reset: 9999-12-31T23:59:59Z\nRetry-After: -1", "")
	r := &Reader{Limits: map[string]int64{"weight 1m": 6000}, Refusals: []int{503}}
	f.Fuzz(func(t *testing.T, status int, fields, body string) {
		h := http.Header{}
		for line := range strings.Lines(fields) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
			h.Add(name, value)
		}
		o := r.Read(status, h, []byte(body), now)
		if o.RetryAfter < 0 || o.RetryAfter > mostTime {
			t.Errorf("a pause of %v", o.RetryAfter)
		}
		if o.Limited() && h.Get("Retry-After") != "" && o.RetryAfter == 0 {
			t.Error("a refusal that says when to come again, and may come at once")
		}
		if o.Blocked && !o.Limited() {
			t.Error("blocked, and not refused")
		}
		if o.Cost < 0 || o.Cost > mostCount {
			t.Errorf("a cost of %d", o.Cost)
		}
		if len(o.Budgets) > mostBudgets+1 {
			t.Errorf("%d budgets", len(o.Budgets))
		}
		for _, b := range o.Budgets {
			switch {
			case b.Limit < 0, b.Limit > mostCount, b.Remaining < 0, b.Remaining > mostCount, b.Limit > 0 && b.Remaining > b.Limit,
				b.Window < 0, b.Window > mostTime, b.Reset < 0, b.Reset > mostTime:
				t.Errorf("out of bounds: %+v", b)
			case b.Remaining == 0 && b.Reset == 0:
				t.Errorf("nothing is left, and more at once: %+v", b)
			}
		}
		again := r.Read(status, h, []byte(body), now)
		for i := range o.Budgets {
			if o.Budgets[i] != again.Budgets[i] {
				t.Errorf("budget %d is %+v, and %+v when read again", i, o.Budgets[i], again.Budgets[i])
			}
		}
	})
}
