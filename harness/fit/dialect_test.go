package fit

import (
	"net/http"
	"testing"
	"time"

	"ratebench/harness/measured"
	"ratebench/server/dialect"
)

// The dialect that a server of ours speaks is the one that is found, wherever the
// first answers say nothing.
func TestDialectOf(t *testing.T) {
	for _, name := range dialect.Names() {
		d, _ := dialect.Parse(name)
		h := http.Header{}
		dialect.Config{Dialect: d}.Write(h, dialect.Answer{
			Verdict: dialect.Passed, Now: ten,
			Limits: []dialect.State{{Limit: 40, Remaining: 12, Window: time.Minute, Reset: 20 * time.Second}},
		})
		want := name
		if name == "none" {
			want = ""
		}
		f := openLoop([]time.Duration{ms, ms, ms}, ms)
		f.Requests[1].Header = h
		if got := mustFit(t, f, SplitHalf).Dialect; got != want {
			t.Errorf("%s, which states %v: %q, want %q", name, h, got, want)
		}
	}
}

// Three fields that many have are GitHub's if the reset is a date, and else nobody's.
func TestDialectInDoubt(t *testing.T) {
	for _, tt := range []struct {
		header http.Header
		want   string
	}{
		{http.Header{"x-ratelimit-limit": {"60"}, "x-ratelimit-remaining": {"59"}, "x-ratelimit-reset": {"1795724350"}}, "github"},
		{http.Header{"X-Ratelimit-Limit": {"60"}, "X-Ratelimit-Remaining": {"59"}, "X-Ratelimit-Reset": {"42"}}, ""},
		{http.Header{"X-Ratelimit-Limit": {"60"}, "X-Ratelimit-Reset": {"17957243.5"}}, ""},
		{http.Header{"Retry-After": {"3"}, "Content-Type": {"text/html"}}, ""},
	} {
		if got := dialectOf([]measured.Request{{}, {Header: tt.header}}); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.header, got, tt.want)
		}
	}
}
