package chart

import (
	"strings"
	"testing"
	"time"

	"ratebench/harness/internal/charttest"
	"ratebench/harness/internal/resulttest"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

func TestResourceChart(t *testing.T) {
	var many, long []metrics.Usage
	for i := range 20 {
		many = append(many, resulttest.UsageOf(strings.Repeat("strategy-", 3)+string(rune('a'+i)), 1, 51, time.Duration(i)*time.Millisecond, 10))
	}
	long = append(long, resulttest.UsageOf("long", 1, 7200, 10*time.Millisecond, 10))
	for name, r := range map[string]*result.Resources{
		"two":             resulttest.ResourcesOf(100, resulttest.UsageOf("a", 1, 51, time.Millisecond, 1), resulttest.UsageOf("b", 1, 51, time.Second, 1)),
		"many strategies": resulttest.ResourcesOf(100, many...),
		"an hour":         resulttest.ResourcesOf(100, long...),
		"several runs":    resulttest.ResourcesOf(100, resulttest.UsageOf("a", 1, 51, time.Millisecond, 1), resulttest.UsageOf("a", 2, 30, time.Millisecond, 1)),
		"no requests":     resulttest.ResourcesOf(0, resulttest.UsageOf("a", 1, 51, time.Millisecond, 1)),
		"two samples":     resulttest.ResourcesOf(100, resulttest.UsageOf("a", 1, 2, time.Millisecond, 1)),
	} {
		t.Run(name, func(t *testing.T) {
			c, ok := resourceChart(result.Data{Resources: r})
			if !ok {
				t.Fatal("no chart")
			}
			image, err := c.SVG()
			if err != nil {
				t.Fatal(err)
			}
			charttest.CheckTexts(t, c, image)
			if strings.Contains(string(image), "NaN") || len(image) > 30_000+4_000*len(r.Strategies) {
				t.Errorf("%d bytes", len(image))
			}
			if !strings.Contains(c.Footer, "measured on one machine: test/cpu, 2 cores") {
				t.Errorf("footer %q", c.Footer)
			}
		})
	}
}

func TestResourceTitle(t *testing.T) {
	for _, c := range []struct {
		want string
		r    *result.Resources
	}{
		{"CPU time for 1000 requests: 2.00 s (a) to 4.00 s (b)", resulttest.ResourcesOf(100, resulttest.UsageOf("b", 1, 5, 100*time.Millisecond, 1), resulttest.UsageOf("a", 1, 5, 50*time.Millisecond, 1))},
		{"CPU time for 1000 requests: 200 ms", resulttest.ResourcesOf(1000, resulttest.UsageOf("a", 1, 5, 50*time.Millisecond, 1))},
		{"What the clients cost", resulttest.ResourcesOf(0, resulttest.UsageOf("a", 1, 5, time.Second, 1))},
	} {
		if got := resourceTitle(c.r); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
