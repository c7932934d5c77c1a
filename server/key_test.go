package server_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"ratebench/server"
)

// epoch is where the tests' time starts: on a tick of every resolution used.
var epoch = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// An arrival is one row of a timeline: count requests (0 means one) at the
// given milliseconds, all with the same verdict.
type arrival struct {
	ms    float64
	count int
	nonce string // next: one more than any before
	want  server.Verdict
}

const next = "next"

func TestKeyTimeline(t *testing.T) {
	const (
		ok      = server.OK
		bad     = server.BadNonce
		over    = server.RateLimited
		blocked = server.Blocked
	)
	reference := server.Limit{N: 20, Window: time.Second}
	perSecond := func(n int) server.Limit { return server.Limit{N: n, Window: time.Second} }

	tests := []struct {
		name       string
		limit      server.Limit
		resolution time.Duration
		blockAfter int
		timeline   []arrival
	}{
		{"the 20th fits and the 21st does not", reference, time.Millisecond, 10, []arrival{
			{0, 19, next, ok},   // 19 of 20
			{0, 1, next, ok},    // 20 of 20
			{0, 1, next, over},  // 21 of 20
			{1001, 1, next, ok}, // 1001 - 0 > 1000
		}},
		{"1000ms is too young and 1001ms is not", perSecond(1), time.Millisecond, 10, []arrival{
			{0, 1, next, ok},
			{999, 1, next, over},  // 999 - 0 <= 1000
			{1000, 1, next, over}, // 1000 - 0 <= 1000
			{1001, 1, next, ok},   // 1001 - 0 > 1000
			{2001, 1, next, over}, // 2001 - 1001 = 1000
			{2002, 1, next, ok},   // 2002 - 1001 = 1001
		}},
		{"the clock shows whole ticks", perSecond(1), time.Millisecond, 10, []arrival{
			{0.9, 1, next, ok},       // tick 0
			{1000.99, 1, next, over}, // tick 1000, though 1000.09ms later
			{1001, 1, next, ok},      // tick 1001, though only 1000.1ms after the first
			{2001.99, 1, next, over}, // 2001 - 1001 = 1000
			{2002, 1, next, ok},
		}},
		{"ticks need not divide the window", perSecond(1), 300 * time.Millisecond, 10, []arrival{
			{0, 1, next, ok},
			{1199.9, 1, next, over}, // tick 900: 900 - 0 <= 1000
			{1200, 1, next, ok},     // tick 1200
		}},
		{"a continuous clock is strict to the nanosecond", perSecond(1), 0, 10, []arrival{
			{0, 1, next, ok},
			{1000, 1, next, over},   // exactly Window
			{1000.001, 1, next, ok}, // 1us more
			{2000.001, 1, next, over},
			{2000.002, 1, next, ok},
		}},
		{"the slot that counts is the N-th last", perSecond(2), time.Millisecond, 10, []arrival{
			{0, 1, next, ok},
			{600, 1, next, ok},
			{1000, 1, next, over}, // second last at 0: 1000 old
			{1001, 1, next, ok},   // second last at 0: 1001 old
			{1002, 1, next, over}, // second last at 600: 402 old
			{1601, 1, next, ok},   // second last at 600: 1001 old
		}},
		{"a rejection takes no slot", perSecond(2), time.Millisecond, 10, []arrival{
			{0, 1, next, ok},
			{10, 1, next, ok},
			{500, 9, next, over}, // would hold until 1501 if they took one
			{1001, 1, next, ok},  // 1001 - 0 > 1000
			{1011, 1, next, ok},  // 1011 - 10 > 1000
		}},
		{"the tenth rejection blocks for ever", perSecond(1), time.Millisecond, 10, []arrival{
			{0, 1, next, ok},
			{1, 10, next, over},           // rejections 1 to 10
			{1, 1, next, blocked},         // the 11th is told so
			{1001, 1, next, blocked},      // the slot is free, the key is not
			{1001, 1, "abc", blocked},     // before the nonce is looked at
			{3_600_000, 1, next, blocked}, // an hour later
		}},
		{"rejections add up over successes", perSecond(1), time.Millisecond, 2, []arrival{
			{0, 1, next, ok},
			{1, 1, next, over}, // rejection 1
			{1001, 1, next, ok},
			{1002, 1, next, over},    // rejection 2
			{1002, 1, next, blocked}, // 2 >= 2
		}},
		{"zero never blocks", perSecond(1), time.Millisecond, 0, []arrival{
			{0, 1, next, ok},
			{1, 1000, next, over},
			{1001, 1, next, ok},
		}},
		{"a bad nonce spends its slot", perSecond(2), time.Millisecond, 10, []arrival{
			{0, 1, "abc", bad},
			{1, 1, "abc", bad},
			{2, 1, "1", over}, // both slots are gone
			{1001, 1, "1", ok},
		}},
		{"a bad nonce does not count towards the block", reference, time.Millisecond, 1, []arrival{
			{0, 19, "", bad},
			{0, 1, next, ok},
		}},
		{"a rejection does not look at the nonce", perSecond(1), time.Millisecond, 10, []arrival{
			{0, 1, "5", ok},
			{1, 1, "9", over},
			{1001, 1, "6", ok}, // 6 > 5: the 9 was not remembered
		}},
		{"nonces rise strictly", reference, time.Millisecond, 10, []arrival{
			{0, 1, "5", ok},
			{0, 1, "5", bad}, // equal
			{0, 1, "4", bad}, // out of order
			{0, 1, "7", ok},
			{0, 1, "6", bad},                   // overtaken by 7
			{0, 1, "18446744073709551616", ok}, // 2^64
			{0, 1, "18446744073709551616", bad},
			{0, 1, "9223372036854775807", bad},
			{0, 1, "100000000000000000000", ok}, // a digit more
		}},
		{"a bad nonce is not remembered", reference, time.Millisecond, 10, []arrival{
			{0, 1, "5", ok},
			{0, 1, "-7", bad},
			{0, 1, "1e9", bad},
			{0, 1, "6", ok},
		}},
		{"the first nonce is above 0", reference, time.Millisecond, 10, []arrival{
			{0, 1, "", bad}, // none
			{0, 1, "-9223372036854775808", bad},
			{0, 1, "0", bad},
			{0, 1, "-0", bad},
			{0, 1, "1", ok},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			key, err := server.NewKey(tt.limit, tt.resolution, tt.blockAfter)
			if err != nil {
				t.Fatal(err)
			}
			play(t, key, tt.timeline)
		})
	}
}

// play lets the requests of a timeline arrive, with nonces counted up from 1
// where the timeline says next.
func play(t *testing.T, key *server.Key, timeline []arrival) {
	t.Helper()
	last := 0
	for i, a := range timeline {
		now := at(a.ms)
		for j := range max(a.count, 1) {
			nonce := a.nonce
			if nonce == next {
				last++
				nonce = strconv.Itoa(last)
			}
			if got := key.Arrive(now, nonce); got != a.want {
				t.Fatalf("row %d, request %d at %vms with nonce %q: %v, want %v", i, j, a.ms, nonce, got, a.want)
			}
		}
	}
}

func at(ms float64) time.Time {
	return epoch.Add(time.Duration(ms * float64(time.Millisecond)))
}

func TestKeySetLimit(t *testing.T) {
	key, err := server.NewKey(server.Limit{N: 3, Window: time.Second}, time.Millisecond, 0)
	if err != nil {
		t.Fatal(err)
	}
	nonce := 0
	check := func(ms float64, want server.Verdict) {
		t.Helper()
		nonce++
		if got := key.Arrive(at(ms), strconv.Itoa(nonce)); got != want {
			t.Fatalf("at %vms: %v, want %v", ms, got, want)
		}
	}
	set := func(n int, window time.Duration) {
		t.Helper()
		if err := key.SetLimit(server.Limit{N: n, Window: window}); err != nil {
			t.Fatal(err)
		}
	}
	check(0, server.OK)
	check(100, server.OK)
	check(200, server.OK)
	set(1, time.Second)
	check(1200, server.RateLimited) // 1200 - 200 <= 1000
	check(1201, server.OK)
	set(4, time.Second)
	check(1202, server.OK)          // fourth last at 0
	check(1203, server.OK)          // fourth last at 100: 1103 old
	check(1204, server.OK)          // fourth last at 200: 1004 old
	check(1205, server.RateLimited) // fourth last at 1201
	set(4, 3*time.Millisecond)
	check(1205, server.OK) // 1205 - 1201 > 3
	set(6, 10*time.Second)
	check(1205, server.OK)          // held are 1202, 1203, 1204, 1205: 1201 is forgotten
	check(1205, server.OK)          // five are held
	check(1206, server.RateLimited) // sixth last at 1202

	err = key.SetLimit(server.Limit{N: 0, Window: time.Second})
	if err == nil || !strings.Contains(err.Error(), "limit: got N 0") {
		t.Errorf("a limit of 0: error %v", err)
	}
	check(1206, server.RateLimited) // nothing has changed
}

func TestNewKeyRefuses(t *testing.T) {
	good := server.Limit{N: 1, Window: 1}
	tests := []struct {
		limit      server.Limit
		resolution time.Duration
		blockAfter int
		want       string
	}{
		{server.Limit{N: 0, Window: 1}, 0, 0, "server key: limit: got N 0, want at least 1"},
		{server.Limit{N: 1, Window: 0}, 0, 0, "server key: limit: got Window 0s, want more than 0s"},
		{good, -1, 0, "server key: got Resolution -1ns, want 0s to 1h0m0s"},
		{good, 0, -1, "server key: got BlockAfter -1, want 0 or more"},
	}
	for _, tt := range tests {
		_, err := server.NewKey(tt.limit, tt.resolution, tt.blockAfter)
		if err == nil || err.Error() != tt.want {
			t.Errorf("error %v, want %s", err, tt.want)
		}
	}
}
