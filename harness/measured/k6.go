package measured

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

const k6Metric = "http_req_duration" // sending, waiting and receiving, without making a connection

func looksLikeK6JSON(head string) bool {
	first, _, _ := strings.Cut(head, "\n")
	return strings.HasPrefix(first, "{") && strings.Contains(first, `"metric"`) &&
		(strings.Contains(first, `"type":"Metric"`) || strings.Contains(first, `"type":"Point"`))
}

// readK6JSON reads the points of a run of k6. The time of a point is when its
// request had ended.
func readK6JSON(r io.Reader, _ Options, f *File) error {
	return eachLine(r, func(line []byte) error {
		var p struct {
			Type   string `json:"type"`
			Metric string `json:"metric"`
			Data   struct {
				Time  time.Time         `json:"time"`
				Value *float64          `json:"value"`
				Tags  map[string]string `json:"tags"`
			} `json:"data"`
		}
		// What other metrics say, and how, does not matter.
		if err := json.Unmarshal(line, &p); p.Type != "Point" || p.Metric != k6Metric {
			if err != nil && (p.Type == "" || p.Metric == "") {
				return err
			}
			return nil
		} else if err != nil {
			return err
		}
		if p.Data.Value == nil || p.Data.Time.IsZero() {
			return errors.New("the point has no value or no time, want both")
		}
		return f.addK6(p.Data.Time, *p.Data.Value, func(tag string) string { return p.Data.Tags[tag] })
	})
}

// addK6 adds a request of so many milliseconds that ended at some time.
func (f *File) addK6(end time.Time, ms float64, tag func(string) string) error {
	latency, err := durationOf(ms, time.Millisecond)
	if err != nil {
		return err
	}
	if end, err = checkTime("time", end); err != nil {
		return err
	}
	status, err := parseStatus("status", tag("status"))
	if err != nil {
		return err
	}
	return f.add(Request{
		Start: end.Add(-latency), Latency: latency, Status: status, Failed: status == 0,
		Route: route(tag("method"), tag("url")),
	})
}

func looksLikeK6CSV(head string) bool {
	return strings.HasPrefix(head, "metric_name,timestamp,metric_value")
}

// readK6CSV reads what k6 writes as CSV, by the names of its columns.
func readK6CSV(r io.Reader, _ Options, f *File) error {
	rows := csv.NewReader(bufio.NewReader(r))
	rows.ReuseRecord = true
	header, err := rows.Read()
	if err != nil {
		return err
	}
	columns := slices.Clone(header)
	for _, name := range []string{"metric_name", "timestamp", "metric_value"} {
		if !slices.Contains(columns, name) {
			return fmt.Errorf("line 1: no column %s, want one", name)
		}
	}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err // has its line
		}
		field := func(name string) string {
			if i := slices.Index(columns, name); i >= 0 {
				return row[i]
			}
			return ""
		}
		if field("metric_name") != k6Metric {
			continue
		}
		if err := f.addK6Row(field); err != nil {
			line, _ := rows.FieldPos(0)
			return at(line, err)
		}
	}
}

func (f *File) addK6Row(field func(string) string) error {
	end, err := time.Parse(time.RFC3339Nano, field("timestamp"))
	if err != nil {
		var whole bool
		if end, whole, err = parseUnix("timestamp", field("timestamp")); err != nil {
			return err
		}
		f.WholeSeconds = f.WholeSeconds || whole
	}
	latency, err := parseDuration("metric_value", field("metric_value"), time.Millisecond)
	if err != nil {
		return err
	}
	if f.WholeSeconds {
		f.note("k6 wrote times in whole seconds; K6_CSV_TIME_FORMAT=unix_micro makes it write them exactly")
	}
	return f.addK6(end, float64(latency)/float64(time.Millisecond), field)
}
