package measured

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
)

func looksLikeCurl(head string) bool { return strings.Contains(head, "time_total") }

// curlField is one of curl's variables with its value, as people write them into
// a format of their own. The status is http_code, response_code or code.
var curlField = regexp.MustCompile(`\b(?:http_|response_)?(time_total|time_pretransfer|code)"?\s*[:=]\s*"?([^\s,;"}]+)`)

// readCurl reads what curl -w has written: JSON, a line for each request, or a
// text with names and values, in which a request ends where a name comes again.
// A request is what time_total has beyond time_pretransfer: looking up the name
// and connecting are not part of it.
func readCurl(r io.Reader, _ Options, f *File) error {
	f.note("curl does not say when a request was sent: the load is not known")
	var current map[string]string
	flush := func() error {
		if current == nil {
			return nil
		}
		done := current
		current = nil
		return f.addCurl(done)
	}
	lastError := eachLine(r, func(line []byte) error {
		if line[0] == '{' {
			return f.addCurlJSON(line)
		}
		for _, m := range curlField.FindAllStringSubmatch(string(line), -1) {
			if _, again := current[m[1]]; again {
				if err := flush(); err != nil {
					return err
				}
			}
			if current == nil {
				current = map[string]string{}
			}
			current[m[1]] = m[2]
		}
		return nil
	})
	if lastError != nil {
		return lastError
	}
	if err := flush(); err != nil {
		return fmt.Errorf("at the end: %w", err)
	}
	return nil
}

func (f *File) addCurlJSON(line []byte) error {
	var v struct {
		Total       *float64 `json:"time_total"`
		PreTransfer float64  `json:"time_pretransfer"`
		Status      int      `json:"response_code"`
		Code        int      `json:"http_code"`
		Exit        int      `json:"exitcode"`
		Method      string   `json:"method"`
		URL         string   `json:"url_effective"`
	}
	if err := json.Unmarshal(line, &v); err != nil {
		return err
	}
	if v.Total == nil {
		return errors.New("has no time_total, want what curl -w '%{json}' writes")
	}
	latency, err := durationOf(*v.Total-v.PreTransfer, time.Second)
	if err != nil {
		return err
	}
	status := max(v.Status, v.Code)
	return f.add(Request{Latency: latency, Status: status, Failed: status == 0 || v.Exit != 0, Route: route(v.Method, v.URL)})
}

func (f *File) addCurl(fields map[string]string) error {
	text, ok := fields["time_total"]
	if !ok {
		return errors.New("a request without time_total, want one for each")
	}
	seconds := func(name, text string) (time.Duration, error) {
		return parseDuration(name, strings.TrimSuffix(text, "s"), time.Second)
	}
	total, err := seconds("time_total", text)
	if err != nil {
		return err
	}
	if before, ok := fields["time_pretransfer"]; ok {
		d, err := seconds("time_pretransfer", before)
		if err != nil {
			return err
		}
		total -= d
	} else {
		f.note("without time_pretransfer the latencies include looking up the name and connecting")
	}
	text, told := fields["code"]
	status, err := parseStatus("http_code", text)
	if err != nil {
		return err
	}
	return f.add(Request{Latency: total, Status: status, Failed: told && status == 0})
}
