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
	s := &Second{OK: 4, Generated: 6, LatencyP99: 30 * time.Millisecond, Main: 2.5}
	for name, want := range map[string]float64{"tps": 8, "offered": 12, "latency_p99_ms": 30, "queue_main": 2.5, "429": 0} {
		if got, ok := Columns()[ColumnIndex(name)].Of(s, 0.5); !ok || got != want {
			t.Errorf("%s of half a second is %v, %v, want %v", name, got, ok, want)
		}
	}
	if _, ok := Columns()[ColumnIndex("latency_p50_ms")].Of(&Second{}, 1); ok {
		t.Error("a second without success has a latency")
	}
}
