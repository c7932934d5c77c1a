package chart

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ratebench/harness/chart/kit"
	"ratebench/harness/chart/title"
	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
)

func TestTailTitle(t *testing.T) {
	point := func(q, ms float64) result.LatencyPoint { return result.LatencyPoint{Quantile: q, MS: ms} }
	data := func(points ...[]result.LatencyPoint) result.Data {
		var d result.Data
		for i, p := range points {
			name := string(rune('a' + i))
			d.Summary.Strategies = append(d.Summary.Strategies, result.Strategy{Name: name})
			d.Latency = append(d.Latency, result.Distribution{Strategy: name, Points: p})
		}
		return d
	}
	deep := []result.LatencyPoint{point(0.5, 10), point(0.99, 20), point(0.999, 30)}
	shallow := []result.LatencyPoint{point(0.5, 11), point(0.99, 22)}
	few := []result.LatencyPoint{point(0.1, 5)}
	for _, tc := range []struct {
		data result.Data
		want string
	}{
		{data(deep), "99.9th percentile of the latency: 30 ms"},
		{data(deep, shallow), "99th percentile of the latency: 20 ms (a) to 22 ms (b)"},
		{data(deep, few, nil), "99.9th percentile of the latency: 30 ms"},
		{data(few, nil), "Latency by percentile: fewer than 20 requests succeed"},
	} {
		if got := title.Tail(tc.data); got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
}

// The TTL is on the axis when the latencies come near it.
func TestLatencyNinesTTL(t *testing.T) {
	d := resulttest.Synthetic([]resulttest.Profile{{Name: "a", TPS: 50, Latency: time.Second}}, 3, 20*time.Second)
	for ttl, want := range map[time.Duration]bool{0: false, 400 * time.Millisecond: true, 10 * time.Second: false} {
		d.Summary.TTLS = ttl.Seconds()
		l := newLatencyNines(d)
		named := slices.ContainsFunc(l.labels, func(e kit.EndLabel) bool { return strings.HasPrefix(e.Name, "TTL") })
		if (len(l.ttl) == 1) != want || named != want {
			t.Errorf("TTL %v is on the chart: %v, named %v, want %v", ttl, len(l.ttl) == 1, named, want)
		}
	}
}
