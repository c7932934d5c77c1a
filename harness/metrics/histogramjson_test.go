package metrics

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestRunSurvivesJSON(t *testing.T) {
	at := 16 * time.Second
	run := Run{
		Strategy: "a", Seed: 1<<64 - 1, Duration: 25*time.Second + 1, Interrupted: true,
		Ledger:      Ledger{Generated: 7, Succeeded: 3, Expired: 1, Failed: 1, Graveyard: 1, Queued: 1},
		Responses:   Responses{OK: 3, RateLimited: 2},
		Expirations: 1, Retries: 2, KeysBlocked: 1, FirstBlock: &at,
		Main:      Depth{Mean: 1.0 / 3, Peak: 9},
		Series:    []Second{{OK: 3, LatencyMean: 12345, Main: 0.1}, {}},
		Graveyard: []int64{4},
	}
	for i := range 1000 {
		run.Latency.Record(time.Duration(i*i) * 12345)
	}
	run.Service.Record(month)
	run.Service.Record(0)

	encoded, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	var got Run
	if err := json.Unmarshal(encoded, &got); err != nil {
		t.Fatal(err)
	}
	for _, h := range []struct{ got, want *Histogram }{{&got.Latency, &run.Latency}, {&got.Service, &run.Service}} {
		if h.got.sum != h.want.sum || h.got.min != h.want.min || h.got.max != h.want.max || !slices.Equal(bucketsOf(h.got), bucketsOf(h.want)) {
			t.Errorf("got %+v, want %+v", h.got, h.want)
		}
		*h.got, *h.want = Histogram{}, Histogram{}
	}
	if !reflect.DeepEqual(got, run) {
		t.Errorf("got\n%+v\nwant\n%+v", got, run)
	}
}

// bucketsOf are the buckets that hold something, with how much.
func bucketsOf(h *Histogram) (list [][2]int64) {
	for start, n := range h.buckets.ForEachBucket {
		list = append(list, [2]int64{start, n})
	}
	return list
}

// What is read can be recorded into and merged.
func TestReadHistogramGoesOn(t *testing.T) {
	h := histogramOf(3, 10*ms, 20*ms)
	encoded, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	var read, empty Histogram
	if err := json.Unmarshal(encoded, &read); err != nil {
		t.Fatal(err)
	}
	read.Record(month)
	read.Merge(h)
	if read.Count() != 13 || read.Max() != month || read.Quantile(0) != 10*ms || read.Quantile(0.5) != 20*ms {
		t.Errorf("count %d, min %v, median %v, max %v", read.Count(), read.Quantile(0), read.Quantile(0.5), read.Max())
	}
	if err := json.Unmarshal([]byte(`{"counts": [], "sum": {"lo": 0}, "min": 0, "max": 0}`), &empty); err != nil || empty.Count() != 0 {
		t.Errorf("an empty one is read with %d values: %v", empty.Count(), err)
	}
}

func TestHistogramFromBadJSON(t *testing.T) {
	for _, c := range []struct{ json, want string }{
		{`{"counts": [[0, -1]]}`, "-1 values in the bucket at 0"},
		{`{"counts": [[0, 0]]}`, "0 values in the bucket at 0"},
		{`{"counts": [[-1, 1]]}`, "a bucket at -1 µs"},
		{`{"counts": [[-9007199254740992, 1]]}`, "a bucket at -9007199254740992 µs"}, // -2⁵³
		{`{"counts": [[2049, 1]]}`, "a bucket at 2049 µs, where none starts"},
		{`{"counts": [[5, 1], [5, 1]], "sum": {"lo": 10000}, "min": 5000, "max": 5000}`, "bucket at 5 µs after that at 5 µs"},
		{`{"counts": [[5, 1], [4, 1]]}`, "bucket at 4 µs after that at 5 µs"},
		{`{"counts": [[5, 9223372036854775807], [6, 1]]}`, "less than 2⁶³"},
		{`{"counts": [], "max": 1}`, "of no value"},
		{`{"counts": [], "min": 1}`, "of no value"},
		{`{"counts": [], "sum": {"lo": 1}}`, "of no value"},
		{`{"counts": [[5, 1]], "sum": {"lo": 5000}, "min": -5000, "max": 5000}`, "found min -5000 and max 5000, expected 0 or more"},
		{`{"counts": [[5, 1]], "sum": {"lo": 5000}, "min": 5001, "max": 5000}`, "found min 5001 and max 5000"},
		{`{"counts": [[5, 2]], "sum": {"lo": 10000}, "min": 5000, "max": 6000}`, "in the buckets at 5 and 5"},
		{`{"counts": [[5, 2]], "sum": {"lo": 10000}, "min": 4999, "max": 5000}`, "in the buckets at 5 and 5"},
		{`{"counts": [[5, 2]], "sum": {"lo": 9999}, "min": 5000, "max": 5999}`, "found sum"},
		{`{"counts": [[5, 2]], "sum": {"lo": 11999}, "min": 5000, "max": 5999}`, "found sum"},
		{`{"counts": [[5, 2]], "sum": {"hi": 1, "lo": 10000}, "min": 5000, "max": 5999}`, "found sum"},
		{`{"counts": [[5, 2]], "sum": {"lo": -1}, "min": 5000, "max": 5999}`, "cannot unmarshal"},
		{`{"counts": "none"}`, "cannot unmarshal string"},
		{`[]`, "cannot unmarshal array"},
	} {
		var h Histogram
		if err := json.Unmarshal([]byte(c.json), &h); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.json, err, c.want)
		}
	}
}

// As many values as can be counted are no mistake.
func TestFullHistogramFromJSON(t *testing.T) {
	full := histogramJSON{
		Counts: [][2]int64{{5, math.MaxInt64 - 1}, {6, 1}},
		Sum:    times(5*time.Microsecond, math.MaxInt64-1), Min: 5 * time.Microsecond, Max: 6 * time.Microsecond,
	}
	full.Sum.Add(full.Max)
	encoded, err := json.Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	var h Histogram
	if err := json.Unmarshal(encoded, &h); err != nil || h.Count() != math.MaxInt64 || h.Quantile(0.5) != 5*time.Microsecond || h.Max() != 6*time.Microsecond {
		t.Errorf("%v: %d values, median %v, max %v", err, h.Count(), h.Quantile(0.5), h.Max())
	}
}

// A run crosses to another process as JSON, which leaves out what is not
// exported, without a word. Histograms see to that themselves.
func TestRunHasNoHiddenFields(t *testing.T) {
	var check func(path string, typ reflect.Type)
	check = func(path string, typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Array:
			check(path, typ.Elem())
		case reflect.Struct:
			if typ == reflect.TypeFor[Histogram]() {
				return
			}
			for f := range typ.Fields() {
				if !f.IsExported() {
					t.Errorf("%s.%s is not exported", path, f.Name)
				}
				check(path+"."+f.Name, f.Type)
			}
		}
	}
	check("Run", reflect.TypeFor[Run]())
	check("Usage", reflect.TypeFor[Usage]())
}
