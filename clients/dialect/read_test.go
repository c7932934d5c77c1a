package dialect

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/clients/limiter"
)

const (
	ms   = time.Millisecond
	year = 365 * 24 * time.Hour
)

var now = time.Date(2026, time.November, 26, 12, 0, 0, 0, time.UTC) // 1795694400

const date = "Thu, 26 Nov 2026 12:00:00 GMT"

// header makes one of names and values by turns.
func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

func budgets(b ...limiter.Budget) limiter.Outcome { return limiter.Outcome{Budgets: b} }

// What APIs and gateways send with an answer that is none of a refusal. Examples
// are those of their documentation where it has one.
func TestDialects(t *testing.T) {
	reader := &Reader{Limits: map[string]int64{"weight 1m": 6000, "orders 10s": 100, "orders 1d": 200000}}
	for _, tt := range []struct {
		name   string
		header http.Header
		body   string
		want   limiter.Outcome
	}{
		{name: "none", header: header("Date", date, "Content-Type", "application/json")},
		{name: "draft 11 of Cloudflare", header: header("Ratelimit", `"default";r=50;t=30`, "Ratelimit-Policy", `"burst";q=100;w=60, "default";q=1200;w=300`),
			want: budgets(limiter.Budget{Name: "default", Limit: 1200, Remaining: 50, Window: 5 * time.Minute, Reset: 30 * time.Second})},
		{name: "draft 11, several limits", header: header("RateLimit", `"burst";r=12;t=1, "daily";r=800;t=4000`, "RateLimit-Policy", `"burst";q=20;w=1;pk=:c2VjcmV0:, "daily";q=1000;w=86400;qu="tokens"`),
			want: budgets(
				limiter.Budget{Name: "burst", Limit: 20, Remaining: 12, Window: time.Second, Reset: time.Second},
				limiter.Budget{Name: "daily", Limit: 1000, Remaining: 800, Window: 24 * time.Hour, Reset: 4000 * time.Second})},
		{name: "draft 7 of express-rate-limit", header: header("RateLimit", "limit=10, remaining=9, reset=60", "RateLimit-Policy", "10;w=60"),
			want: budgets(limiter.Budget{Limit: 10, Remaining: 9, Window: time.Minute, Reset: time.Minute})},
		{name: "draft 6", header: header("RateLimit-Limit", "10, 10;w=1, 50;w=60", "RateLimit-Remaining", "3", "RateLimit-Reset", "2"),
			want: budgets(limiter.Budget{Limit: 10, Remaining: 3, Reset: 2 * time.Second})},
		{name: "GitHub", header: header("x-ratelimit-limit", "60", "x-ratelimit-remaining", "56", "x-ratelimit-used", "4", "x-ratelimit-reset", "1795694460", "x-ratelimit-resource", "core", "Date", date),
			want: budgets(limiter.Budget{Name: "core", Limit: 60, Remaining: 56, Reset: time.Minute})},
		{name: "GitHub, by our clock", header: header("x-ratelimit-limit", "60", "x-ratelimit-remaining", "56", "x-ratelimit-reset", "1795694460"),
			want: budgets(limiter.Budget{Limit: 60, Remaining: 56, Reset: time.Minute})},
		{name: "X", header: header("x-rate-limit-limit", "900", "x-rate-limit-remaining", "899", "x-rate-limit-reset", "1795695300", "Date", date),
			want: budgets(limiter.Budget{Limit: 900, Remaining: 899, Reset: 15 * time.Minute})},
		{name: "Discord", header: header("X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1470173023.123", "X-RateLimit-Reset-After", "64.57", "X-RateLimit-Bucket", "abcd1234"),
			want: budgets(limiter.Budget{Name: "abcd1234", Limit: 5, Reset: 64570 * ms})},
		{name: "Discord, long ago", header: header("X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1795694464.57", "Date", date),
			want: budgets(limiter.Budget{Limit: 5, Reset: 64570 * ms})},
		{name: "Reddit", header: header("X-Ratelimit-Used", "6", "X-Ratelimit-Remaining", "594.0", "X-Ratelimit-Reset", "431"),
			want: budgets(limiter.Budget{Remaining: 594, Reset: 431 * time.Second})},
		{name: "used instead of remaining", header: header("X-Ratelimit-Used", "6", "X-Ratelimit-Limit", "10", "X-Ratelimit-Reset", "431"),
			want: budgets(limiter.Budget{Limit: 10, Remaining: 4, Reset: 431 * time.Second})},
		{name: "OpenAI", header: header("x-ratelimit-limit-requests", "60", "x-ratelimit-limit-tokens", "150000", "x-ratelimit-remaining-requests", "59", "x-ratelimit-remaining-tokens", "149984", "x-ratelimit-reset-requests", "1s", "x-ratelimit-reset-tokens", "6m0s"),
			want: budgets(
				limiter.Budget{Name: "requests", Limit: 60, Remaining: 59, Reset: time.Second},
				limiter.Budget{Name: "tokens", Limit: 150000, Remaining: 149984, Reset: 6 * time.Minute})},
		{name: "OpenAI, milliseconds", header: header("x-ratelimit-limit-tokens", "150000", "x-ratelimit-remaining-tokens", "149984", "x-ratelimit-reset-tokens", "120ms"),
			want: budgets(limiter.Budget{Name: "tokens", Limit: 150000, Remaining: 149984, Reset: 120 * ms})},
		{name: "Anthropic", header: header("anthropic-ratelimit-requests-limit", "50", "anthropic-ratelimit-requests-remaining", "49", "anthropic-ratelimit-requests-reset", "2026-11-26T12:00:02Z", "anthropic-ratelimit-output-tokens-limit", "8000", "anthropic-ratelimit-output-tokens-remaining", "0", "anthropic-ratelimit-output-tokens-reset", "2026-11-26T13:01:00+01:00", "Date", date),
			want: budgets(
				limiter.Budget{Name: "requests", Limit: 50, Remaining: 49, Reset: 2 * time.Second},
				limiter.Budget{Name: "output-tokens", Limit: 8000, Reset: time.Minute})},
		{name: "Kong", header: header("X-RateLimit-Limit-Minute", "5", "X-RateLimit-Remaining-Minute", "4", "RateLimit-Limit", "5", "RateLimit-Remaining", "4", "RateLimit-Reset", "47"),
			want: budgets(
				limiter.Budget{Limit: 5, Remaining: 4, Reset: 47 * time.Second},
				limiter.Budget{Name: "minute", Limit: 5, Remaining: 4, Window: time.Minute, Reset: time.Minute})},
		{name: "Binance", header: header("X-MBX-USED-WEIGHT", "12", "X-MBX-USED-WEIGHT-1M", "12", "X-MBX-ORDER-COUNT-10S", "101", "X-MBX-ORDER-COUNT-1D", "3", "Date", "Thu, 26 Nov 2026 12:00:47 GMT"),
			want: budgets(
				limiter.Budget{Name: "orders 10s", Limit: 100, Window: 10 * time.Second, Reset: 3 * time.Second},
				limiter.Budget{Name: "orders 1d", Limit: 200000, Remaining: 199997, Window: 24 * time.Hour, Reset: 12*time.Hour - 47*time.Second},
				limiter.Budget{Name: "weight 1m", Limit: 6000, Remaining: 5988, Window: time.Minute, Reset: 13 * time.Second})},
		{name: "Binance, of limits not known", header: header("X-SAPI-USED-IP-WEIGHT-1M", "12")},
		{name: "Riot", header: header("X-App-Rate-Limit", "20:1,100:120", "X-App-Rate-Limit-Count", "1:1,7:120", "X-Method-Rate-Limit", "30:10", "X-Method-Rate-Limit-Count", "31:10"),
			want: budgets(
				limiter.Budget{Name: "application 1s", Limit: 20, Remaining: 19, Window: time.Second, Reset: time.Second},
				limiter.Budget{Name: "application 120s", Limit: 100, Remaining: 93, Window: 2 * time.Minute, Reset: 2 * time.Minute},
				limiter.Budget{Name: "method 10s", Limit: 30, Window: 10 * time.Second, Reset: 10 * time.Second})},
		{name: "Shopify", header: header("X-Shopify-Shop-Api-Call-Limit", "32/40"),
			want: budgets(limiter.Budget{Limit: 40, Remaining: 8})},
		{name: "Shopify, nothing left", header: header("X-Shopify-Shop-Api-Call-Limit", "40/40"),
			want: budgets(limiter.Budget{Limit: 40, Reset: time.Second})},
		{name: "Shopify GraphQL", body: `{"data":{"errors":"none"},"extensions":{"cost":{"requestedQueryCost":101,"actualQueryCost":46,"throttleStatus":{"maximumAvailable":1000.0,"currentlyAvailable":954,"restoreRate":50.0}}}}`,
			want: limiter.Outcome{Cost: 46, Budgets: []limiter.Budget{{Name: "points", Limit: 1000, Remaining: 954, Window: 20 * time.Second, Reset: 20 * ms}}}},
		{name: "Jira, near the limit", header: header("X-RateLimit-Limit", "100", "X-RateLimit-Remaining", "15", "X-RateLimit-NearLimit", "true"),
			want: budgets(limiter.Budget{Limit: 100, Remaining: 15})},
		{name: "when it arrived", header: header("X-Received-At", "1700000000123"),
			want: limiter.Outcome{Received: time.UnixMilli(1700000000123)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.Status = 200
			if diff := cmp.Diff(tt.want, reader.Read(200, tt.header, []byte(tt.body), now)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What is a refusal because of a limit, for how long, and whether for ever.
func TestRefusals(t *testing.T) {
	refused := func(pause time.Duration) limiter.Outcome { return limiter.Outcome{Refused: true, RetryAfter: pause} }
	banned := func(pause time.Duration) limiter.Outcome {
		return limiter.Outcome{Refused: true, Banned: true, RetryAfter: pause}
	}
	limited := func(pause time.Duration) limiter.Outcome { return limiter.Outcome{RetryAfter: pause} } // by a 429
	for _, tt := range []struct {
		name   string
		reader Reader
		status int
		header http.Header
		body   string
		want   limiter.Outcome
	}{
		{name: "429 and no more", status: 429, want: limited(0)},
		{name: "429 with a pause", status: 429, header: header("Retry-After", "120"), want: limited(2 * time.Minute)},
		{name: "Attio's date", status: 429, header: header("Retry-After", "Thu, 26 Nov 2026 12:00:30 GMT", "Date", date), want: limited(30 * time.Second)},
		{name: "Shopify's decimals", status: 429, header: header("Retry-After", "2.0"), want: limited(2 * time.Second)},
		{name: "Retry-After before all else", status: 429, header: header("Retry-After", "7", "RateLimit-Remaining", "0", "RateLimit-Reset", "60"),
			want: limiter.Outcome{RetryAfter: 7 * time.Second, Budgets: []limiter.Budget{{Reset: time.Minute}}}},
		{name: "of several, the longest", status: 429, header: header("Retry-After", "7", "Retry-After", "9", "Retry-After", "8"), want: limited(9 * time.Second)},
		{name: "X, by its reset", status: 429, header: header("x-rate-limit-limit", "15", "x-rate-limit-remaining", "0", "x-rate-limit-reset", "1795694700", "Date", date), body: `{"errors":[{"code":88,"message":"Rate limit exceeded"}]}`,
			want: limiter.Outcome{RetryAfter: 5 * time.Minute, Budgets: []limiter.Budget{{Limit: 15, Reset: 5 * time.Minute}}}},
		{name: "Jira, which tells a reset and nothing else", status: 429, header: header("X-RateLimit-Reset", "2026-11-26T12:00:10Z", "Date", date),
			want: limiter.Outcome{RetryAfter: 10 * time.Second, Budgets: []limiter.Budget{{Reset: 10 * time.Second}}}},
		{name: "Discord, by its body", status: 429, body: `{"message":"You are being rate limited.","retry_after":64.57,"global":true}`, want: limited(64570 * ms)},
		{name: "Discord before version 8", status: 429, header: header("Retry-After", "64570", "X-RateLimit-Limit", "1", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "64.57"),
			want: limiter.Outcome{RetryAfter: 64570 * ms, Budgets: []limiter.Budget{{Limit: 1, Reset: 64570 * ms}}}},
		{name: "Discord since", status: 429, header: header("Retry-After", "65", "X-RateLimit-Limit", "1", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "64.57"),
			want: limiter.Outcome{RetryAfter: 65 * time.Second, Budgets: []limiter.Budget{{Limit: 1, Reset: 64570 * ms}}}},
		{name: "Discord, for the least there is", status: 429, header: header("Retry-After", "1", "X-RateLimit-Limit", "1", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "0.001"),
			want: limiter.Outcome{RetryAfter: time.Second, Budgets: []limiter.Budget{{Limit: 1, Reset: ms}}}},
		{name: "Discord before version 8, too short to be sure", status: 429, header: header("Retry-After", "99", "X-RateLimit-Limit", "1", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "0.099"),
			want: limiter.Outcome{RetryAfter: 99 * time.Second, Budgets: []limiter.Budget{{Limit: 1, Reset: 99 * ms}}}},
		{name: "a penalty of as many seconds as the window has milliseconds", status: 429, header: header("Retry-After", "300", "RateLimit-Remaining", "0", "RateLimit-Reset", "1"),
			want: limiter.Outcome{RetryAfter: 5 * time.Minute, Budgets: []limiter.Budget{{Reset: time.Second}}}},
		{name: "milliseconds, as told", reader: Reader{RetryUnit: ms}, status: 429, header: header("Retry-After", "1500"), want: limited(1500 * ms)},

		// Never taken for none.
		{name: "a pause of 0", status: 429, header: header("Retry-After", "0"), want: limited(time.Second)},
		{name: "a pause that has passed", status: 429, header: header("Retry-After", "Thu, 26 Nov 2026 11:59:59 GMT", "Date", date), want: limited(time.Second)},
		{name: "a pause below 0", status: 429, header: header("Retry-After", "-1"), want: limited(time.Second)},
		{name: "a pause that cannot be read", status: 503, header: header("Retry-After", "soon"), want: refused(time.Second)},
		{name: "a pause beyond everything", status: 429, header: header("Retry-After", strings.Repeat("9", 400)), want: limited(year)},
		{name: "a reset of 0", status: 429, header: header("RateLimit-Remaining", "0", "RateLimit-Reset", "0"),
			want: limiter.Outcome{RetryAfter: time.Second, Budgets: []limiter.Budget{{Reset: time.Second}}}},
		{name: "a reset that cannot be read", status: 429, header: header("RateLimit-Remaining", "0", "RateLimit-Reset", "-5"),
			want: limiter.Outcome{RetryAfter: time.Second, Budgets: []limiter.Budget{{Reset: time.Second}}}},
		{name: "a rest that cannot be read", status: 429, header: header("RateLimit-Limit", "10", "RateLimit-Remaining", "-1", "RateLimit-Reset", "5"),
			want: limiter.Outcome{RetryAfter: 5 * time.Second, Budgets: []limiter.Budget{{Limit: 10, Reset: 5 * time.Second}}}},
		{name: "Discord's body with nonsense", status: 429, body: `{"message":"You are being rate limited.","retry_after":-3}`, want: limited(time.Second)},

		// 403 is one with a limit's marks only.
		{name: "forbidden", status: 403, body: `{"message":"Must have admin rights to Repository."}`},
		{name: "GitHub's primary limit", status: 403, header: header("x-ratelimit-limit", "60", "x-ratelimit-remaining", "0", "x-ratelimit-reset", "1795695300", "Date", date),
			want: limiter.Outcome{Refused: true, RetryAfter: 15 * time.Minute, Budgets: []limiter.Budget{{Limit: 60, Reset: 15 * time.Minute}}}},
		{name: "GitHub's secondary limit", status: 403, header: header("Retry-After", "60", "x-ratelimit-limit", "5000", "x-ratelimit-remaining", "4000", "x-ratelimit-reset", "1795695300", "Date", date),
			want: limiter.Outcome{Refused: true, RetryAfter: time.Minute, Budgets: []limiter.Budget{{Limit: 5000, Remaining: 4000, Reset: 15 * time.Minute}}}},
		{name: "GitHub's secondary limit, by its text", status: 403, body: `{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}`, want: refused(0)},
		{name: "Gmail", status: 403, body: `{"error":{"code":403,"message":"User-rate limit exceeded.  Retry after 2026-11-26T12:01:00Z","errors":[{"domain":"usageLimits","reason":"userRateLimitExceeded"}]}}`, want: refused(0)},
		{name: "the last request found nothing", status: 404, header: header("x-ratelimit-limit", "60", "x-ratelimit-remaining", "0", "x-ratelimit-reset", "1795694460", "Date", date),
			want: limiter.Outcome{Budgets: []limiter.Budget{{Limit: 60, Reset: time.Minute}}}},

		// Other statuses.
		{name: "out of order", status: 503},
		{name: "nginx", reader: Reader{Refusals: []int{503}}, status: 503, want: refused(0)},
		{name: "AWS", status: 503, body: `<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error></Errors></Response>`, want: refused(0)},
		{name: "ECS", status: 400, body: `{"__type":"ThrottlingException","message":"Rate exceeded"}`, want: refused(0)},
		{name: "Graph", status: 503, header: header("Retry-After", "10"), want: refused(10 * time.Second)},
		{name: "Notion is overloaded", status: 529, header: header("Retry-After", "3"), want: refused(3 * time.Second)},
		{name: "a shop is locked", status: 423, body: `{"errors":"Locked"}`, want: limiter.Outcome{Refused: true, Blocked: true}},
		{name: "a shop is locked for a while", status: 423, header: header("Retry-After", "5"), want: banned(5 * time.Second)},

		// 200 with an error in the body.
		{name: "Kraken", status: 200, body: `{"error":["EAPI:Rate limit exceeded"]}`, want: refused(0)},
		{name: "Kraken's concurrency", status: 200, body: `{"error":["EService:Throttled: 1795694407"]}`, want: refused(7 * time.Second)},
		{name: "Kraken's other errors", status: 200, body: `{"error":["EGeneral:Invalid arguments"]}`},
		{name: "Kraken's success", status: 200, body: `{"error":[],"result":{"text":"Rate limit exceeded"}}`},
		{name: "Slack", status: 200, body: `{"ok":false,"error":"ratelimited"}`, want: refused(0)},
		{name: "GitHub's GraphQL", status: 200, body: `{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for user ID 1."}]}`, want: refused(0)},
		{name: "an error about a field named rateLimit", status: 200, body: `{"errors":[{"message":"Field 'rateLimit' doesn't exist on type 'Query'"}]}`},
		{name: "Shopify's points", status: 200, body: `{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":{"requestedQueryCost":112,"actualQueryCost":null,"throttleStatus":{"maximumAvailable":1000.0,"currentlyAvailable":12,"restoreRate":50.0}}}}`,
			want: limiter.Outcome{Refused: true, RetryAfter: 2 * time.Second, Budgets: []limiter.Budget{{Name: "points", Limit: 1000, Remaining: 12, Window: 20 * time.Second, Reset: 20 * ms}}}},
		{name: "an error that is cut off", status: 200, body: `{"error":["EAPI:Rate limit exceeded"`},

		// Bans.
		{name: "Binance, for two minutes", status: 418, header: header("Retry-After", "120"), body: `{"code":-1003,"msg":"Way too much request weight used; IP banned until 1795694520000."}`, want: banned(2 * time.Minute)},
		{name: "Binance, by its text", status: 418, body: `{"code":-1003,"msg":"Way too much request weight used; IP banned until 1795694520000."}`, want: banned(2 * time.Minute)},
		{name: "Binance, and no end in sight", status: 418, want: limiter.Outcome{Refused: true, Blocked: true}},
		{name: "the reference's block", status: 429, body: `{"error_msg":"too many rate limit errors: blocked","status":"error"}`, want: limiter.Outcome{Blocked: true}},
		{name: "an account is blocked, whatever for", status: 403, body: `{"message":"Your account has been blocked."}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.Status = tt.status
			if diff := cmp.Diff(tt.want, tt.reader.Read(tt.status, tt.header, []byte(tt.body), now)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// How a time until something can be written.
func TestUntil(t *testing.T) {
	const none = -1
	at := func(text string) http.Header { return header("Date", text) }
	const october, later = "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:50:07 GMT"
	september := at("Sun, 09 Sep 2001 01:46:30 GMT") // ten seconds before 1e9
	for _, tt := range []struct {
		text   string
		header http.Header
		want   time.Duration
	}{
		{"120", nil, 2 * time.Minute},
		{"0", nil, 0},
		{" 7 ", nil, 7 * time.Second},
		{"1.5", nil, 1500 * ms},
		{"0.0000000001", nil, 1},
		{"31535999", nil, year - time.Second},
		{"999999999", nil, year}, // the longest that is no date
		{later, at(october), 30 * time.Second},
		{october, at(later), 0},
		{"Sunday, 06-Nov-94 08:49:47 GMT", at(october), 10 * time.Second},
		{"Thu, 26 Nov 2026 12:01:00 GMT", nil, time.Minute}, // by our own clock
		{"Thu, 26 Nov 2026 12:01:00 GMT", at("nonsense"), time.Minute},
		{"Fri, 31 Dec 9999 23:59:59 GMT", at(october), year},
		{"2026-11-26T12:01:00Z", nil, time.Minute},
		{"2026-11-26T13:01:00.5+01:00", nil, 60500 * ms},
		{"1000000000", september, 10 * time.Second},
		{"1000000000.5", september, 10500 * ms},
		{"1000000000500", september, 10500 * ms},
		{"1000000000500000", september, 10500 * ms},
		{"1000000000500000000", september, 10500 * ms},
		{"1000000000", at("Sun, 09 Sep 2001 01:46:50 GMT"), 0},
		{strings.Repeat("9", 300), nil, year},
		{strings.Repeat("9", 400), nil, year},
		{"6m0s", nil, 6 * time.Minute},
		{"1s", nil, time.Second},
		{"120ms", nil, 120 * ms},
		{"2000000h", nil, year},
		{"9999999999999h", nil, none}, // more than a time.Duration
		{"-1s", nil, none},
		{"-1", nil, none},
		{"", nil, none},
		{".", nil, none},
		{"soon", nil, none},
		{"NaN", nil, none},
		{"Inf", nil, none},
		{"0x10", nil, none},
		{"1e3", nil, none},
		{"1_0", nil, none},
	} {
		got, ok := clock{tt.header, now}.until(tt.text)
		if !ok {
			got = none
		}
		if got != tt.want {
			t.Errorf("%q: %v, want %v", tt.text, got, tt.want)
		}
	}
}

// Numbers that nobody can mean, and fields that come more than once.
func TestBounds(t *testing.T) {
	for _, tt := range []struct {
		name   string
		header http.Header
		want   []limiter.Budget
	}{
		{"more left than there is", header("RateLimit-Limit", "10", "RateLimit-Remaining", "11", "RateLimit-Reset", "1"), []limiter.Budget{{Limit: 10, Remaining: 10, Reset: time.Second}}},
		{"more than anybody counts", header("RateLimit-Remaining", strings.Repeat("9", 400), "RateLimit-Reset", strings.Repeat("9", 400)), []limiter.Budget{{Remaining: 1e15, Reset: year}}},
		{"of two, what lets less through", header("RateLimit-Remaining", "5", "RateLimit-Remaining", "3", "RateLimit-Reset", "1", "RateLimit-Reset", "2"), []limiter.Budget{{Remaining: 3, Reset: 2 * time.Second}}},
		{"half a budget", header("RateLimit-Remaining", "3"), []limiter.Budget{{Remaining: 3}}},
		{"the other half", header("RateLimit-Reset", "3"), nil},
		{"not decimal", header("RateLimit-Remaining", "1e3", "RateLimit-Reset", "1"), nil},
		{"more used than there is", header("X-Shopify-Shop-Api-Call-Limit", "41/40"), []limiter.Budget{{Limit: 40, Reset: time.Second}}},
		{"a limit of nothing", header("X-Shopify-Shop-Api-Call-Limit", "0/0"), nil},
		{"Riot without a count", header("X-App-Rate-Limit", "20:1,100:120", "X-App-Rate-Limit-Count", "1:120"), []limiter.Budget{{Name: "application 120s", Limit: 100, Remaining: 99, Window: 2 * time.Minute, Reset: 2 * time.Minute}}},
		{"Riot, a window of nothing", header("X-App-Rate-Limit", "20:0", "X-App-Rate-Limit-Count", "1:0"), nil},
		{"Riot, nonsense", header("X-App-Rate-Limit", "20,:,1:,:1,20:1:1", "X-App-Rate-Limit-Count", "1:1"), nil},
		{"draft 11, less than nothing", header("RateLimit", `"a";r=-1;t=1`), nil},
		{"draft 11, twice", header("RateLimit", `"a";r=1;t=1`, "RateLimit", `"b";r=2;t=2`), []limiter.Budget{{Name: "a", Remaining: 1, Reset: time.Second}, {Name: "b", Remaining: 2, Reset: 2 * time.Second}}},
		{"draft 11, beyond everything", header("RateLimit", `"a";r=`+strings.Repeat("9", 400)+`;t=`+strings.Repeat("9", 400)), []limiter.Budget{{Name: "a", Remaining: 1e15, Reset: year}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := new(Reader).Read(200, tt.header, nil, now).Budgets
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	many := new(Reader).Read(200, header("RateLimit", strings.Repeat(`"a";r=1,`, 1000)+`"a";r=1`), nil, now).Budgets
	if len(many) != mostBudgets {
		t.Errorf("%d budgets of one field, want the first %d", len(many), mostBudgets)
	}
}

// Malformed fields say nothing.
func TestStructuredFields(t *testing.T) {
	for _, text := range []string{
		"", " ", `"a"`, `"a";`, `"a";r`, `"a";r=`, `"a";r=1;`, `"a";r=1,`, `,"a";r=1`, `"a;r=1`, `"a\";r=1`, `"a\x";r=1`, "\"a\n\";r=1",
		`"a";r=1 "b";r=1`, `"a";r=1;=2`, `"a";r=:abc`, `"a";r="1"`, `"a";r=1.2.3`, `a=b`, `limit=1`, `remaining=`, `é;r=1`,
	} {
		if got := new(Reader).Read(200, header("RateLimit", text), nil, now).Budgets; got != nil {
			t.Errorf("%q: %+v, want nothing", text, got)
		}
	}
	for text, want := range map[string]limiter.Budget{
		`"a";r=1`:                      {Name: "a", Remaining: 1},
		` a ; r=1 ; t=2 `:              {Name: "a", Remaining: 1, Reset: 2 * time.Second},
		`"a";x;y=?1;pk=:YQ==:;r=1`:     {Name: "a", Remaining: 1},
		`"a\"\\";r=1`:                  {Name: `a"\`, Remaining: 1},
		`"a";r=1;r=2`:                  {Name: "a", Remaining: 2},
		`reset=3,remaining=1, limit=2`: {Limit: 2, Remaining: 1, Reset: 3 * time.Second},
	} {
		got := new(Reader).Read(200, header("RateLimit", text), nil, now).Budgets
		if diff := cmp.Diff([]limiter.Budget{want}, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// An answer without fields of limits costs next to nothing.
func TestReadDoesNotAllocate(t *testing.T) {
	h := header("Date", date, "Content-Type", "application/json", "Content-Length", "3", "Vary", "Accept")
	r := new(Reader)
	for _, status := range []int{200, 429} {
		if n := testing.AllocsPerRun(100, func() { r.Read(status, h, nil, now) }); n != 0 {
			t.Errorf("%v allocations for a %d", n, status)
		}
	}
	h.Set("Retry-After", "3")
	if n := testing.AllocsPerRun(100, func() { r.Read(429, h, nil, now) }); n != 0 {
		t.Errorf("%v allocations for a pause", n)
	}
}

func BenchmarkRead(b *testing.B) {
	for _, bb := range []struct {
		name   string
		header http.Header
	}{
		{"nothing", header("Date", date, "Content-Type", "application/json", "Content-Length", "3", "Vary", "Accept")},
		{"draft 6", header("Date", date, "RateLimit-Limit", "10", "RateLimit-Remaining", "3", "RateLimit-Reset", "2")},
		{"draft 11", header("Date", date, "RateLimit", `"burst";r=12;t=1, "daily";r=800;t=4000`, "RateLimit-Policy", `"burst";q=20;w=1, "daily";q=1000;w=86400`)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			r := new(Reader)
			for b.Loop() {
				r.Read(200, bb.header, nil, now)
			}
		})
	}
}
