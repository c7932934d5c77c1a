package metrics

import (
	"encoding/json"
	"reflect"
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
	run.Service.Record(2 * time.Hour) // beyond the highest bucket
	run.Service.Record(0)

	encoded, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	var got Run
	if err := json.Unmarshal(encoded, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, run) {
		t.Errorf("got\n%+v\nwant\n%+v", got, run)
	}
}

func TestHistogramFromBadJSON(t *testing.T) {
	for _, c := range []struct{ json, want string }{
		{`{"counts": [[0, -1]]}`, "-1 values in bucket 0"},
		{`{"counts": [[0, 0]]}`, "0 values in bucket 0"},
		{`{"counts": [[-1, 1]]}`, "bucket -1"},
		{`{"counts": [[1000000, 1]]}`, "bucket 1000000"},
		{`{"counts": "none"}`, "cannot unmarshal string"},
		{`[]`, "cannot unmarshal array"},
	} {
		var h Histogram
		if err := json.Unmarshal([]byte(c.json), &h); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.json, err, c.want)
		}
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
