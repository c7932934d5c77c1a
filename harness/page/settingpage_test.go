package page

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
)

func TestPageSetting(t *testing.T) {
	d := resulttest.Synthetic(resulttest.Many(2), 1, 5*time.Second)
	first, second := d.Summary.Strategies[0].Name, d.Summary.Strategies[1].Name
	d.Scenario = []byte(`{"duration":"5s","server":{"limit":"20/1s","latency":{"incoming":"uniform(0ms, 50ms)"},"penalty":{"after":3,"ban":["2m","10m"]}},"load":{"every":"10ms"},
		"strategies":[{"name":"` + first + `","limiter":{"kind":"window","poll":"1ms"},"client":{"timeout":"1s"}},
		{"name":"` + second + `","label":"<the second>","limiter":{"kind":"paced","spread":"5ms","poll":"1ms"},"client":{"timeout":"1s"}},
		{"name":"did not run","limiter":{"kind":"gcra"}}]}`)
	p := newPageSetting(&d)
	cards := []settingCard{
		{"Server", []settingRow{{Key: "limit", Value: "20/1s"}, {Key: "latency.incoming", Value: "uniform(0ms, 50ms)"}, {Key: "penalty.after", Value: "3"}, {Key: "penalty.ban", Value: "[2m, 10m]"}}},
		{"Load", []settingRow{{Key: "every", Value: "10ms"}}},
		{"All strategies", []settingRow{{Key: "poll", Value: "1ms"}, {Key: "client.timeout", Value: "1s"}}},
	}
	if diff := cmp.Diff(cards, p.Cards); diff != "" {
		t.Errorf("want (-), got (+)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"kind", "spread"}, p.Columns); diff != "" {
		t.Errorf("want (-), got (+)\n%s", diff)
	}
	if len(p.Strategies) != 2 || p.Strategies[0].Name != first || p.Strategies[1].Label != "<the second>" {
		t.Fatalf("strategies are %+v", p.Strategies)
	}
	if diff := cmp.Diff([][]string{{"window", ""}, {"paced", "5ms"}}, [][]string{p.Strategies[0].Values, p.Strategies[1].Values}); diff != "" {
		t.Errorf("want (-), got (+)\n%s", diff)
	}
	page := pageOf(t, d)
	checkSelfContained(t, page)
	for _, want := range []string{"<h2 id=\"setting\">", "in charts: &lt;the second&gt;", "<dt><code>penalty.ban</code></dt><dd>[2m, 10m]</dd>", `<a href="scenario.json">`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
	// Results of an earlier version have no such part.
	d.Scenario = nil
	if page := pageOf(t, d); strings.Contains(page, `id="setting"`) || strings.Contains(page, "scenario.json") {
		t.Error("the page shows a scenario that nobody knows")
	}
}

// What is swept is not said to have one value.
func TestPageSettingOfASweep(t *testing.T) {
	d := resulttest.SweepOf(result.Axis{Name: "limit", Set: "server.limit", Values: []string{"10/1s", "20/1s"}})
	d.Scenario = []byte(`{"scenario":{"duration":"5s","server":{"limit":"20/1s","keys":5},"strategies":[{"name":"a"},{"name":"b"}]},"sweep":[{"set":"server.limit"}]}`)
	p := newPageSetting(&d)
	if diff := cmp.Diff([]settingRow{{Key: "limit", Value: "20/1s", Swept: true}, {Key: "keys", Value: "5"}}, p.Cards[0].Rows); diff != "" {
		t.Errorf("want (-), got (+)\n%s", diff)
	}
	if page := pageOf(t, d); !strings.Contains(page, "<dt><code>limit</code></dt><dd><em>swept</em></dd>") {
		t.Error("the page does not say what is swept")
	}
}
