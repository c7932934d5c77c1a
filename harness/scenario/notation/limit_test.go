package notation

import (
	"testing"
	"time"

	"ratebench/harness/yamlfile"
)

func TestParseLimit(t *testing.T) {
	tests := []struct {
		text string
		want Limit
	}{
		{"20/1s", Limit{N: 20, Window: time.Second}},
		{"20/1051ms", Limit{N: 20, Window: 1051 * time.Millisecond}},
		{"1/1ns", Limit{N: 1, Window: 1}},
		{"1000000/744h", Limit{N: 1_000_000, Window: 744 * time.Hour}},
	}
	for _, tt := range tests {
		got, err := ParseLimit(tt.text)
		if err != nil || got != tt.want {
			t.Errorf("ParseLimit(%q) = %v, %v, want %v", tt.text, got, err, tt.want)
		}
		if got.String() != tt.text {
			t.Errorf("ParseLimit(%q).String() = %q", tt.text, got)
		}
	}
}

func TestParseLimitSpaces(t *testing.T) {
	if got, err := ParseLimit(" 20 / 1s "); err != nil || got != (Limit{N: 20, Window: time.Second}) {
		t.Errorf("got %v, %v, want 20/1s", got, err)
	}
}

func TestParseLimitErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "limit  has no window, want requests/window such as 20/1s"},
		{"20", "limit 20 has no window, want requests/window such as 20/1s"},
		{"20 per second", "limit 20 per second has no window, want requests/window such as 20/1s"},
		{"20/1", "limit 20/1: window 1 has no unit, want a duration such as 1ms or 1s"},
		{"20/s", `limit 20/s: window "s" is not a duration, want a number and a unit such as 1ms or 1s`},
		{"20/1s/2s", `limit 20/1s/2s: window "1s/2s" is not a duration, want a number and a unit such as 1ms or 1s`},
		{"/1s", `limit /1s has "" requests, want a whole number from 1 to 1000000`},
		{"-1/1s", `limit -1/1s has "-1" requests, want a whole number from 1 to 1000000`},
		{"020/1s", `limit 020/1s has "020" requests, want a whole number from 1 to 1000000`},
		{"1e3/1s", `limit 1e3/1s has "1e3" requests, want a whole number from 1 to 1000000`},
		{"20/-1s", "limit 20/-1s has a window of -1s, want more than 0 and at most 744h"},
		{"20/745h", "limit 20/745h has a window of 745h, want more than 0 and at most 744h"},
	}
	for _, tt := range tests {
		_, err := ParseLimit(tt.text)
		if err == nil || err.Error() != tt.want {
			t.Errorf("ParseLimit(%q):\n got %v\nwant %s", tt.text, err, tt.want)
		}
	}
}

func FuzzParseLimit(f *testing.F) {
	for _, text := range []string{"20/1s", "20/1051ms", "20", "20/1", "/", "0/0", "1/1h1ns", "9999999999999999999/1s"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseLimit(text)
		if err != nil {
			return
		}
		if l.N < 1 || l.N > maxLimit || l.Window <= 0 || l.Window > yamlfile.MaxDuration {
			t.Fatalf("ParseLimit(%q) = %+v", text, l)
		}
		if again, err := ParseLimit(l.String()); err != nil || again != l {
			t.Fatalf("%q is written as %q, which reads as %v, %v", text, l, again, err)
		}
	})
}
