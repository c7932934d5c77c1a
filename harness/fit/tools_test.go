package fit

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ratebench/harness/measured"
)

// realFormat is the log_format of testdata/real/access.log.gz.
const realFormat = `$remote_addr - [$time_local] "$request" $status $body_bytes_sent $msec $request_time $upstream_response_time "$http_user_agent" "$upstream_http_ratelimit_limit" "$upstream_http_ratelimit_remaining" "$upstream_http_ratelimit_reset"`

// What the tools themselves wrote of a server whose latency is known, the sum of two
// that are uniform from 1 s to 1.5 s, has its quantiles within 2 %; and where answers
// with headers were kept, its limit, 1000 in 10 s. How the files were made is in
// README.md beside them.
func TestFilesOfTheToolsThemselves(t *testing.T) {
	for _, tt := range []struct {
		file, format string
		limit        bool
	}{
		{"k6.json.gz", "k6-json", false},
		{"k6.csv.gz", "k6-csv", false},
		{"vegeta.bin.gz", "vegeta", true},
		{"browser.har.gz", "har", true},
		{"otlp.jsonl.gz", "otlp", false},
		{"access.log.gz", "nginx", true},
		{"curl.txt.gz", "curl", false},
	} {
		content, err := os.Open(filepath.Join("..", "measured", "testdata", "real", tt.file))
		if err != nil {
			t.Fatal(err)
		}
		var o measured.Options
		if tt.format == "nginx" {
			o.LogFormat = realFormat
		}
		f, err := measured.Read(content, o)
		content.Close()
		if err != nil || f.Format != tt.format {
			t.Errorf("%s: %v, want format %s", tt.file, err, tt.format)
			continue
		}
		fit := mustFit(t, f, SplitHalf)
		if n := len(fit.Latencies); n < 180 || fit.Refused+fit.Failed+fit.Broken > 0 {
			t.Errorf("%s: %d latencies, %d refused, %d failed, %d broken", tt.file, n, fit.Refused, fit.Failed, fit.Broken)
		}
		for _, q := range []float64{0.1, 0.5, 0.9, 0.99} {
			got, want := fit.Quantile(q), triangular(q)
			if off := float64(got)/float64(want) - 1; math.Abs(off) > 0.02 {
				t.Errorf("%s: the quantile %v is %v, %.1f %% off the truth of %v", tt.file, q, got, 100*off, want)
			}
		}
		if tt.limit && (len(fit.Limits) != 1 || fit.Limits[0].Limit != 1000 || fit.Limits[0].Window != 10*time.Second) {
			t.Errorf("%s: limits %+v, want 1000 in 10 s", tt.file, fit.Limits)
		}
	}
}

// triangular is a quantile of the sum of two latencies, each uniform from 1 s to
// 1.5 s.
func triangular(q float64) time.Duration {
	if q > 0.5 {
		return 5*time.Second - triangular(1-q)
	}
	return 2*time.Second + time.Duration(math.Sqrt(2*q)*float64(500*ms))
}
