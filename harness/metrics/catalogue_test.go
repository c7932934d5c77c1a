package metrics

import (
	"strings"
	"testing"
	"time"
)

// Every row is whole, and none has what another has.
func TestCatalogue(t *testing.T) {
	names, keys, units := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, m := range Catalogue() {
		if m.Name == "" || m.Key == "" || m.Meaning == "" || m.Of == nil || m.Pool == nil {
			t.Errorf("row %+v is not whole", m)
		}
		if names[m.Name] || keys[m.Key] || units[m.BenchUnit()] {
			t.Errorf("%s has the name, the key or the unit of another row", m.Name)
		}
		names[m.Name], keys[m.Key], units[m.BenchUnit()] = true, true, true
		if strings.ContainsAny(m.BenchUnit(), " \t/") {
			t.Errorf("%s: %q is no unit", m.Name, m.BenchUnit())
		}
		if Find(m.Name).Key != m.Key {
			t.Errorf("%s is not found", m.Name)
		}
	}
	if Find("nonsense") != nil || Index("nonsense") != -1 {
		t.Error("nonsense is a metric")
	}
}

// Each kind of pooling, worked out by hand.
func TestPool(t *testing.T) {
	at := func(s float64) *time.Duration { d := time.Duration(s * float64(time.Second)); return &d }
	a := &Run{Duration: 2 * time.Second, Ledger: Ledger{Succeeded: 10}, Responses: Responses{RateLimited: 3, Blocked: 4}, Main: Depth{Mean: 1, Peak: 7}}
	b := &Run{Duration: 2 * time.Second, Ledger: Ledger{Succeeded: 20}, Main: Depth{Mean: 2, Peak: 5}, FirstBlock: at(1.5)}
	for range 9 {
		a.Latency.Record(time.Millisecond)
	}
	b.Latency.Record(100 * time.Millisecond)
	for name, want := range map[string]float64{
		"tps": 7.5, "refused": 3.5, "429": 1.5, "queue_main_mean": 1.5, "queue_main_peak": 7, "first_block_s": 1.5,
		"latency_mean_ms": 10.9, "latency_p90_ms": 1, "latency_max_ms": 100,
	} {
		if got, ok := Find(name).Pool([]*Run{a, b}); !ok || got != want {
			t.Errorf("%s is %v, %v, want %v", name, got, ok, want)
		}
	}
	if got, _ := Find("queue_main_peak").Pool([]*Run{b, a, {}}); got != 7 {
		t.Errorf("the highest of 5, 7 and 0 is %v", got)
	}
	for _, name := range []string{"service_p99_ms", "service_mean_ms"} {
		if v, ok := Find(name).Pool([]*Run{a, b}); ok {
			t.Errorf("%s is %v without a success that was timed", name, v)
		}
	}
	if v, ok := Find("first_block_s").Of(a); ok {
		t.Errorf("a run without a blocked key has a first one after %v s", v)
	}
}

func TestColumns(t *testing.T) {
	s := &Second{
		Generated: 1, OK: 2, BadNonce: 3, RateLimited: 4, Blocked: 5, Errors: 6, Expirations: 7, Retries: 8,
		LatencyMean: 9 * ms, LatencyP50: 10 * ms, LatencyP99: 11 * ms, Main: 12.5, DLQ: 13.5, InFlight: 14.5,
	}
	want := map[string]float64{ // of half a second
		"offered": 2, "tps": 4, "400": 6, "429": 8, "blocked": 10, "errors": 12, "expirations": 14, "retries": 16,
		"latency_mean_ms": 9, "latency_p50_ms": 10, "latency_p99_ms": 11, "queue_main": 12.5, "queue_dlq": 13.5, "in_flight": 14.5,
	}
	for i, c := range Columns() {
		got, ok := c.Of(s, 0.5)
		if v, stated := want[c.Name]; !stated || !ok || got != v || ColumnIndex(c.Name) != i {
			t.Errorf("%s, column %d, of half a second is %v, %v, want %v", c.Name, ColumnIndex(c.Name), got, ok, v)
		}
	}
	if ColumnIndex("nonsense") != -1 {
		t.Error("nonsense is a column")
	}
	if _, ok := Columns()[ColumnIndex("latency_p50_ms")].Of(&Second{}, 1); ok {
		t.Error("a second without success has a latency")
	}
}

// The first block is a median over all runs: those without one count, and below
// half of them there is none.
func TestFirstBlockPools(t *testing.T) {
	run := func(length float64, at ...float64) *Run {
		r := &Run{Duration: time.Duration(length * float64(time.Second))}
		for _, s := range at {
			d := time.Duration(s * float64(time.Second))
			r.FirstBlock = &d
		}
		return r
	}
	for _, tc := range []struct {
		name string
		runs []*Run
		want float64 // 0: none
	}{
		{"one run", []*Run{run(25, 3)}, 3},
		{"one run without", []*Run{run(25)}, 0},
		{"one of four", []*Run{run(25, 3), run(25), run(25), run(25)}, 0},
		{"half of four", []*Run{run(25, 9), run(25), run(25, 3), run(25)}, 9},
		{"three of four", []*Run{run(25, 9), run(25, 20), run(25, 3), run(25)}, 9},
		{"all", []*Run{run(25, 9), run(25, 1), run(25, 3)}, 3},
		{"one of two that was observed that long", []*Run{run(25, 9), run(4), run(4)}, 9},
		{"no run", nil, 0},
	} {
		got, known := Find("first_block_s").Pool(tc.runs)
		if known != (tc.want > 0) || known && got != tc.want {
			t.Errorf("%s: %v, %v, want %v", tc.name, got, known, tc.want)
		}
	}
}

// What each row measures in a run in which all figures differ.
func TestCatalogueMeasures(t *testing.T) {
	at := 7 * time.Second
	calls, used := 24, 6*ms
	r := &Run{
		Duration: 2 * time.Second,
		// Fair is 6 of 12 for each: they got 1.5 and 0.5 of that.
		Sources: []Source{{Generated: 10, Succeeded: 9}, {Generated: 6, Succeeded: 3}}, StoreCalls: &calls, StoreCPU: &used,
		Ledger:      Ledger{Generated: 10, Succeeded: 12, Expired: 14, Failed: 16, Graveyard: 18, Queued: 20, InFlight: 22},
		Responses:   Responses{OK: 30, BadNonce: 31, Unauthorized: 32, RateLimited: 33, Banned: 37, Blocked: 34, Timeout: 35, Error: 36},
		Expirations: 40, Retries: 41, KeysBlocked: 42, FirstBlock: &at,
		Main: Depth{Mean: 0.5, Peak: 51}, DLQ: Depth{Mean: 0.25, Peak: 53},
		Latency: histogramOf(1, 100*ms, 200*ms, 600*ms), Service: histogramOf(1, 10*ms, 20*ms, 60*ms),
	}
	want := map[string]float64{
		"tps": 6, "offered_tps": 5, "ok": 30, "400": 31, "401": 32, "429": 33, "banned": 37, "blocked": 34, "refused": 104, "timeout": 35, "error": 36,
		"expirations": 40, "expired": 14, "failed": 16, "keys_blocked": 42, "first_block_s": 7,
		"queue_main_mean": 0.5, "queue_main_peak": 51, "queue_dlq_mean": 0.25, "queue_dlq_peak": 53,
		"retries": 41, "graveyard": 18, "generated": 10, "succeeded": 12, "queued": 20, "in_flight": 22,
		"latency_mean_ms": 300, "latency_p50_ms": 200, "latency_p90_ms": 600, "latency_p95_ms": 600, "latency_p99_ms": 600, "latency_p999_ms": 600, "latency_max_ms": 600,
		"fairness": 0.8, "least_served": 0.5, "store_calls": 2, "store_cpu_ms": 500,
		"service_mean_ms": 30, "service_p50_ms": 20, "service_p99_ms": 60, "service_p999_ms": 60, "service_max_ms": 60,
	}
	for _, m := range Catalogue() {
		got, known := m.Of(r)
		if v, stated := want[m.Name]; !stated || !known || got != v {
			t.Errorf("%s is %v, %v, want %v", m.Name, got, known, v)
		}
		if pooled, known := m.Pool([]*Run{r}); !known || pooled != got {
			t.Errorf("%s of this run alone is %v, %v, want %v", m.Name, pooled, known, got)
		}
	}
}

// Each request that was sent ends in one way: the kinds of answers are all that
// Responses counts, and each is said in other words.
func TestAnswersAreTheResponses(t *testing.T) {
	r := &Run{Responses: Responses{1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000}}
	sum, words, others := 0.0, map[string]bool{}, 0
	for i := range Catalogue() {
		m := &Catalogue()[i]
		if m.OtherAnswer() {
			others++
		}
		if m.Answer == "" {
			continue
		}
		v, _ := m.Of(r)
		sum += v
		if words[m.Answer] {
			t.Errorf("%s is called %q as another is", m.Name, m.Answer)
		}
		words[m.Answer] = true
	}
	if sum != 11_111_111 || others != 4 {
		t.Errorf("the kinds of answers come to %v, want 11111111; %d are none of 200 and 429, want 4", sum, others)
	}
}

// What a table that is too wide leaves out first is what says least about how a
// strategy did: never what it lost or was refused.
func TestWhatTablesKeepLongest(t *testing.T) {
	last := 0
	for _, rank := range [][]string{
		{"429", "expirations", "latency_p99_ms", "keys_blocked", "blocked", "401", "timeout", "error", "graveyard", "400"},
		{"latency_p50_ms", "retries", "queue_main_peak", "queue_main_mean"},
		{"first_block_s", "latency_max_ms", "offered_tps"},
	} {
		highest := last
		for _, name := range rank {
			d := Find(name).Dispensable
			if d <= last {
				t.Errorf("%s goes as late as what matters more: %d, want more than %d", name, d, last)
			}
			highest = max(highest, d)
		}
		last = highest
	}
	if retries, queue := Find("retries").Dispensable, Find("queue_main_mean").Dispensable; retries >= queue {
		t.Errorf("retries go before the mean queue: %d and %d", retries, queue)
	}
}

// What goes first from a table that is too wide, and what is never left out.
func TestWhatTablesLeaveOutFirst(t *testing.T) {
	var order []string
	for rank := 20; rank > 0; rank-- {
		for _, m := range Catalogue() {
			if m.Dispensable == rank {
				order = append(order, m.Name)
			}
		}
	}
	want := "offered_tps latency_max_ms first_block_s queue_main_mean queue_main_peak latency_p50_ms store_cpu_ms retries " +
		"store_calls 400 fairness blocked 401 timeout error graveyard least_served banned keys_blocked latency_p99_ms 429 expirations"
	if got := strings.Join(order, " "); got != want {
		t.Errorf("they go in the order\n%s, want\n%s", got, want)
	}
}

// One value of a kind is enough for a figure.
func TestFiguresOfOne(t *testing.T) {
	r := &Run{Latency: histogramOf(1, 5*ms)}
	for _, name := range []string{"latency_mean_ms", "latency_p50_ms", "latency_max_ms"} {
		if got, known := Find(name).Pool([]*Run{{}, r}); got != 5 || !known {
			t.Errorf("%s is %v, %v, want 5", name, got, known)
		}
	}
	if got, known := Columns()[ColumnIndex("latency_p50_ms")].Of(&Second{OK: 1, LatencyP50: 5 * ms}, 1); got != 5 || !known {
		t.Errorf("the median of a second is %v, %v, want 5", got, known)
	}
}

// The unit in bench.txt is the metric's name, unless it has one of its own; the
// names are in the order of the catalogue.
func TestUnitsAndNames(t *testing.T) {
	for _, tt := range []struct{ unit, name, want string }{{"", "tps", "tps"}, {"req/s", "tps", "req/s"}} {
		if got := (&Metric{Name: tt.name, Unit: tt.unit}).BenchUnit(); got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
	for i, name := range Names() {
		if Catalogue()[i].Name != name {
			t.Errorf("name %d is %q, want %q", i, name, Catalogue()[i].Name)
		}
	}
}

// Which way each metric improves.
func TestBetter(t *testing.T) {
	ways := map[Better]string{}
	for _, m := range Catalogue() {
		ways[m.Better] += " " + m.Name
	}
	for better, want := range map[Better]string{
		MoreIsBetter:    " tps fairness least_served ok first_block_s succeeded",
		NeitherIsBetter: " offered_tps generated queued in_flight",
	} {
		if ways[better] != want {
			t.Errorf("%d:%s, want%s", better, ways[better], want)
		}
	}
	for _, name := range []string{"latency_p99_ms", "service_mean_ms", "429", "refused", "graveyard", "queue_main_peak", "retries"} {
		if m := Find(name); m.Better != LessIsBetter {
			t.Errorf("%s: %d, want that less is better", name, m.Better)
		}
	}
	for _, name := range []string{"400", "401", "timeout", "error"} {
		if !Find(name).OtherAnswer() {
			t.Errorf("%s is no other answer", name)
		}
	}
	for _, name := range []string{"ok", "429", "banned", "blocked", "tps", "refused"} {
		if Find(name).OtherAnswer() {
			t.Errorf("%s is an other answer", name)
		}
	}
}
