package dialect

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

var now = time.Date(2026, time.November, 26, 12, 0, 0, 250e6, time.UTC)

// limits are two of each kind that a dialect could have a word for.
func limits() []State {
	return []State{
		{Name: "core", Limit: 5000, Remaining: 4999, Window: time.Hour, Reset: 59*time.Minute + 59*time.Second + 1},
		{Name: "tokens", Unit: "tokens", Limit: 150000, Remaining: 149984, Window: time.Minute, Reset: 6 * time.Millisecond},
		{Name: "orders", Unit: "orders", Limit: 100, Remaining: 93, Window: 10 * time.Second, Reset: 9600 * time.Millisecond},
		{Name: "points", Unit: "points", Limit: 1000, Remaining: 900, Window: 20 * time.Second, Reset: 2 * time.Second},
		{Name: "method", Limit: 60, Remaining: 57, Window: time.Minute, Reset: 3 * time.Second, Route: true},
		{Name: "secondary", Limit: 900, Remaining: 400, Window: time.Minute, Reset: time.Second, Hidden: true},
	}
}

// TestTranscripts compares what each dialect says with testdata, where it can be
// read: a request that passed, refusals by one limit of each kind, a ban for a while
// and one for ever.
func TestTranscripts(t *testing.T) {
	for d := range rows {
		c := Config{Dialect: Dialect(d)}
		t.Run(c.Dialect.String(), func(t *testing.T) {
			var b strings.Builder
			say := func(title string, a Answer) {
				a.Now, a.Route, a.Body = now, "read", []byte(`{}`)
				fmt.Fprintf(&b, "# %s\n%s\n", title, told(c, a))
			}
			say("passed", Answer{Limits: limits(), Asked: 112, Cost: 100})
			for i, s := range limits() {
				if s.Name == "tokens" {
					continue // as orders are
				}
				a := Answer{Verdict: Limited, Limits: limits(), Retry: 1500*time.Millisecond + 1, Asked: 112}
				a.Limits[i].Refused, a.Limits[i].Remaining = true, 0
				say("refused by "+s.Name, a)
			}
			say("banned for two minutes", Answer{Verdict: Banned, Limits: limits(), Retry: 2 * time.Minute})
			say("banned for ever", Answer{Verdict: Banned, Limits: limits()})
			golden(t, c.Dialect.String()+".txt", b.String())
		})
	}
}

// told is an answer as it is on the wire, with its fields in order.
func told(c Config, a Answer) string {
	h := http.Header{}
	status, body := c.Write(h, a)
	var b strings.Builder
	fmt.Fprintf(&b, "%d\n", status)
	for _, field := range slices.Sorted(maps.Keys(h)) {
		fmt.Fprintf(&b, "%s: %s\n", field, strings.Join(h[field], " | "))
	}
	if len(body) > 0 {
		fmt.Fprintf(&b, "\n%s", strings.TrimSuffix(string(body), "\n")+"\n")
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s\ngo test ./server/dialect -update writes it anew", path, diff)
	}
}

// The examples that the APIs' own pages give.
func TestDocumentedExamples(t *testing.T) {
	at := func(unix int64) time.Time { return time.Unix(unix, 0) }
	for _, tt := range []struct {
		name    string
		dialect Dialect
		answer  Answer
		want    map[string]string
	}{
		{"Shopify REST", Shopify, Answer{Limits: []State{{Limit: 40, Remaining: 8, Window: 20 * time.Second}}},
			map[string]string{"X-Shopify-Shop-Api-Call-Limit": "32/40"}},
		{"Riot", Riot, Answer{Limits: []State{{Limit: 20, Remaining: 19, Window: time.Second}, {Limit: 100, Remaining: 99, Window: 2 * time.Minute}}},
			map[string]string{"X-App-Rate-Limit": "20:1,100:120", "X-App-Rate-Limit-Count": "1:1,1:120"}},
		{"Cloudflare", IETF, Answer{Limits: []State{{Limit: 100, Remaining: 50, Window: time.Minute, Reset: 30 * time.Second}}},
			map[string]string{"RateLimit": `"default";r=50;t=30`, "RateLimit-Policy": `"default";q=100;w=60`}},
		{"Discord", Discord, Answer{Now: at(1470173022), Limits: []State{{Limit: 1, Window: 2 * time.Second, Reset: 1123 * time.Millisecond}}},
			map[string]string{"X-RateLimit-Limit": "1", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1470173023.123", "X-RateLimit-Reset-After": "1.123"}},
		{"GitHub", GitHub, Answer{Now: at(1691587913), Limits: []State{{Limit: 60, Remaining: 59, Window: time.Hour, Reset: time.Hour}}},
			map[string]string{"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "59", "X-RateLimit-Used": "1", "X-RateLimit-Reset": "1691591513", "X-RateLimit-Resource": "core"}},
		{"OpenAI", OpenAI, Answer{Limits: []State{{Limit: 60, Remaining: 59, Reset: time.Second}, {Unit: "tokens", Limit: 150000, Remaining: 149984, Reset: 6 * time.Minute}}},
			map[string]string{"X-RateLimit-Limit-Requests": "60", "X-RateLimit-Reset-Requests": "1s", "X-RateLimit-Limit-Tokens": "150000", "X-RateLimit-Remaining-Tokens": "149984", "X-RateLimit-Reset-Tokens": "6m0s"}},
		{"Binance", Binance, Answer{Limits: []State{{Limit: 6000, Remaining: 5998, Window: time.Minute}, {Unit: "orders", Limit: 100, Remaining: 99, Window: 10 * time.Second}}},
			map[string]string{"X-MBX-USED-WEIGHT-1M": "2", "X-MBX-ORDER-COUNT-10S": "1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := http.Header{}
			Config{Dialect: tt.dialect}.Write(h, tt.answer)
			for field, want := range tt.want {
				if got := h.Get(field); got != want {
					t.Errorf("%s is %q, want %q", field, got, want)
				}
			}
		})
	}
}

func TestRetryForms(t *testing.T) {
	for _, tt := range []struct {
		form  RetryForm
		pause time.Duration
		want  string
	}{
		{RetrySeconds, 1, "1"},
		{RetrySeconds, time.Second, "1"},
		{RetrySeconds, time.Second + 1, "2"},
		{RetryDecimals, 2 * time.Second, "2.0"},
		{RetryDecimals, 64570 * time.Millisecond, "64.57"},
		{RetryDecimals, 1, "0.001"},
		{RetryMilliseconds, 64570*time.Millisecond - 1, "64570"},
		{RetryDate, 749 * time.Millisecond, "Thu, 26 Nov 2026 12:00:01 GMT"}, // from 12:00:00.250
		{RetryDate, 750 * time.Millisecond, "Thu, 26 Nov 2026 12:00:01 GMT"},
		{RetryDate, 751 * time.Millisecond, "Thu, 26 Nov 2026 12:00:02 GMT"},
		{RetryMissing, time.Second, ""},
		{RetrySeconds, 0, ""}, // nothing is known
	} {
		h := http.Header{}
		Config{RetryAfter: tt.form}.Write(h, Answer{Verdict: Limited, Retry: tt.pause, Now: now})
		if got := h.Get("Retry-After"); got != tt.want {
			t.Errorf("%v of %v: %q, want %q", tt.form, tt.pause, got, tt.want)
		}
	}
}

// Who believes a pause comes late, by no more than the field cannot say.
func TestPausesAreRoundedUp(t *testing.T) {
	units := map[RetryForm]time.Duration{RetrySeconds: time.Second, RetryDecimals: time.Millisecond, RetryMilliseconds: time.Millisecond, RetryDate: time.Second}
	rapid.Check(t, func(t *rapid.T) {
		form := rapid.SampledFrom([]RetryForm{RetrySeconds, RetryDecimals, RetryMilliseconds, RetryDate}).Draw(t, "form")
		pause := time.Duration(rapid.Int64Range(1, int64(30*24*time.Hour)).Draw(t, "pause"))
		at := now.Add(time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "now")))
		h := http.Header{}
		Config{RetryAfter: form}.Write(h, Answer{Verdict: Limited, Retry: pause, Now: at})
		text := h.Get("Retry-After")
		var end time.Time
		if form == RetryDate {
			end, _ = http.ParseTime(text)
		} else {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			if form == RetryMilliseconds {
				n /= 1000
			}
			end = at.Add(time.Duration(n*1e9 + 0.5))
		}
		slack := time.Microsecond // of the floating point
		if late := end.Sub(at.Add(pause)); late < -slack || late >= units[form]+slack {
			t.Errorf("%v of %v at %v: %q, late by %v", form, pause, at, text, late)
		}
	})
}

func TestStatuses(t *testing.T) {
	refused := func(v Verdict) Answer { return Answer{Verdict: v, Limits: []State{{Refused: true}}} }
	for _, tt := range []struct {
		name   string
		config Config
		answer Answer
		want   int
	}{
		{"passed, whatever refusals have", Config{Status: 503}, Answer{}, 200},
		{"none", Config{}, refused(Limited), 429},
		{"none, banned", Config{}, refused(Banned), 429},
		{"nginx", Config{Status: 503}, refused(Limited), 503},
		{"nginx, banned", Config{Status: 503}, refused(Banned), 503},
		{"Kraken", Config{Status: 200}, refused(Limited), 200},
		{"GitHub", Config{Dialect: GitHub}, refused(Limited), 403},
		{"GitHub's other one", Config{Dialect: GitHub, Status: 429}, refused(Limited), 429},
		{"Binance", Config{Dialect: Binance}, refused(Limited), 429},
		{"Binance, banned", Config{Dialect: Binance}, refused(Banned), 418},
		{"Binance, banned by the firewall", Config{Dialect: Binance, BanStatus: 403}, refused(Banned), 403},
		{"Shopify", Config{Dialect: Shopify}, refused(Limited), 429},
		{"Shopify, banned", Config{Dialect: Shopify}, refused(Banned), 423},
		{"Shopify, points", Config{Dialect: Shopify}, Answer{Verdict: Limited, Limits: []State{{Unit: "points", Refused: true}}}, 200},
		{"overloaded", Config{Status: 529}, refused(Limited), 529},
	} {
		if got, _ := tt.config.Write(http.Header{}, tt.answer); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestBodyOfTheConfig(t *testing.T) {
	c := Config{Status: 200, Body: `{"error":["EAPI:Rate limit exceeded"]}`}
	if _, body := c.Write(http.Header{}, Answer{Verdict: Limited}); string(body) != c.Body {
		t.Errorf("refused with %q, want %q", body, c.Body)
	}
	if _, body := c.Write(http.Header{}, Answer{Body: []byte("x")}); string(body) != "x" {
		t.Errorf("passed with %q, want the body of the answer", body)
	}
}

// What a request gets is put around what it costs.
func TestShopifyBodies(t *testing.T) {
	a := Answer{Limits: []State{{Unit: "points", Limit: 1000, Remaining: 990, Window: 20 * time.Second}}, Asked: 12, Cost: 10}
	const cost = `"extensions":{"cost":{"requestedQueryCost":12,"actualQueryCost":10,"throttleStatus":{"maximumAvailable":1000.0,"currentlyAvailable":990,"restoreRate":50.0}}}`
	for _, tt := range []struct{ body, want string }{
		{"", `{"data":{},` + cost + "}\n"},
		{" {} ", `{"data":{},` + cost + "}\n"},
		{`{"data":{"shop":1}}`, `{"data":{"shop":1},` + cost + "}\n"},
		{"[1]", "[1]"}, // has no room
	} {
		a.Body = []byte(tt.body)
		if _, body := (Config{Dialect: Shopify}).Write(http.Header{}, a); string(body) != tt.want {
			t.Errorf("%q: %s, want %s", tt.body, body, tt.want)
		}
	}
}

// Draft 06 tells the limit of which the least part is left.
func TestTightest(t *testing.T) {
	h := http.Header{}
	Config{Dialect: IETF06}.Write(h, Answer{Limits: []State{{Limit: 10, Remaining: 5}, {Limit: 1000, Remaining: 20}, {Limit: 7, Hidden: true}}})
	if got := h.Get("RateLimit-Limit"); got != "1000" {
		t.Errorf("tells the limit of %s, want 1000", got)
	}
}

// No name breaks out of a structured field.
func TestQuoted(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"", `"default"`}, {"burst", `"burst"`}, {`a"b\c`, `"a\"b\\c"`}, {"é\n", `"??"`},
	} {
		if got := quoted(tt.name); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestNames(t *testing.T) {
	for i, name := range Names() {
		if d, ok := Parse(name); !ok || int(d) != i || d.String() != name {
			t.Errorf("%q is %v", name, d)
		}
	}
	for i, name := range RetryNames() {
		if f, ok := ParseRetry(name); !ok || int(f) != i || f.String() != name {
			t.Errorf("%q is %v", name, f)
		}
	}
	if _, ok := Parse("GitHub"); ok {
		t.Error("names do not ignore case")
	}
	if _, ok := ParseRetry(""); ok {
		t.Error("there is a form without a name")
	}
}

func TestValidate(t *testing.T) {
	for _, tt := range []struct {
		config Config
		want   string // "": valid
	}{
		{Config{}, ""},
		{Config{Dialect: Shopify, Status: 599, BanStatus: 200, RetryAfter: RetryMissing}, ""},
		{Config{Dialect: 12}, "got Dialect 12, want one of 12"},
		{Config{Status: 199}, "got Status 199, want 200 to 599, or 0 for the dialect's own"},
		{Config{BanStatus: 600}, "got BanStatus 600, want 200 to 599, or 0 for the dialect's own"},
		{Config{RetryAfter: 6}, "RetryAfter: got RetryForm 6, want one of 6"},
	} {
		got := ""
		if err := tt.config.Validate(); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.config, got, tt.want)
		}
	}
}

// A refusal that is a 200 says in its body that it is none.
func TestRefusalWith200(t *testing.T) {
	for d := range rows {
		_, body := Config{Dialect: Dialect(d), Status: 200}.Write(http.Header{}, Answer{Verdict: Limited, Limits: []State{{Refused: true}}})
		if !strings.Contains(string(body), `"error":["EAPI:Rate limit exceeded"]`) {
			t.Errorf("%s: %q", Dialect(d), body)
		}
	}
}
