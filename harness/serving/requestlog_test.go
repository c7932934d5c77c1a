package serving_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"ratebench/server"
)

// timeless leaves the time out of a log.
func timeless(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

func TestRequestLog(t *testing.T) {
	key := server.DefaultKeys()[3]
	tests := []struct {
		name  string
		query url.Values
		want  string
	}{
		{"accepted", url.Values{"api_key": {key}, "nonce": {"1"}, "req_id": {"7"}},
			`verdict=ok status=200 key=3 nonce=1 req_id=7 latency_ms=50`},
		{"a bad nonce and no id", url.Values{"api_key": {key}},
			`verdict=bad_nonce status=400 key=3 latency_ms=50`},
		{"a stranger", url.Values{"api_key": {"x"}, "nonce": {"1"}},
			`verdict=unauthorized status=401 key=-1 nonce=1 latency_ms=20`},
		{"what needs quotes", url.Values{"api_key": {key}, "nonce": {"1"}, "req_id": {"a b\n\x1b[2J\"=\u202e\xff"}},
			`verdict=ok status=200 key=3 nonce=1 req_id="a b\n\x1b[2J\"=\u202e�" latency_ms=50`},
		{"what is long", url.Values{"api_key": {key}, "nonce": {strings.Repeat("x", 100)}, "req_id": {strings.Repeat("é", 100) + "x"}},
			`verdict=bad_nonce status=400 key=3 nonce=` + strings.Repeat("x", 64) + `... req_id=` + strings.Repeat("é", 32) + `... latency_ms=50`},
		{"a character is not cut", url.Values{"api_key": {key}, "nonce": {"1"}, "req_id": {"x" + strings.Repeat("é", 100)}},
			`verdict=ok status=200 key=3 nonce=1 req_id=x` + strings.Repeat("é", 31) + `... latency_ms=50`},
		{"a key in the wrong place", url.Values{"api_key": {key}, "nonce": {key}, "req_id": {"<" + key + strings.Repeat("x", 50) + key}},
			`verdict=bad_nonce status=400 key=3 nonce="(key 3)" req_id="<(key 3)` + strings.Repeat("x", 50) + `(key 3..." latency_ms=50`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: timeless}))
				send(newSite(t, log, nil), "GET", server.Path+"?"+tt.query.Encode())
				if diff := cmp.Diff("level=INFO msg=request "+tt.want+"\n", out.String()); diff != "" {
					t.Errorf("log (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestRequestLogAsJSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		site := newSite(t, slog.New(slog.NewJSONHandler(&out, nil)), nil)
		send(site, "GET", request(1, "42")+"&req_id=%22%0a")
		var got map[string]any
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatalf("%v in %s", err, &out)
		}
		if got["time"] == "" {
			t.Error("no time")
		}
		delete(got, "time")
		want := map[string]any{"level": "INFO", "msg": "request", "verdict": "ok", "status": 200.0,
			"key": 1.0, "nonce": "42", "req_id": "\"\n", "latency_ms": 50.0}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
	})
}

// Health and metrics are asked for all the time, and not logged.
func TestOnlyTheAPIIsLogged(t *testing.T) {
	var out bytes.Buffer
	site := newSite(t, slog.New(slog.NewTextHandler(&out, nil)), nil)
	send(site, "GET", "/healthz")
	send(site, "GET", "/metrics")
	if out.Len() > 0 {
		t.Errorf("logged %s", &out)
	}
}
