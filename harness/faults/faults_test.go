package faults

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"ratebench/clients"
	"ratebench/clients/limiter"
	"ratebench/clients/pace"
	"ratebench/harness/dist"
	"ratebench/harness/virtual"
)

const ms = time.Millisecond

func constant(t *testing.T, text string) dist.Dist {
	t.Helper()
	d, err := dist.Parse(text, ms, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestFatesComeAsOftenAsPlanned(t *testing.T) {
	c := Config{
		Error500: 0.1, Error503: 0.05, Spike: 0.2, SpikeLatency: constant(t, "300ms"),
		Hang: 0.02, ResetBefore: 0.03, ResetAfter: 0.04, Malformed: 0.06,
	}
	want := map[Fate]float64{Error500: .1, Error503: .05, Spike: .2, Hang: .02, ResetBefore: .03, ResetAfter: .04, Malformed: .06, None: .5}
	p := NewPlan(c, 7)
	got := map[Fate]float64{}
	const n = 100_000
	for i := range uint64(n) {
		f, extra := p.Fate(i, time.Second)
		if (extra > 0) != (f == Spike) {
			t.Fatalf("%v with an extra latency of %v", f, extra)
		}
		if again, _ := p.Fate(i, 2*time.Second); again != f {
			t.Fatalf("request %d: %v, then %v", i, f, again)
		}
		got[f] += 1.0 / n
	}
	for f, share := range want {
		if math.Abs(got[f]-share) > 0.005 {
			t.Errorf("%v: %.4f of all, want %v", f, got[f], share)
		}
	}
}

func TestOutages(t *testing.T) {
	p := NewPlan(Config{Outages: []Outage{{At: 2 * time.Second, For: time.Second}, {At: 5 * time.Second, For: time.Second}}}, 1)
	for at, want := range map[time.Duration]Fate{
		0: None, 2*time.Second - 1: None, 2 * time.Second: Down, 3*time.Second - 1: Down, 3 * time.Second: None, 5500 * ms: Down,
	} {
		if got, _ := p.Fate(0, at); got != want {
			t.Errorf("at %v: %v, want %v", at, got, want)
		}
	}
}

func TestNothingPlannedNothingBroken(t *testing.T) {
	if (Config{}).Any() {
		t.Error("the zero Config breaks something")
	}
	for i := range uint64(1000) {
		if f, _ := NewPlan(Config{}, 1).Fate(i, time.Hour); f != None {
			t.Fatalf("request %d: %v", i, f)
		}
	}
}

// answering is a caller whose answers take 40 ms, and which counts requests.
type answering struct {
	rt    clients.Runtime
	calls int
	other int // with another nonce than the first call was made with
}

func (a *answering) Call(c *clients.Call, o *limiter.Outcome) error {
	a.calls++
	if c.Permit.Nonce != 1 {
		a.other++
	}
	o.Status = 200
	return a.rt.Sleep(40 * ms)
}

// only is a Config by which every request meets one fate.
func only(t *testing.T, f Fate) Config {
	c := Config{SpikeLatency: constant(t, "300ms")}
	switch f {
	case Error500:
		c.Error500 = 1
	case Error503:
		c.Error503 = 1
	case Spike:
		c.Spike = 1
	case Hang:
		c.Hang = 1
	case ResetBefore:
		c.ResetBefore = 1
	case ResetAfter:
		c.ResetAfter = 1
	case Malformed:
		c.Malformed = 1
	case Down:
		c.Outages = []Outage{{At: 0, For: time.Hour}}
	}
	return c
}

func TestCaller(t *testing.T) {
	for _, c := range []struct {
		fate    Fate
		timeout time.Duration
		took    time.Duration
		status  int
		err     error
		counted int
	}{
		{None, time.Second, 40 * ms, 200, nil, 1},
		{Error500, time.Second, 0, 500, nil, 0},
		{Error503, time.Second, 0, 503, nil, 0},
		{Spike, time.Second, 340 * ms, 200, nil, 1},
		{Spike, 300 * ms, 300 * ms, 0, clients.ErrTimeout, 1}, // the spike alone takes as long
		{Hang, time.Second, time.Second, 0, clients.ErrTimeout, 1},
		{ResetBefore, time.Second, 0, 0, ErrReset, 0},
		{ResetAfter, time.Second, 40 * ms, 0, ErrReset, 1},
		{Malformed, time.Second, 40 * ms, 0, ErrMalformed, 1},
		{Down, time.Second, 0, 0, ErrReset, 0},
	} {
		k := virtual.New()
		next := &answering{rt: k}
		var tally Tally
		caller := NewCaller(k, next, NewPlan(only(t, c.fate), 1), &tally)
		var o limiter.Outcome
		var err error
		var took time.Duration
		k.Go("client", func() {
			call := clients.Call{Timeout: c.timeout, Permit: pace.Permit{Nonce: 1}}
			err = caller.Call(&call, &o)
			call.Permit.Nonce = 2 // as the next call has, while this one may be on its way
			took = k.Now().Sub(virtual.Epoch)
		})
		if runErr := k.Run(time.Minute); runErr != nil {
			t.Fatal(runErr)
		}
		if err != nil || o.Status != c.status || !errors.Is(o.Err, c.err) || took != c.took || next.calls != c.counted || next.other > 0 {
			t.Errorf("%v: %+v, %v after %v, counted %d, %d with another's nonce; want %d, %v after %v, counted %d",
				c.fate, o, err, took, next.calls, next.other, c.status, c.err, c.took, c.counted)
		}
		if tally.Count(c.fate) != 1 || tally.Requests() != 1 {
			t.Errorf("%v: counted %d of %d", c.fate, tally.Count(c.fate), tally.Requests())
		}
	}
}

// stillClock does not move, and does not make anybody wait.
type stillClock struct{}

func (stillClock) Now() time.Time            { return virtual.Epoch }
func (stillClock) Sleep(time.Duration) error { return nil }

func TestHandler(t *testing.T) {
	for _, c := range []struct {
		fate    Fate
		status  int  // 0: no answer
		json    bool // the body is JSON
		counted int
	}{
		{None, 200, true, 1}, {Error500, 500, true, 0}, {Error503, 503, true, 0}, {Spike, 200, true, 1}, {Hang, 0, false, 1},
		{ResetBefore, 0, false, 0}, {ResetAfter, 0, false, 1}, {Malformed, 200, false, 1}, {Down, 0, false, 0},
	} {
		counted := 0
		ctx, cancel := context.WithCancel(context.Background())
		next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			counted++
			_, _ = io.WriteString(w, `{"req_id":"7","status":"OK"}`+"\n")
			if c.fate == Hang { // give up when the server has it
				cancel()
			}
		})
		web := httptest.NewServer(NewHandler(next, stillClock{}, NewPlan(only(t, c.fate), 1), &Tally{}))
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, web.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
		status, isJSON := 0, false
		if err == nil {
			body, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			status, isJSON = resp.StatusCode, json.Valid(body)
		}
		cancel()
		web.Close() // waits for the handler
		if status != c.status || isJSON != c.json || counted != c.counted {
			t.Errorf("%v: status %d, JSON %v, counted %d; want %d, %v, %d", c.fate, status, isJSON, counted, c.status, c.json, c.counted)
		}
	}
}

func TestFatesHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for f := range fates {
		if seen[f.String()] {
			t.Errorf("two fates are called %v", f)
		}
		seen[f.String()] = true
	}
}
