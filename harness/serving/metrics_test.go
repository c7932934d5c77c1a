package serving_test

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"ratebench/server"
)

// scrape returns what the site has counted.
func scrape(t *testing.T, site http.Handler) string {
	t.Helper()
	rec := send(site, "GET", "/metrics")
	if rec.Code != http.StatusOK {
		t.Fatalf("status %d: %s", rec.Code, rec.Body)
	}
	return rec.Body.String()
}

// samples picks those with such names.
func samples(text, names string) []string {
	var picked []string
	name := regexp.MustCompile(`^(` + names + `)[ {]`)
	for line := range strings.Lines(text) {
		if name.MatchString(line) {
			picked = append(picked, strings.TrimSuffix(line, "\n"))
		}
	}
	return picked
}

func TestMetricsAreCleanForPrometheus(t *testing.T) {
	site := newSite(t, nil, nil)
	send(site, "GET", "/nowhere")
	problems, err := promlint.New(strings.NewReader(scrape(t, site))).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestMetricsCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, nil, func(c *server.Config) { c.Limit.N = 1; c.BlockAfter = 1 })
		for _, target := range []string{
			request(0, "1"), request(0, "2"), request(0, "3"), // accepted, rejected, blocked
			request(1, "x"),
			server.Path + "?api_key=stranger",
			server.Path + "?%zz", // no key
			"/nowhere",
		} {
			send(site, "GET", target)
		}
		var two sync.WaitGroup
		for key := 2; key < 4; key++ {
			two.Go(func() { send(site, "GET", request(key, "1")) })
		}
		synctest.Wait()
		send(site, "GET", request(4, "1")) // the third at a time

		got := scrape(t, site)
		two.Wait()
		// Four requests on known keys took 30ms + 20ms, the two without one 20ms.
		want := []string{
			`ratebench_excess_latency_seconds_sum 0`,
			`ratebench_excess_latency_seconds_count 6`,
			`ratebench_injected_latency_seconds_sum 0.24`,
			`ratebench_injected_latency_seconds_count 6`,
			`ratebench_keys_blocked 1`,
			`ratebench_rejections_total 1`,
			`ratebench_requests_in_flight 2`,
			`ratebench_requests_total{status="200",verdict="ok"} 1`,
			`ratebench_requests_total{status="400",verdict="bad_nonce"} 1`,
			`ratebench_requests_total{status="401",verdict="unauthorized"} 2`,
			`ratebench_requests_total{status="404",verdict="none"} 1`,
			`ratebench_requests_total{status="429",verdict="blocked"} 1`,
			`ratebench_requests_total{status="429",verdict="rate_limited"} 1`,
			`ratebench_requests_total{status="503",verdict="none"} 1`,
		}
		names := `ratebench_(excess|injected)_latency_seconds_(sum|count)|ratebench_(keys_blocked|rejections_total|requests_in_flight|requests_total)`
		if diff := cmp.Diff(want, samples(got, names)); diff != "" {
			t.Errorf("metrics (-want +got):\n%s", diff)
		}
		for i, key := range server.DefaultKeys() {
			if strings.Contains(got, key) {
				t.Errorf("key %d is in the metrics", i)
			}
		}
	})
}

func TestMetricsTellTheBuild(t *testing.T) {
	got := samples(scrape(t, newSite(t, nil, nil)), "ratebench_build_info")
	form := regexp.MustCompile(`^ratebench_build_info\{goversion="go1\.[^"]+",revision="[^"]+",version="[^"]*"\} 1$`)
	if len(got) != 1 || !form.MatchString(got[0]) {
		t.Errorf("build info %q", got)
	}
}
