package limiter_test

import (
	"encoding"
	"encoding/json"
	"testing"
	"time"

	. "ratebench/clients/limiter"
)

var (
	_ encoding.TextMarshaler   = Rate{}
	_ encoding.TextUnmarshaler = (*Rate)(nil)
)

func TestRateReads(t *testing.T) {
	for _, c := range []struct {
		text string
		want Rate
	}{
		{"20/1s", Rate{20, time.Second}},
		{"20/1051ms", Rate{20, 1051 * ms}},
		{" 4 / 1m30s ", Rate{4, 90 * time.Second}},
		{"", Rate{}},
	} {
		var got Rate
		if err := got.UnmarshalText([]byte(c.text)); err != nil || got != c.want {
			t.Errorf("%q: got %v, %v; want %v", c.text, got, err, c.want)
		}
	}
}

func TestRateRefuses(t *testing.T) {
	const form = ` is not a rate, want requests per time such as 20/1s`
	const zero = ` has a part that is not more than 0, want requests per time such as 20/1s`
	for text, want := range map[string]string{
		"20":     `"20"` + form,
		"20/s":   `"20/s"` + form,
		"20/1":   `"20/1"` + form,
		"x/1s":   `"x/1s"` + form,
		"1.5/1s": `"1.5/1s"` + form,
		"0/1s":   `rate "0/1s"` + zero,
		"-1/1s":  `rate "-1/1s"` + zero,
		"20/0s":  `rate "20/0s"` + zero,
	} {
		r := Rate{1, 1}
		if err := r.UnmarshalText([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
		if r != (Rate{}) {
			t.Errorf("%q leaves %v behind", text, r)
		}
	}
}

func TestRateSurvivesEncoding(t *testing.T) {
	for _, want := range []Rate{{}, {20, time.Second}, {20, 1051 * ms}, {1, time.Hour}, {7, 1}} {
		text, err := json.Marshal(struct{ Limit Rate }{want})
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Limit Rate }
		if err := json.Unmarshal(text, &got); err != nil || got.Limit != want {
			t.Errorf("%s: got %v, %v; want %v", text, got.Limit, err, want)
		}
	}
}

func FuzzRate(f *testing.F) {
	for _, s := range []string{"", "20/1s", "20/1051ms", "0/0", "/", "1/1h1m1.000000001s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var r, again Rate
		if r.UnmarshalText([]byte(text)) != nil {
			return
		}
		if err := again.UnmarshalText([]byte(r.String())); err != nil || again != r {
			t.Errorf("%q reads as %v, which reads as %v, %v", text, r, again, err)
		}
	})
}
