package measured

import (
	"bytes"
	"compress/gzip"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	vegeta "github.com/tsenart/vegeta/v12/lib"

	"ratebench/clients"
	"ratebench/clients/limiter"
	"ratebench/harness/events"
)

const ms = time.Millisecond

var ten = time.Date(2026, time.November, 26, 10, 0, 0, 0, time.UTC)

// accessFormat is the log_format that testdata/access.log was written in, as it
// stands in a configuration.
const accessFormat = `'$remote_addr - [$time_local] "$request" $status $body_bytes_sent $msec $request_time '
	'$upstream_response_time "$http_user_agent" "$upstream_http_ratelimit_limit" "$upstream_http_ratelimit_remaining" "$upstream_http_ratelimit_reset"'`

// The files of vegeta, nginx and curl were written by these; those of k6, a
// browser and a collector follow their documentation, with what goes wrong. Longer
// ones of all of them, for harness/fit, are in testdata/real.
func TestRead(t *testing.T) {
	tests := []struct {
		file, format string
		options      Options
		want         []Request
	}{
		{"k6.jsonl", "k6-json", Options{}, []Request{
			{Start: ten.Add(500 * time.Microsecond), Latency: 39500 * time.Microsecond, Status: 200, Route: "GET /orders"},
			{Start: ten.Add(94750 * time.Microsecond), Latency: 5250 * time.Microsecond, Status: 429, Route: "POST /orders"},
			{Start: ten.Add(500 * ms), Latency: time.Second, Failed: true, Route: "GET /orders"},
		}},
		{"k6.csv", "k6-csv", Options{}, []Request{
			{Start: ten.Add(-39500 * time.Microsecond), Latency: 39500 * time.Microsecond, Status: 200, Route: "GET /orders"},
			{Start: ten.Add(-5250 * time.Microsecond), Latency: 5250 * time.Microsecond, Status: 429, Route: "POST /orders"},
			{Start: ten, Latency: time.Second, Failed: true, Route: "GET /orders"},
		}},
		{"browser.har", "har", Options{}, []Request{
			{Start: ten.Add(22500 * time.Microsecond), Latency: 39500 * time.Microsecond, Status: 200, Route: "GET /orders"},
			{Start: ten.Add(time.Second), Latency: 12 * ms, Failed: true, Route: "GET /orders"},
		}},
		{"otlp.jsonl", "otlp", Options{}, []Request{
			{Start: ten, Latency: 39500 * time.Microsecond, Status: 200, Route: "GET /orders"},
			{Start: ten.Add(time.Second), Latency: 5250 * time.Microsecond, Status: 429, Route: "POST /orders"},
		}},
		{"access.log", "nginx", Options{LogFormat: accessFormat}, []Request{
			{Start: time.UnixMilli(1795724350823), Latency: 39 * ms, Status: 200, Route: "GET /api/request"},
			{Start: time.UnixMilli(1795724350880), Latency: 39 * ms, Status: 200, Route: "GET /api/request"},
			{Start: time.UnixMilli(1795724350930), Latency: 31 * ms, Status: 200, Route: "GET /api/request"},
		}},
		{"curl.txt", "curl", Options{}, []Request{
			{Latency: 55956 * time.Microsecond, Status: 200},
			{Latency: 139600 * time.Microsecond, Status: 200},
			{Latency: 22746 * time.Microsecond, Status: 200},
		}},
		{"values.csv", "values", Options{}, []Request{{Latency: 12 * ms}, {Latency: 3500 * time.Microsecond}, {Latency: 1500 * time.Microsecond}}},
	}
	for _, tt := range tests {
		f := readTestdata(t, tt.file, tt.options)
		if f.Format != tt.format {
			t.Errorf("%s was taken for %s", tt.file, f.Format)
		}
		if diff := cmp.Diff(tt.want, f.Requests, cmpopts.IgnoreFields(Request{}, "Header")); diff != "" {
			t.Errorf("%s: want (-), got (+)\n%s", tt.file, diff)
		}
	}
}

func readTestdata(t *testing.T, name string, o Options) *File {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return mustRead(t, content, o)
}

func mustRead(t *testing.T, content []byte, o Options) *File {
	t.Helper()
	f, err := Read(bytes.NewReader(content), o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// All of vegeta's formats say the same, whichever it was written in.
func TestReadVegeta(t *testing.T) {
	fromCSV, fromJSON := readTestdata(t, "vegeta.csv", Options{}), readTestdata(t, "vegeta.jsonl", Options{})
	var binary bytes.Buffer
	encode := vegeta.NewEncoder(&binary)
	content, err := os.ReadFile("testdata/vegeta.csv")
	if err != nil {
		t.Fatal(err)
	}
	decode := vegeta.NewCSVDecoder(bytes.NewReader(content))
	for range 5 {
		var r vegeta.Result
		if err := decode(&r); err != nil {
			t.Fatal(err)
		}
		if err := encode(&r); err != nil {
			t.Fatal(err)
		}
	}
	fromBinary := mustRead(t, binary.Bytes(), Options{})
	for _, f := range []*File{fromJSON, fromBinary} {
		if diff := cmp.Diff(fromCSV.Requests, f.Requests, cmpopts.EquateApproxTime(0)); diff != "" {
			t.Errorf("%s and %s differ:\n%s", fromCSV.Format, f.Format, diff)
		}
	}
	if got := []string{fromCSV.Format, fromJSON.Format, fromBinary.Format}; !slices.Equal(got, []string{"vegeta-csv", "vegeta-json", "vegeta"}) {
		t.Errorf("formats %v", got)
	}
	first := fromCSV.Requests[0]
	if first.Latency != 23009045 || first.Status != 200 || first.Header.Get("RateLimit-Limit") != "40" || first.Route != "GET /api/request" {
		t.Errorf("first request %+v", first)
	}
}

func TestReadCurlJSON(t *testing.T) {
	for _, r := range readTestdata(t, "curl.jsonl", Options{}).Requests {
		if r.Status != 200 || r.Latency < ms || r.Latency > time.Second || r.Route != "GET /api/request" {
			t.Errorf("request %+v", r)
		}
	}
}

// Headers of nginx's answers come from variables of the log.
func TestReadNginxHeaders(t *testing.T) {
	f := readTestdata(t, "access.log", Options{LogFormat: accessFormat})
	if got := f.Requests[1].Header.Get("RateLimit-Remaining"); got != "38" {
		t.Errorf("RateLimit-Remaining %q, want 38", got)
	}
}

func TestReadNginxUpstreams(t *testing.T) {
	f := mustRead(t, []byte("0.010, 0.020 : 0.030 502\n- 499\n"), Options{LogFormat: "$upstream_response_time $status"})
	if r := f.Requests; r[0].Latency != 60*ms || r[0].Status != 502 || !r[1].Failed {
		t.Errorf("requests %+v", r)
	}
}

func TestReadGzip(t *testing.T) {
	content, err := os.ReadFile("testdata/k6.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	if _, err := zip.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	if f := mustRead(t, b.Bytes(), Options{}); len(f.Requests) != 3 {
		t.Errorf("%d requests, want 3", len(f.Requests))
	}
}

// Programs on Windows begin a file with the mark of UTF-8, which no format has.
func TestReadAfterMark(t *testing.T) {
	for _, name := range []string{"k6.jsonl", "k6.csv", "vegeta.jsonl", "vegeta.csv", "browser.har", "otlp.jsonl", "access.log", "curl.jsonl", "curl.txt", "values.csv"} {
		var o Options
		if name == "access.log" {
			o.LogFormat = accessFormat
		}
		content, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(mustRead(t, content, o), mustRead(t, append([]byte("\ufeff"), content...), o)); diff != "" {
			t.Errorf("%s: without (-), with it (+)\n%s", name, diff)
		}
	}
}

func TestRoute(t *testing.T) {
	for url, want := range map[string]string{"http://x": "GET /", "http://x/": "GET /", "http://x/a?b": "GET /a", "": ""} {
		if got := route("", url); got != want {
			t.Errorf("%q: %q, want %q", url, got, want)
		}
	}
}

// The quantiles of a log of histograms are those of what was recorded, to the
// precision of the histograms.
func TestReadHDR(t *testing.T) {
	var b bytes.Buffer
	log := hdrhistogram.NewHistogramLogWriter(&b)
	if err := log.OutputLogFormatVersion(); err != nil {
		t.Fatal(err)
	}
	if err := log.OutputLegend(); err != nil {
		t.Fatal(err)
	}
	var truth []time.Duration
	for interval := range 3 {
		h := hdrhistogram.New(1, int64(time.Hour), 3)
		for i := range 1000 {
			d := time.Duration(float64(ms) * math.Pow(1.004, float64(i+333*interval)))
			truth = append(truth, d)
			if err := h.RecordValue(int64(d)); err != nil {
				t.Fatal(err)
			}
		}
		if err := log.OutputIntervalHistogram(h); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(truth)
	f := mustRead(t, b.Bytes(), Options{})
	if f.Format != "hdr" || !f.Unordered || len(f.Requests) != len(truth) {
		t.Fatalf("%s, unordered %v, %d requests", f.Format, f.Unordered, len(f.Requests))
	}
	for i, r := range f.Requests {
		if off := float64(r.Latency)/float64(truth[i]) - 1; math.Abs(off) > 0.002 {
			t.Fatalf("value %d is %v, want %v", i, r.Latency, truth[i])
		}
	}
}

func TestReadEvents(t *testing.T) {
	dir := t.TempDir()
	draft, err := events.NewDraft(dir)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
	log, err := draft.Create(events.Header{Strategy: "a", Seed: 1}, start, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	log.Observe(&clients.Event{Time: start.Add(ms), Kind: clients.Generated, Key: clients.NoKey})
	log.Observe(&clients.Event{Time: start.Add(40 * ms), Kind: clients.Answered, Outcome: limiter.Outcome{
		Status: 200, Sent: start.Add(10 * ms), Received: start.Add(22 * ms),
	}})
	log.Observe(&clients.Event{Time: start.Add(1100 * ms), Kind: clients.Answered, Outcome: limiter.Outcome{
		Err: clients.ErrTimeout, Sent: start.Add(100 * ms),
	}})
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(draft.Path(), events.FileName("a", 1)))
	if err != nil {
		t.Fatal(err)
	}
	f := mustRead(t, content, Options{})
	begin := f.Requests[0].Start.Add(-10 * ms)
	want := []Request{
		{Start: begin.Add(10 * ms), Latency: 30 * ms, Incoming: 12 * ms, HasIncoming: true, Status: 200},
		{Start: begin.Add(100 * ms), Latency: time.Second, Failed: true},
	}
	if diff := cmp.Diff(want, f.Requests); f.Format != "events" || diff != "" {
		t.Errorf("%s: want (-), got (+)\n%s", f.Format, diff)
	}
}

// What is broken is refused, with the place.
func TestReadBroken(t *testing.T) {
	k6 := func(line string) string {
		return `{"metric":"http_reqs","type":"Point","data":{}}` + "\n" + line + "\n"
	}
	point := func(data string) string {
		return k6(`{"metric":"http_req_duration","type":"Point","data":{` + data + `}}`)
	}
	k6csv := func(row string) string {
		return "metric_name,timestamp,metric_value,status\nhttp_reqs,1795687200,1,\n" + row + "\n"
	}
	vegetaRow := func(row string) string {
		good := "1795724269676498645,200,23009045,0,30,,e30K,,0,GET,http://x/,\n"
		return good + row + "\n"
	}
	span := func(span string) string {
		return "\n{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[\n" + span + "]}]}]}"
	}
	har := func(entry string) string {
		return "{\"log\": {\"creator\": {},\n\"entries\": [\n" + entry + "]}}"
	}
	entry := func(started, timings, status string) string {
		return har(`{"startedDateTime": ` + started + `, "request": {"method": "GET", "url": "http://x/"}, "response": {"status": ` + status + `, "headers": []}, "timings": ` + timings + `}`)
	}
	good := `"time":"2026-11-26T10:00:00Z","value":1,"tags":{"status":"200"}`
	nginx := Options{LogFormat: "$msec $request_time $status"}
	tests := []struct {
		name, content string
		options       Options
		want          string
	}{
		{"empty", "", Options{}, "the file is empty"},
		{"blank", "\n\n", Options{}, "not the beginning of any format"},
		{"prose", "hello there\nworld\n", Options{}, `line 1: "hello there" is not the beginning of any format that is known; looked for k6-json (k6 run --out json=FILE), `},
		{"truncated gzip", "\x1f\x8b\x08\x00", Options{}, "begins like gzip"},
		{"unknown type", "1\n", Options{Format: "k6"}, `unknown format of a file "k6", want k6-json, k6-csv,`},
		{"html", "<html><body>502</body></html>", Options{}, "not the beginning of any format"},
		{"other JSON", `{"a": 1}`, Options{}, "not the beginning of any format"},

		{"k6: cut line", point(good) + `{"metric":"http_req_dur`, Options{}, "k6-json: line 3: the JSON ends in the middle"},
		{"k6: value is a text", point(`"time":"2026-11-26T10:00:00Z","value":"1","tags":{}`), Options{}, "k6-json: line 2: data.value is a JSON string, want a number"},
		{"k6: no value", point(`"time":"2026-11-26T10:00:00Z","tags":{}`), Options{}, "k6-json: line 2: the point has no value or no time"},
		{"k6: no time", point(`"value":1,"tags":{}`), Options{}, "k6-json: line 2: the point has no value or no time"},
		{"k6: time is no time", point(`"time":"today","value":1,"tags":{}`), Options{}, "k6-json: line 2: parsing time"},
		{"k6: negative", point(`"time":"2026-11-26T10:00:00Z","value":-1,"tags":{"status":"200"}`), Options{}, "k6-json: line 2: the latency -1ms is negative"},
		{"k6: huge", point(`"time":"2026-11-26T10:00:00Z","value":1e300,"tags":{"status":"200"}`), Options{}, "k6-json: line 2: found 1e+300 times 1ms, want at most"},
		{"k6: status", point(`"time":"2026-11-26T10:00:00Z","value":1,"tags":{"status":"OK"}`), Options{}, `k6-json: line 2: status: "OK" is not a status of HTTP`},
		{"k6: long ago", point(`"time":"0800-11-26T10:00:00Z","value":1,"tags":{"status":"200"}`), Options{}, "k6-json: line 2: time: 0800-11-26T10:00:00Z is not a time of a measurement"},
		{"k6: nothing of it", k6(`{"metric":"vus","type":"Point","data":{}}`), Options{}, "k6-json: found no request in the file"},
		{"k6: not an object", k6(`[1]`), Options{}, "k6-json: line 2: it is a JSON array, want an object"},
		{"UTF-16", "\xff\xfe1\x002\x00\n\x00", Options{}, "line 1: begins like UTF-16, which PowerShell writes, want UTF-8"},
		{"HAR: another document", "12\n", Options{Format: "har"}, "har: line 1: it is a JSON number, want an object"},

		{"k6 CSV: value", k6csv("http_req_duration,1795687200,fast,200"), Options{}, `k6-csv: line 3: metric_value: "fast" is not a number`},
		{"k6 CSV: NaN", k6csv("http_req_duration,1795687200,NaN,200"), Options{}, "k6-csv: line 3: metric_value: found NaN, want a number"},
		{"k6 CSV: infinite", k6csv("http_req_duration,1795687200,+Inf,200"), Options{}, "k6-csv: line 3: metric_value: found +Inf times 1ms"},
		{"k6 CSV: negative", k6csv("http_req_duration,1795687200,-3,200"), Options{}, "k6-csv: line 3: the latency -3ms is negative"},
		{"k6 CSV: time", k6csv("http_req_duration,yesterday,1,200"), Options{}, `k6-csv: line 3: timestamp: "yesterday" is not a time since 1970`},
		{"k6 CSV: early", k6csv("http_req_duration,12,1,200"), Options{}, "k6-csv: line 3: timestamp: 1970-01-01T00:00:12Z is not a time of a measurement"},
		{"k6 CSV: status", k6csv("http_req_duration,1795687200,1,20"), Options{}, `k6-csv: line 3: status: "20" is not a status`},
		{"k6 CSV: columns", k6csv("http_req_duration,1795687200"), Options{}, "k6-csv: record on line 3: wrong number of fields"},
		{"k6 CSV: quotes", k6csv(`http_req_duration,"1795687200,1,200`), Options{}, "k6-csv: parse error on line 3"},
		{"k6 CSV: header only", "metric_name,timestamp,metric_value\n", Options{}, "k6-csv: found no request"},

		{"vegeta CSV: cut", vegetaRow("1795724269676498645,200"), Options{}, "vegeta-csv: line 2: "},
		{"vegeta CSV: time", vegetaRow("now,200,23009045,0,30,,e30K,,0,GET,http://x/,"), Options{}, "vegeta-csv: line 2: "},
		{"vegeta CSV: status", vegetaRow("1795724269676498645,ok,23009045,0,30,,e30K,,0,GET,http://x/,"), Options{}, "vegeta-csv: line 2: "},
		{"vegeta CSV: latency", vegetaRow("1795724269676498645,200,fast,0,30,,e30K,,0,GET,http://x/,"), Options{}, "vegeta-csv: line 2: "},
		{"vegeta CSV: negative", vegetaRow("1795724269676498645,200,-5,0,30,,e30K,,0,GET,http://x/,"), Options{}, "vegeta-csv: line 2: the latency -5ns is negative"},
		{"vegeta CSV: body", vegetaRow("1795724269676498645,200,5,0,30,,???,,0,GET,http://x/,"), Options{}, "vegeta-csv: line 2: "},
		{"vegeta CSV: early", vegetaRow("17957242,200,5,0,30,,e30K,,0,GET,http://x/,"), Options{}, "vegeta-csv: line 2: timestamp: 1970-01-01T00:00:00Z is not a time"},
		{"vegeta JSON: cut", `{"attack":"","seq":0,"code":200,"timestamp":"2026-11-26T20:17:49Z","latency":5,"method":"GET","url":"http://x/"}` + "\n" + `{"attack":"","seq":1,"co`, Options{}, "vegeta-json: line 2: the JSON ends in the middle"},
		{"vegeta JSON: latency", `{"attack":"","seq":0,"code":200,"timestamp":"2026-11-26T20:17:49Z","latency":"5ms"}` + "\n", Options{}, "vegeta-json: line 1: "},
		{"vegeta JSON: time", `{"attack":"","seq":0,"code":200,"timestamp":"soon","latency":5}` + "\n", Options{}, "vegeta-json: line 1: "},

		{"HAR: cut", har(`{"startedDateTime": "2026`)[:60], Options{}, "har: line 3: the JSON ends in the middle"},
		{"HAR: no log", `{"log": null, "creator": "entries"}`, Options{}, "har: line 1: the archive has no log"},
		{"HAR: no entries", `{"log": {"creator": {}, "entries": []}}`, Options{}, "har: found no request"},
		{"HAR: entry is null", har("null"), Options{}, "har: entry 1: has no request, response or timings"},
		{"HAR: no timings", har(`{"startedDateTime": "2026-11-26T10:00:00Z", "request": {}, "response": {}}`), Options{}, "har: entry 1: has no request, response or timings"},
		{"HAR: time", entry(`"yesterday"`, `{"send": 1, "wait": 1, "receive": 1}`, "200"), Options{}, `har: entry 1: startedDateTime: "yesterday" is not a time`},
		{"HAR: timings are text", entry(`"2026-11-26T10:00:00Z"`, `{"send": "1", "wait": 1, "receive": 1}`, "200"), Options{}, "har: line 3: "},
		{"HAR: huge", entry(`"2026-11-26T10:00:00Z"`, `{"send": 1e200, "wait": 1, "receive": 1}`, "200"), Options{}, "har: entry 1: timings: found 1e+200"},
		{"HAR: status", entry(`"2026-11-26T10:00:00Z"`, `{"send": 1, "wait": 1, "receive": 1}`, "20000"), Options{}, "har: entry 1: the status 20000 is none of HTTP's"},

		{"OTLP: cut", span(`{"kind":3`), Options{}, "otlp: line 3: "},
		{"OTLP: numbers", span(`{"kind":3,"startTimeUnixNano":"now","endTimeUnixNano":"1"}`), Options{}, `otlp: span 1 (""): startTimeUnixNano: "now" is not a number`},
		{"OTLP: end", span(`{"kind":3,"name":"GET","startTimeUnixNano":"1795687200000000000","endTimeUnixNano":"1e9"}`), Options{}, `otlp: span 1 ("GET"): endTimeUnixNano: "1e9" is not a number`},
		{"OTLP: backwards", span(`{"kind":3,"startTimeUnixNano":"1795687200000000000","endTimeUnixNano":"1795687199000000000"}`), Options{}, "otlp: span 1 (\"\"): ends 1s before it starts"},
		{"OTLP: early", span(`{"kind":3,"startTimeUnixNano":"5","endTimeUnixNano":"6"}`), Options{}, "is not a time of a measurement"},
		{"OTLP: status", span(`{"kind":3,"startTimeUnixNano":"1795687200000000000","endTimeUnixNano":"1795687200000000001","attributes":[{"key":"http.status_code","value":{"stringValue":"OK"}}]}`), Options{}, `http.response.status_code: "OK" is not a status`},
		{"OTLP: nothing of HTTP", span(`{"kind":3,"startTimeUnixNano":"1795687200000000000","endTimeUnixNano":"1795687200000000001"}`), Options{}, "otlp: found no request"},
		{"OTLP: spans are a text", span(`"x"`), Options{}, "otlp: line 3: "},

		{"nginx: other line", "1795724350.862 0.039 200\nhello\n", nginx, `nginx: line 2: "hello" is not in the format`},
		{"nginx: time", "soon 0.039 200\n", nginx, `nginx: line 1: $msec: "soon" is not a time`},
		{"nginx: latency", "1795724350.862 - 200\n", nginx, `nginx: line 1: $request_time: "-" is not a number`},
		{"nginx: status", "1795724350.862 0.039 two\n", nginx, `nginx: line 1: $status: "two" is not a status`},
		{"nginx: negative", "1795724350.862 -0.039 200\n", nginx, "nginx: line 1: the latency -39ms is negative"},
		{"nginx: combined", "x\n", Options{LogFormat: `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent`}, "has no latencies"},
		{"nginx: no variables", "x\n", Options{LogFormat: "combined"}, `--format "combined" has no variables`},
		{"nginx: without a format", "x\n", Options{Format: "nginx"}, "needs its log_format in --format"},
		{"nginx: local time", "yesterday 0.1\n", Options{LogFormat: "$time_local $request_time"}, `nginx: line 1: $time_local: "yesterday" is not a time`},

		{"curl: no total", "time_total: 1\ntime_pretransfer: 0\ntime_pretransfer: 1\n", Options{}, "curl: at the end: a request without time_total"},
		{"curl: no number", "time_total: fast\n", Options{}, `curl: at the end: time_total: "fast" is not a number`},
		{"curl: negative", "time_total: 0.1 time_pretransfer: 0.2\ntime_total: 0.1\n", Options{}, "curl: line 2: the latency -100ms is negative"},
		{"curl: status", "http_code: abc time_total: 0.2\n", Options{}, `curl: at the end: http_code: "abc" is not a status`},
		{"curl JSON: cut", `{"time_total":0.1,"http_code":200}` + "\n" + `{"time_total":0.`, Options{}, "curl: line 2: "},
		{"curl JSON: no total", `{"time_total":0.1,"http_code":200}` + "\n" + `{"http_code":200}`, Options{}, "curl: line 2: has no time_total"},

		{"values: text", "12ms\nfast\n", Options{}, `values: line 2: "fast" is not a duration`},
		{"values: negative", "12ms\n-1\n", Options{}, "values: line 2: -1 is negative"},
		{"HDR: broken", "#[Histogram log format version 1.3]\n\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n0.1,1.0,2.0,HISTFAAA!!!\n", Options{}, "hdr: "},
		{"events: cut", `{"schema_version":1,"scenario":{"name":"a","sha256":""},"clock":"virtual","strategy":"a","seed":1}` + "\n" + `{"t_ms":1,`, Options{}, "events: event 1: "},
		{"events: other version", `{"schema_version":9,"strategy":"a"}`, Options{}, "events: found schema_version 9, expected 1"},
	}
	if len(tests) < 60 {
		t.Errorf("%d broken files, want at least 60", len(tests))
	}
	for _, tt := range tests {
		_, err := Read(strings.NewReader(tt.content), tt.options)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v\nwant one with %s", tt.name, err, tt.want)
		}
	}
}

// Whatever a file holds, it is read or refused.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil || len(files) == 0 {
		f.Fatalf("%v, %v", files, err)
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content, false)
	}
	f.Add([]byte("1795724350.862 0.039 200\n"), true)
	f.Fuzz(func(t *testing.T, content []byte, nginx bool) {
		var o Options
		if nginx {
			o.LogFormat = "$msec $request_time $status"
		}
		file, err := Read(bytes.NewReader(content), o)
		if err != nil {
			return
		}
		for _, r := range file.Requests {
			if r.Latency < 0 || r.Latency > longest || r.HasIncoming && r.Incoming > r.Latency {
				t.Fatalf("read %+v", r)
			}
		}
	})
}
