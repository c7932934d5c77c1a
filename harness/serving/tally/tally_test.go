package tally

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/scenario"
	"ratebench/server"
)

// Three seconds of two keys: what is counted by key, and what the results say.
func TestTally(t *testing.T) {
	start := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	now := start
	tally := New(func() time.Time { return now })
	if _, any := tally.Results(scenario.Reference(), 1); any || tally.Rows() != nil {
		t.Error("there are results of nothing")
	}
	for _, e := range []struct {
		at      time.Duration // of the answer
		key     int
		verdict server.Verdict
	}{
		{20 * time.Millisecond, 1, server.OK}, // came in at 0
		{time.Second, 0, server.OK},
		{1100 * time.Millisecond, 0, server.RateLimited},
		{1200 * time.Millisecond, 0, server.BadNonce},
		{2 * time.Second, -1, server.Unauthorized},
		{2500 * time.Millisecond, 0, server.Blocked},
		{3 * time.Second, 1, server.OK},
	} {
		now = start.Add(e.at)
		tally.Observe(server.Handled{Status: e.verdict.Status(), Verdict: e.verdict, Key: e.key, Took: 20 * time.Millisecond})
	}
	want := []Row{
		{0, Counts{Accepted: 1, Refused: 1, OutOfOrder: 1, Blocked: 1}},
		{1, Counts{Accepted: 2}},
		{NoKey, Counts{Other: 1}},
	}
	if diff := cmp.Diff(want, tally.Rows()); diff != "" {
		t.Error(diff)
	}
	d, any := tally.Results(scenario.Reference(), 7)
	if !any {
		t.Fatal("there are no results")
	}
	s := &d.Summary.Strategies[0]
	for metric, want := range map[string]float64{
		"tps": 1, "ok": 3, "429": 1, "blocked": 1, "400": 1, "401": 1, "keys_blocked": 1,
		"generated": 7, "succeeded": 3, "failed": 4, "latency_max_ms": 20, "first_block_s": 2.5,
	} {
		if got := s.Mean(metric); got != want {
			t.Errorf("%s is %v, want %v", metric, got, want)
		}
	}
	if d.Summary.Clock != "real" || d.Summary.DurationS != 3 || d.Summary.Seed != 7 || s.Name != Strategy || d.Summary.Ceilings.Offered != nil {
		t.Errorf("%+v", d.Summary)
	}
	if rows := d.Series[0].Seconds(); rows != 3 {
		t.Errorf("%d seconds, want 3", rows)
	}
}

// Keys that nobody has listed are told apart where they are welcome, a hundred of
// them, and never by what they are.
func TestTallyOfWelcomeKeys(t *testing.T) {
	tally := New(time.Now)
	observe := func(key string, verdict server.Verdict) {
		h := server.Handled{Status: verdict.Status(), Verdict: verdict, Key: -1}
		h.Asked.Key = key
		tally.Observe(h)
	}
	observe("b", server.OK)
	observe("a", server.OK)
	observe("b", server.RateLimited)
	observe("x", server.Unauthorized)
	want := []Row{
		{NoKey - 1, Counts{Accepted: 1, Refused: 1}},
		{NoKey - 2, Counts{Accepted: 1}},
		{NoKey, Counts{Other: 1}},
	}
	if diff := cmp.Diff(want, tally.Rows()); diff != "" {
		t.Error(diff)
	}
	for i := range 1000 {
		observe(strconv.Itoa(i), server.OK)
	}
	rows := tally.Rows()
	if last := rows[len(rows)-1]; len(rows) != mostWelcome+1 || last != (Row{NoKey, Counts{Accepted: 1002 - mostWelcome, Other: 1}}) {
		t.Errorf("%d rows, the last %+v", len(rows), last)
	}
}
