package harness_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	said "ratebench/clients/dialect"
	"ratebench/clients/limiter"
	"ratebench/server/dialect"
)

// A dialect is written by the server and read by clients that are not told which
// it is. What is read is what was written, as far as the dialect can say it; times
// are never shorter, and longer by no more than its fields round up.
func TestDialectsRoundTrip(t *testing.T) {
	for i, name := range dialect.Names() {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				c := dialect.Config{Dialect: dialect.Dialect(i)}
				a := drawAnswer(t)
				reader := &said.Reader{Limits: binanceLimits(a.Limits)}
				if rapid.Bool().Draw(t, "another form") {
					c.RetryAfter = rapid.SampledFrom([]dialect.RetryForm{dialect.RetrySeconds, dialect.RetryDecimals, dialect.RetryMilliseconds, dialect.RetryDate}).Draw(t, "form")
				}
				if c.RetryAfter == dialect.RetryMilliseconds {
					reader.RetryUnit = time.Millisecond // which only Discord's fields show
				}
				o := throughTheWire(c, a, reader)
				checkVerdict(t, a, o)
				checkPause(t, c, a, o)
				checkBudgets(t, expected(c.Dialect, &a), o.Budgets)
			})
		})
	}
}

var wireNow = time.Date(2026, time.November, 26, 12, 0, 0, 0, time.UTC)

// drawAnswer draws an answer of up to four limits, whose windows differ.
func drawAnswer(t *rapid.T) dialect.Answer {
	names := []string{"core", discordGlobal, "daily limit", `"quoted"`}
	windows := rapid.Permutation([]time.Duration{time.Second, 10 * time.Second, time.Minute, 5 * time.Minute, time.Hour, 24 * time.Hour}).Draw(t, "windows")
	a := dialect.Answer{
		Now:   wireNow.Add(time.Duration(rapid.Int64Range(0, int64(time.Second)-1).Draw(t, "now"))),
		Asked: rapid.Int64Range(1, 100).Draw(t, "asked"),
		Cost:  rapid.Int64Range(1, 100).Draw(t, "cost"),
		Body:  []byte("{}"),
	}
	for i := range rapid.IntRange(0, len(names)).Draw(t, "limits") {
		s := dialect.State{
			Name: names[i], Window: windows[i],
			Unit:   rapid.SampledFrom([]string{"", "tokens", "input-tokens", "orders", "points"}).Draw(t, "unit"),
			Limit:  rapid.Int64Range(1, 1e9).Draw(t, "limit"),
			Route:  rapid.Bool().Draw(t, "route"),
			Hidden: rapid.IntRange(0, 3).Draw(t, "hidden") == 0,
		}
		s.Remaining = rapid.Int64Range(0, s.Limit).Draw(t, "remaining")
		if s.Remaining < s.Limit {
			s.Reset = time.Duration(rapid.Int64Range(1, int64(s.Window)).Draw(t, "reset"))
		}
		a.Limits = append(a.Limits, s)
	}
	switch {
	case rapid.IntRange(0, 4).Draw(t, "banned") == 0:
		a.Verdict = dialect.Banned
		a.Retry = time.Duration(rapid.Int64Range(1, int64(72*time.Hour)).Draw(t, "retry"))
	case len(a.Limits) > 0 && rapid.Bool().Draw(t, "refused"):
		a.Verdict = dialect.Limited
		s := &a.Limits[rapid.IntRange(0, len(a.Limits)-1).Draw(t, "refuser")]
		s.Refused, s.Remaining = true, 0
		s.Reset = time.Duration(rapid.Int64Range(1, int64(s.Window)).Draw(t, "refuser's reset"))
		a.Retry = s.Reset
	}
	return a
}

const discordGlobal = "global"

// throughTheWire writes an answer and reads it. Where a dialect has no text for a
// refusal, the server's own stands.
func throughTheWire(c dialect.Config, a dialect.Answer, r *said.Reader) limiter.Outcome {
	h := http.Header{}
	status, body := c.Write(h, a)
	if a.Verdict != dialect.Passed && body == nil {
		body = []byte(`{"error_msg":"exceeded rate limit","status":"error"}`)
	}
	return r.Read(status, h, body, a.Now)
}

func checkVerdict(t *rapid.T, a dialect.Answer, o limiter.Outcome) {
	if o.Limited() != (a.Verdict != dialect.Passed) {
		t.Errorf("verdict %d is read as %+v", a.Verdict, o)
	}
	if o.OK() != (a.Verdict == dialect.Passed) {
		t.Errorf("verdict %d: OK is %t", a.Verdict, o.OK())
	}
	if o.Blocked && (a.Verdict != dialect.Banned || o.RetryAfter > 0) {
		t.Errorf("verdict %d: blocked, for %v", a.Verdict, o.RetryAfter)
	}
}

const inexact = time.Microsecond // of a float64

func checkPause(t *rapid.T, c dialect.Config, a dialect.Answer, o limiter.Outcome) {
	if a.Verdict == dialect.Passed {
		if o.RetryAfter != 0 {
			t.Errorf("a pause of %v without a refusal", o.RetryAfter)
		}
		return
	}
	if c.RetryAfter == dialect.RetryDefault {
		return // it may leave it to a reset, or to a bucket's rate
	}
	if late := o.RetryAfter - a.Retry; late < -inexact || late > 2*time.Second {
		t.Errorf("a pause of %v, told by %v, is read as %v", a.Retry, c.RetryAfter, o.RetryAfter)
	}
}

// A wanted is a budget that a dialect tells.
type wanted struct {
	limiter.Budget               // but for its Reset
	least          time.Duration // which is this,
	most           time.Duration // to this
}

func checkBudgets(t *rapid.T, want []wanted, got []limiter.Budget) {
	if len(want) != len(got) {
		t.Fatalf("budgets %+v, want %+v", got, want)
	}
	for i, w := range want {
		g := got[i]
		if g.Reset < w.least-inexact || g.Reset > w.most+inexact {
			t.Errorf("%q is reset after %v, want %v to %v", g.Name, g.Reset, w.least, w.most)
		}
		if off := g.Window - w.Window; off > -inexact && off < inexact {
			g.Window = w.Window // which points tell by their rate
		}
		g.Reset = 0
		if g != w.Budget {
			t.Errorf("budget %+v, want %+v", g, w.Budget)
		}
	}
}

// expected is what a dialect tells of the limits, said again.
func expected(d dialect.Dialect, a *dialect.Answer) []wanted {
	var shown []dialect.State
	for _, s := range a.Limits {
		if !s.Hidden {
			shown = append(shown, s)
		}
	}
	switch d {
	case dialect.IETF:
		return each(shown, func(s dialect.State) wanted { return telling(s, s.Name, s.Window) })
	case dialect.IETF06:
		return first(tightestFirst(shown), "")
	case dialect.GitHub:
		if len(shown) > 0 {
			return first(shown, strings.NewReplacer(" ", "-", `"`, "-").Replace(shown[0].Name))
		}
	case dialect.X:
		return first(shown, "")
	case dialect.Discord:
		return expectedOfDiscord(a, shown)
	case dialect.Reddit:
		w := first(shown, "")
		if len(w) > 0 {
			w[0].Limit = 0
		}
		return w
	case dialect.OpenAI:
		return byUnit(shown, "", "tokens")
	case dialect.Anthropic:
		return byUnit(shown, "", "tokens", "input-tokens")
	case dialect.Binance:
		return expectedOfBinance(shown)
	case dialect.Riot:
		return append(expectedOfRiot(shown, false, "application"), expectedOfRiot(shown, true, "method")...)
	case dialect.Shopify:
		return expectedOfShopify(a, shown)
	}
	return nil
}

// telling is what a dialect tells that has a reset, rounded up to seconds by a
// clock that shows seconds.
func telling(s dialect.State, name string, window time.Duration) wanted {
	return wanted{limiter.Budget{Name: name, Limit: s.Limit, Remaining: s.Remaining, Window: window}, s.Reset, max(s.Reset, 0) + 2*time.Second}
}

// hiding is what one tells that has none: at the longest, the window.
func hiding(s dialect.State, name string) wanted {
	w := wanted{limiter.Budget{Name: name, Limit: s.Limit, Remaining: s.Remaining, Window: s.Window}, s.Reset, s.Window}
	if s.Remaining == s.Limit {
		w.most = 0
	}
	return w
}

func each(states []dialect.State, f func(dialect.State) wanted) (all []wanted) {
	for _, s := range states {
		w := f(s)
		if s.Remaining < s.Limit && w.least == 0 {
			w.most = s.Window
		}
		all = append(all, w)
	}
	return all
}

func first(states []dialect.State, name string) []wanted {
	if len(states) == 0 {
		return nil
	}
	return []wanted{telling(states[0], name, 0)}
}

func tightestFirst(states []dialect.State) []dialect.State {
	var least []dialect.State
	for _, s := range states {
		if least == nil || float64(s.Remaining)*float64(least[0].Limit) < float64(least[0].Remaining)*float64(s.Limit) {
			least = []dialect.State{s}
		}
	}
	return least
}

func byUnit(states []dialect.State, units ...string) (all []wanted) {
	for _, unit := range units {
		for _, s := range states {
			if s.Unit == unit {
				name := unit
				if name == "" {
					name = "requests"
				}
				all = append(all, telling(s, name, 0))
				break
			}
		}
	}
	return all
}

func expectedOfDiscord(a *dialect.Answer, shown []dialect.State) []wanted {
	if a.Verdict == dialect.Banned {
		return nil
	}
	for _, s := range a.Limits {
		if s.Refused && s.Name == discordGlobal {
			return nil
		}
	}
	for _, s := range shown {
		if s.Name != discordGlobal {
			h := http.Header{}
			dialect.Config{Dialect: dialect.Discord}.Write(h, *a)
			return first([]dialect.State{s}, h.Get("X-RateLimit-Bucket")) // a hash
		}
	}
	return nil
}

// binanceName is that of a limit's counter, in the order of which they are read.
func binanceName(s dialect.State) string {
	name := "weight "
	if s.Unit == "orders" {
		name = "orders "
	}
	return name + map[time.Duration]string{time.Second: "1s", 10 * time.Second: "10s", time.Minute: "1m", 5 * time.Minute: "5m", time.Hour: "1h", 24 * time.Hour: "1d"}[s.Window]
}

func binanceLimits(states []dialect.State) map[string]int64 {
	limits := map[string]int64{}
	for _, s := range states {
		limits[binanceName(s)] = s.Limit
	}
	return limits
}

func expectedOfBinance(shown []dialect.State) (all []wanted) {
	for _, s := range shown {
		w := hiding(s, binanceName(s))
		w.least, w.most = 0, s.Window // windows are aligned there, which these are not
		at := len(all)
		for at > 0 && all[at-1].Name > w.Name {
			at--
		}
		all = append(all[:at], append([]wanted{w}, all[at:]...)...)
	}
	return all
}

func expectedOfRiot(shown []dialect.State, route bool, kind string) (all []wanted) {
	for _, s := range shown {
		if s.Route == route {
			all = append(all, hiding(s, kind+" "+strconv.Itoa(int(s.Window/time.Second))+"s"))
		}
	}
	return all
}

func expectedOfShopify(a *dialect.Answer, shown []dialect.State) (all []wanted) {
	var requests, points []dialect.State
	for _, s := range shown {
		if s.Unit == "points" {
			points = append(points, s)
		} else {
			requests = append(requests, s)
		}
	}
	if len(requests) > 0 {
		s := requests[0]
		all = append(all, wanted{limiter.Budget{Limit: s.Limit, Remaining: s.Remaining}, 0, time.Second})
	}
	throttled := false
	for i := range a.Limits {
		if a.Limits[i].Refused {
			throttled = a.Limits[i].Unit == "points"
			if throttled {
				points = []dialect.State{a.Limits[i]} // which is told though it be hidden
			}
		}
	}
	if len(points) > 0 && (throttled || a.Verdict == dialect.Passed) {
		s := points[0]
		all = append(all, wanted{limiter.Budget{Name: "points", Limit: s.Limit, Remaining: s.Remaining, Window: s.Window}, 0, s.Window})
	}
	return all
}

// Where a dialect leaves the pause to a reset or to the body, it is found there.
func TestPausesWithoutRetryAfter(t *testing.T) {
	for _, d := range []dialect.Dialect{dialect.GitHub, dialect.X, dialect.Reddit, dialect.Shopify} {
		t.Run(d.String(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				s := dialect.State{Limit: 1000, Window: 20 * time.Second, Refused: true}
				a := dialect.Answer{Verdict: dialect.Limited, Now: wireNow, Asked: rapid.Int64Range(1, 1000).Draw(t, "asked")}
				if d == dialect.Shopify {
					s.Unit, s.Remaining = "points", rapid.Int64Range(0, a.Asked-1).Draw(t, "remaining")
					a.Retry = time.Duration(a.Asked-s.Remaining) * s.Window / 1000
				} else {
					a.Retry = time.Duration(rapid.Int64Range(1, int64(s.Window)).Draw(t, "retry"))
				}
				s.Reset = a.Retry
				a.Limits = []dialect.State{s}
				h := http.Header{}
				status, body := dialect.Config{Dialect: d}.Write(h, a)
				if h.Get("Retry-After") != "" {
					t.Fatal("there is a Retry-After")
				}
				o := new(said.Reader).Read(status, h, body, wireNow)
				if late := o.RetryAfter - a.Retry; late < -inexact || late > time.Second+inexact {
					t.Errorf("a pause of %v is read as %v", a.Retry, o.RetryAfter)
				}
			})
		})
	}
}

// Refusals are read for what they are, whatever status they have.
func TestStatusesRoundTrip(t *testing.T) {
	for i, name := range dialect.Names() {
		for _, status := range []int{429, 403, 418, 503, 423, 529, 200} {
			c := dialect.Config{Dialect: dialect.Dialect(i), Status: status, BanStatus: status, RetryAfter: dialect.RetrySeconds}
			for _, verdict := range []dialect.Verdict{dialect.Limited, dialect.Banned} {
				a := dialect.Answer{Verdict: verdict, Now: wireNow, Retry: 90 * time.Second, Limits: []dialect.State{{Name: "a", Limit: 1, Window: time.Minute, Reset: time.Minute, Refused: verdict == dialect.Limited}}}
				o := throughTheWire(c, a, new(said.Reader))
				if !o.Limited() || o.OK() || o.RetryAfter != 90*time.Second || o.Blocked {
					t.Errorf("%s, %d, verdict %d: read as %+v, want a refusal for 90s", name, status, verdict, o)
				}
			}
		}
	}
}
