package serving

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/scenario"
	"ratebench/scenarios/apis"
	"ratebench/server"
	"ratebench/server/memnet"
)

// A target is a documented API as a client of any language finds it: over HTTP, in
// the time of a synctest bubble, which begins at midnight.
type target struct {
	t      *testing.T
	client *http.Client
	key    string // in Authorization; "": none
}

// An answered is what came back.
type answered struct {
	status int
	header http.Header
	body   string
}

// onTarget serves a preset, which answers after 10ms.
func onTarget(t *testing.T, preset string, change func(*ServiceConfig), f func(*target)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p, err := scenario.LoadPreset(preset)
		if err != nil {
			t.Fatal(err)
		}
		sc := p.Scenario()
		if sc.Server.Incoming, err = dist.Parse("constant(0ms)", sc.Step, nil); err != nil {
			t.Fatal(err)
		}
		if sc.Server.Outgoing, err = dist.Parse("constant(10ms)", sc.Step, nil); err != nil {
			t.Fatal(err)
		}
		c := ServiceConfig{Log: slog.New(slog.DiscardHandler), MaxConcurrent: 1000}
		if change != nil {
			change(&c)
		}
		service, err := NewService(sc, c)
		if err != nil {
			t.Fatal(err)
		}
		ln := memnet.Listen()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- service.Serve(ctx, ln) }()
		transport := &http.Transport{DialContext: ln.Dial, MaxIdleConnsPerHost: 1000}
		f(&target{t: t, client: &http.Client{Transport: transport}, key: "Bearer a-key"})
		transport.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// send sends one request, of "METHOD /path".
func (g *target) send(what string) answered {
	g.t.Helper()
	method, path, _ := strings.Cut(what, " ")
	r, err := http.NewRequest(method, "http://localhost"+path, nil)
	if err != nil {
		g.t.Fatal(err)
	}
	if g.key != "" {
		r.Header.Set("Authorization", g.key)
	}
	res, err := g.client.Do(r)
	if err != nil {
		g.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	return answered{res.StatusCode, res.Header, string(body)}
}

// atOnce sends n requests at the same time.
func (g *target) atOnce(n int, what string) []answered {
	all := make([]answered, n)
	var sent sync.WaitGroup
	for i := range n {
		sent.Go(func() { all[i] = g.send(what) })
	}
	sent.Wait()
	return all
}

// until sends requests until one is answered with another status, which it
// returns with how many there were before.
func (g *target) until(what string, status int) (n int, last answered) {
	g.t.Helper()
	for n < 20_000 {
		if last = g.send(what); last.status != status {
			return n, last
		}
		n++
	}
	g.t.Fatalf("%d times %d", n, status)
	return 0, last
}

// statuses counts them.
func statuses(all []answered) map[int]int {
	n := map[int]int{}
	for _, a := range all {
		n[a.status]++
	}
	return n
}

// has checks header fields, of which "" are not there.
func (a answered) has(t *testing.T, when string, want map[string]string) {
	t.Helper()
	for field, value := range want {
		if got := a.header.Get(field); got != value {
			t.Errorf("%s: %s is %q, want %q", when, field, got, value)
		}
	}
}

// shopify.dev: a bucket of 40 that leaks 2 a second; X-Shopify-Shop-Api-Call-Limit
// counts up, and a 429 tells Retry-After.
func TestAsShopify(t *testing.T) {
	onTarget(t, "shopify", nil, func(g *target) {
		all := g.atOnce(60, "GET /admin/api/2026-10/products.json")
		if got := statuses(all); got[200] != 40 || got[429] != 20 {
			t.Fatalf("60 at once: %v, want 40 times 200 and 20 times 429", got)
		}
		var told []string
		for _, a := range all {
			switch limit := a.header.Get("X-Shopify-Shop-Api-Call-Limit"); {
			case a.status == 200:
				told = append(told, limit)
			case limit != "40/40":
				t.Errorf("refused with %s, want 40/40", limit)
			default:
				a.has(t, "refused", map[string]string{"Retry-After": "0.5"})
			}
		}
		slices.Sort(told)
		if told = slices.Compact(told); len(told) != 40 || !slices.Contains(told, "1/40") || !slices.Contains(told, "40/40") {
			t.Errorf("told %v, want 1/40 to 40/40, each once", told)
		}
		passed := 0
		for range 100 { // every 100 ms, for 10 s
			time.Sleep(90 * time.Millisecond)
			if g.send("POST /admin/orders/1.json").status == 200 {
				passed++
			}
		}
		if passed != 20 {
			t.Errorf("%d in the next 10 s, want 2 a second", passed)
		}
		g.key = "another shop's"
		g.send("GET /").has(t, "another key", map[string]string{"X-Shopify-Shop-Api-Call-Limit": "1/40"})
	})
}

// docs.github.com: 5,000 an hour, refused with 403 or 429, x-ratelimit-remaining 0
// and a reset in seconds since 1970; secondary limits of 900 points a minute, with
// 5 for a write, and of 100 requests at a time.
func TestAsGitHub(t *testing.T) {
	onTarget(t, "github", nil, func(g *target) {
		start := time.Now()
		reset := strconv.FormatInt(start.Add(time.Hour).Unix(), 10)
		left := 5000
		for left > 0 {
			for range min(900, left) { // no more than the points of a minute
				left--
				g.send("GET /repos/o/r").has(t, "read", map[string]string{
					"X-Ratelimit-Limit": "5000", "X-Ratelimit-Remaining": strconv.Itoa(left), "X-Ratelimit-Used": strconv.Itoa(5000 - left),
					"X-Ratelimit-Reset": reset, "X-Ratelimit-Resource": "core",
				})
			}
			time.Sleep(time.Minute)
		}
		a := g.send("GET /user")
		if a.status != 403 && a.status != 429 || !strings.Contains(a.body, "rate limit exceeded") {
			t.Errorf("beyond the limit: %d %s, want 403 or 429", a.status, a.body)
		}
		a.has(t, "beyond the limit", map[string]string{"X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": reset})
		time.Sleep(time.Until(start.Add(time.Hour)))
		if a := g.send("GET /user"); a.status != 200 {
			t.Errorf("after the reset: %d %s", a.status, a.body)
		}
	})
	onTarget(t, "github", nil, func(g *target) {
		n, a := g.until("POST /repos/o/r/issues", 200) // 80 of content come before 180 times 5 points
		if n != 80 || a.status != 403 && a.status != 429 || !strings.Contains(a.body, "secondary rate limit") {
			t.Errorf("after %d writes: %d %s, want 80 and a secondary limit", n, a.status, a.body)
		}
		if a.header.Get("X-Ratelimit-Remaining") == "0" || a.header.Get("Retry-After") == "" {
			t.Errorf("a secondary limit: header %v, want something left of the primary one, and a pause", a.header)
		}
		if got := statuses(g.atOnce(101, "GET /user")); got[200] != 100 {
			t.Errorf("101 at a time: %v, want one refused", got)
		}
	})
}

// binance-spot-api-docs: weights of 6,000 a minute of an address, told as used; 429,
// and 418 for who goes on, from 2 minutes to 3 days.
func TestAsBinance(t *testing.T) {
	onTarget(t, "binance", nil, func(g *target) {
		for i := range 240 { // of 25 each
			g.key = "one of several keys " + strconv.Itoa(i%2)
			g.send("GET /api/v3/depth?symbol=BTCUSDT").has(t, "a depth", map[string]string{"X-Mbx-Used-Weight-1m": strconv.Itoa(25 * (i + 1))})
		}
		for i, ban := range []time.Duration{2 * time.Minute, 10 * time.Minute, time.Hour, 24 * time.Hour, 72 * time.Hour, 72 * time.Hour} {
			n, a := g.until("GET /api/v3/depth", 429)
			if n != 10 || a.status != 418 {
				t.Errorf("ban %d: %d times 429, then %d; want 10 and 418", i, n, a.status)
			}
			a.has(t, "banned", map[string]string{"Retry-After": strconv.Itoa(int(ban / time.Second))})
			time.Sleep(ban + time.Minute - time.Duration(time.Now().UnixNano()%int64(time.Minute))) // and to the next minute
			g.send("GET /api/v3/ticker/price").has(t, "afterwards", map[string]string{"X-Mbx-Used-Weight-1m": "2"})
			g.spend(t, "GET /api/v3/depth", 239)
		}
	})
	onTarget(t, "binance", nil, func(g *target) {
		g.send("POST /api/v3/order").has(t, "an order", map[string]string{"X-Mbx-Used-Weight-1m": "1", "X-Mbx-Order-Count-10s": "1"})
		g.send("GET /api/v3/depth").has(t, "no order", map[string]string{"X-Mbx-Used-Weight-1m": "26", "X-Mbx-Order-Count-10s": ""})
		time.Sleep(time.Minute - 50*time.Millisecond) // 59.97 s
		g.send("GET /api/v3/depth").has(t, "the same minute", map[string]string{"X-Mbx-Used-Weight-1m": "51"})
		time.Sleep(20 * time.Millisecond)
		g.send("GET /api/v3/depth").has(t, "the next minute, by the clock", map[string]string{"X-Mbx-Used-Weight-1m": "25"})
	})
}

// spend sends so many requests that are accepted.
func (g *target) spend(t *testing.T, what string, n int) {
	t.Helper()
	for i := range n {
		if a := g.send(what); a.status != 200 {
			t.Fatalf("request %d of %d: %d %s", i, n, a.status, a.body)
		}
	}
}

// hextechdocs.dev: 20 a second and 100 in 2 minutes, both told with their counts; a
// refusal tells which kind of limit it was.
func TestAsRiot(t *testing.T) {
	onTarget(t, "riot", nil, func(g *target) {
		const what = "GET /lol/match/v5/matches/EUW1_1"
		for i := range 20 {
			n := strconv.Itoa(i + 1)
			g.send(what).has(t, "request "+n, map[string]string{
				"X-App-Rate-Limit": "20:1,100:120", "X-App-Rate-Limit-Count": n + ":1," + n + ":120", "X-Method-Rate-Limit-Count": n + ":60",
			})
		}
		a := g.send(what)
		if a.status != 429 {
			t.Errorf("the 21st in a second: %d", a.status)
		}
		a.has(t, "the 21st in a second", map[string]string{"X-Rate-Limit-Type": "application", "Retry-After": "1", "X-App-Rate-Limit-Count": "20:1,20:120"})
		for range 2 { // the method's 60 in a minute
			time.Sleep(time.Second)
			g.spend(t, what, 20)
		}
		time.Sleep(time.Second)
		g.send(what).has(t, "the 61st of a method", map[string]string{"X-Rate-Limit-Type": "method", "X-App-Rate-Limit-Count": "0:1,60:120"})
		for range 2 {
			g.spend(t, "GET /lol/summoner/v4/x", 20)
			time.Sleep(time.Second)
		}
		a = g.send("GET /lol/summoner/v4/x")
		a.has(t, "the 101st", map[string]string{"X-Rate-Limit-Type": "application", "X-App-Rate-Limit-Count": "0:1,100:120"})
		wait, err := strconv.Atoi(a.header.Get("Retry-After"))
		if err != nil || wait < 100 || wait > 120 {
			t.Errorf("the 101st is to wait %q, want what is left of 2 minutes", a.header.Get("Retry-After"))
		}
		time.Sleep(time.Duration(wait) * time.Second)
		if a := g.send(what); a.status != 200 {
			t.Errorf("after Retry-After: %d", a.status)
		}
	})
}

// discord-api-docs: limits by route and channel, told with a bucket and decimals;
// 10,000 bad answers in 10 minutes ban an address.
func TestAsDiscord(t *testing.T) {
	onTarget(t, "discord", nil, func(g *target) {
		path := func(channel int) string { return fmt.Sprintf("POST /api/v10/channels/%d/messages", channel) }
		first := g.send(path(1))
		first.has(t, "the first", map[string]string{"X-Ratelimit-Limit": "5", "X-Ratelimit-Remaining": "4", "X-Ratelimit-Reset-After": "5.0"})
		reset, err := strconv.ParseFloat(first.header.Get("X-Ratelimit-Reset"), 64)
		if want := float64(time.Now().UnixMilli())/1000 + 5; err != nil || reset < want-0.02 || reset > want+0.02 || !strings.Contains(first.header.Get("X-Ratelimit-Reset"), ".") {
			t.Errorf("reset at %q, want %f with decimals", first.header.Get("X-Ratelimit-Reset"), want)
		}
		bucket := first.header.Get("X-Ratelimit-Bucket")
		g.spend(t, path(1), 4)
		a := g.send(path(1))
		if a.status != 429 || !strings.Contains(a.body, `"retry_after":4.95`) || !strings.Contains(a.body, `"global":false`) {
			t.Errorf("the sixth: %d %s, want 429 with 4.95 s to wait", a.status, a.body)
		}
		a.has(t, "the sixth", map[string]string{"X-Ratelimit-Remaining": "0", "X-Ratelimit-Scope": "user", "X-Ratelimit-Bucket": bucket, "Retry-After": "5"})
		other := g.send(path(2))
		other.has(t, "another channel", map[string]string{"X-Ratelimit-Remaining": "4", "X-Ratelimit-Bucket": bucket})
		if got := g.send("PUT /api/v10/channels/1/messages/3/reactions/x/@me").header.Get("X-Ratelimit-Bucket"); got == bucket || got == "" {
			t.Errorf("the bucket of another route is %q, that of messages %q", got, bucket)
		}

		all := g.atOnce(100, path(1)) // within the 5 s
		for range 98 {
			all = append(all, g.atOnce(100, path(1))...)
		}
		refused := statuses(all)[429]
		for refused < 9_999 { // with the sixth 10,000
			if g.send(path(1)).status == 429 {
				refused++
			}
		}
		g.key = "Bot another"
		a = g.send("GET /api/v10/gateway")
		if a.status != 429 || !strings.Contains(a.body, "1015") || a.header.Get("Retry-After") != "3600" {
			t.Errorf("after 10,000 bad answers another bot of the address gets %d %s, Retry-After %s", a.status, a.body, a.header.Get("Retry-After"))
		}
	})
}

// Keys that are not known are bad answers, too.
func TestAsDiscordStrictly(t *testing.T) {
	onTarget(t, "discord", func(c *ServiceConfig) { c.Strict = true }, func(g *target) {
		g.key = "Bot nobody"
		n, a := g.until("GET /api/v10/gateway", 401)
		if n != 10_000 || a.status != 429 || !strings.Contains(a.body, "1015") {
			t.Errorf("after %d times 401: %d %s, want a ban after 10,000", n, a.status, a.body)
		}
		g.key = "Bot " + server.DefaultKeys()[0]
		if a := g.send("GET /api/v10/gateway"); a.status != 429 {
			t.Errorf("a good key of the same address: %d, want that it is banned as well", a.status)
		}
	})
}

// developers.openai.com: requests and tokens, whose resets are written as 1s and
// 6m0s and are the time until nothing is used; a request is charged an estimate.
func TestAsOpenAI(t *testing.T) {
	onTarget(t, "openai", nil, func(g *target) {
		const what = "POST /v1/chat/completions"
		a := g.send(what)
		a.has(t, "the first", map[string]string{
			"X-Ratelimit-Limit-Requests": "60", "X-Ratelimit-Remaining-Requests": "59", "X-Ratelimit-Reset-Requests": "990ms", // 10 of the second have gone
			"X-Ratelimit-Limit-Tokens": "150000",
		})
		left, err := strconv.Atoi(a.header.Get("X-Ratelimit-Remaining-Tokens"))
		if err != nil || left < 148_000 || left > 149_800 {
			t.Errorf("%q tokens are left, want 150000 less 200 to 2000, as it turned out", a.header.Get("X-Ratelimit-Remaining-Tokens"))
		}
		// 59 more at once: of 60 requests nothing is left, and in a minute all of it.
		all := g.atOnce(60, what)
		if got := statuses(all); got[200] != 59 || got[429] != 1 {
			t.Errorf("60 more at once: %v", got)
		}
		for _, a := range all {
			if a.status == 429 {
				a.has(t, "the 61st", map[string]string{"X-Ratelimit-Remaining-Requests": "0", "Retry-After": "1"})
				if !strings.Contains(a.body, "rate_limit_exceeded") || !strings.Contains(a.body, "requests") {
					t.Errorf("the 61st: %s", a.body)
				}
			}
		}
		a = g.send(what) // refused ones count
		reset, err := time.ParseDuration(a.header.Get("X-Ratelimit-Reset-Requests"))
		if err != nil || reset < time.Minute || reset > 63*time.Second || !strings.HasPrefix(a.header.Get("X-Ratelimit-Reset-Requests"), "1m") {
			t.Errorf("requests are all there in %q, want about 1m2s", a.header.Get("X-Ratelimit-Reset-Requests"))
		}
	})
}

// docs.kraken.com: a counter of 20 that decays by 0.5 a second, ledgers count 2; the
// refusal is a 200 with an error, and asking on makes it longer.
func TestAsKraken(t *testing.T) {
	onTarget(t, "kraken", nil, func(g *target) {
		const refusal = `{"error":["EAPI:Rate limit exceeded"]}`
		passes := func(path string) bool {
			a := g.send("POST /0/private/" + path)
			if a.status != 200 || a.header.Get("Retry-After") != "" {
				t.Errorf("%s: %d, Retry-After %q; want 200 and nothing said", path, a.status, a.header.Get("Retry-After"))
			}
			return a.body != refusal
		}
		n := 0
		for passes("Ledgers") {
			n++
		}
		if n != 10 {
			t.Errorf("%d ledgers pass, want 10 of 2 each", n)
		}
		time.Sleep(2 * time.Second)
		if !passes("Balance") || passes("Balance") {
			t.Error("after 2 s not exactly one more passes")
		}
		for range 3 { // the fifth refusal bans
			passes("Balance")
		}
		for range 5 { // each of these makes it half a minute again
			time.Sleep(20 * time.Second)
			if passes("Balance") {
				t.Fatal("who keeps asking is let in")
			}
		}
		time.Sleep(30 * time.Second)
		if !passes("Balance") {
			t.Error("who waits is not let in")
		}
	})
}

// Unless it is strict, every key is welcome, and each has its own limits; none is
// the address.
func TestAsKeys(t *testing.T) {
	body := "[1, 2]"
	onTarget(t, "shopify", func(c *ServiceConfig) { c.Body = []byte(body) }, func(g *target) {
		for _, key := range []string{"a", "b", ""} {
			g.key = key
			a := g.send("DELETE /anything/at/all")
			a.has(t, "key "+key, map[string]string{"X-Shopify-Shop-Api-Call-Limit": "1/40", "Content-Type": "application/json"})
			if a.status != 200 || a.body != body {
				t.Errorf("key %q: %d %s", key, a.status, a.body)
			}
		}
	})
	onTarget(t, "shopify", func(c *ServiceConfig) { c.Strict = true }, func(g *target) {
		for key, want := range map[string]int{"a": 401, "": 401, "Bearer " + server.DefaultKeys()[4]: 200} {
			g.key = key
			if a := g.send("GET /"); a.status != want {
				t.Errorf("strict, key %q: %d, want %d", key, a.status, want)
			}
		}
	})
}

// Who takes the API for a proxy is told, at no cost of the limit.
func TestAsIsNoProxy(t *testing.T) {
	onTarget(t, "shopify", nil, func(g *target) {
		g.key = "a"
		if a := g.send("CONNECT "); a.status != 400 || !strings.Contains(a.body, "no proxy") { // to localhost; other hosts are unknown
			t.Errorf("%d %s", a.status, a.body)
		}
		g.send("GET /").has(t, "afterwards", map[string]string{"X-Shopify-Shop-Api-Call-Limit": "1/40"})
	})
}

// Every preset can be served, and takes what its own patterns match.
func TestAsEveryPreset(t *testing.T) {
	for _, name := range apis.Names() {
		if name == "reference" {
			continue // which has a path and nonces
		}
		t.Run(name, func(t *testing.T) {
			p, err := scenario.LoadPreset(name)
			if err != nil {
				t.Fatal(err)
			}
			requests := []string{"GET /anything/7"}
			for _, kind := range p.Load.Mix {
				for _, pattern := range kind.Match {
					method, path, found := strings.Cut(pattern, " ")
					if !found {
						method, path = "POST", pattern
					}
					requests = append(requests, method+" "+strings.NewReplacer("{", "", "}", "").Replace(path))
				}
			}
			onTarget(t, name, nil, func(g *target) {
				for _, what := range requests {
					if a := g.send(what); a.status != 200 {
						t.Errorf("%s: %d %s", what, a.status, a.body)
					}
					time.Sleep(time.Minute)
				}
			})
		})
	}
}
