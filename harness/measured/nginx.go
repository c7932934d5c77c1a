package measured

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// variable is one of nginx's in a log_format.
var variable = regexp.MustCompile(`\$(?:([a-z][a-z0-9_]*)|\{([a-z][a-z0-9_]*)\})`)

// logPattern turns a log_format into a pattern with a group for each variable,
// and returns their names in order. Quotes that the configuration writes around
// and between the parts of a format are left out.
func logPattern(format string) (*regexp.Regexp, []string, error) {
	format = unquoteFormat(format)
	var pattern strings.Builder
	var names []string
	pattern.WriteString("^")
	rest := format
	for {
		m := variable.FindStringSubmatchIndex(rest)
		if m == nil {
			break
		}
		pattern.WriteString(regexp.QuoteMeta(rest[:m[0]]))
		name := variable.ReplaceAllString(rest[m[0]:m[1]], "$1$2")
		names = append(names, name)
		if isNumber(name) {
			pattern.WriteString(`(\S*?)`)
		} else {
			pattern.WriteString(`(.*?)`)
		}
		rest = rest[m[1]:]
	}
	pattern.WriteString(regexp.QuoteMeta(rest) + "$")
	if len(names) == 0 {
		return nil, nil, fmt.Errorf("--format %.60q has no variables, want nginx's log_format such as '$msec $request_time $status'", format)
	}
	re, err := regexp.Compile(pattern.String())
	return re, names, err
}

// isNumber reports whether a variable never has blanks in it; one of an upstream
// has, after several tries.
func isNumber(variable string) bool {
	switch variable {
	case "status", "msec", "request_time", "body_bytes_sent", "bytes_sent", "request_length":
		return true
	}
	return false
}

// unquoteFormat takes the text out of 'a' 'b' or "a" "b", as it stands in a
// configuration.
func unquoteFormat(format string) string {
	format = strings.TrimSpace(format)
	if len(format) < 2 || format[0] != '\'' && format[0] != '"' {
		return format
	}
	quote := format[:1]
	var b strings.Builder
	for i, part := range strings.Split(format, quote) {
		if i%2 == 1 {
			b.WriteString(part)
		}
	}
	return b.String()
}

// readNginx reads an access log. A line is written when a request has ended.
func readNginx(r io.Reader, o Options, f *File) error {
	if o.LogFormat == "" {
		return errors.New("an access log needs its log_format in --format, such as '$msec $request_time $status'")
	}
	re, names, err := logPattern(o.LogFormat)
	if err != nil {
		return err
	}
	if !has(names, "request_time") && !has(names, "upstream_response_time") {
		return errors.New("--format has neither $request_time nor $upstream_response_time, want one of them: " +
			"a log without them, such as nginx's combined, has no latencies")
	}
	f.note("an access log has the server's side: its latencies lack the network")
	return eachLine(r, func(line []byte) error {
		m := re.FindStringSubmatch(string(line))
		if m == nil {
			return fmt.Errorf("%.60q is not in the format %.80q", line, o.LogFormat)
		}
		fields := map[string]string{}
		for i, name := range names {
			fields[name] = m[i+1]
		}
		return f.addLogged(fields)
	})
}

func has(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

func (f *File) addLogged(fields map[string]string) error {
	latency, err := loggedLatency(fields)
	if err != nil {
		return err
	}
	r := Request{Latency: latency}
	if r.Status, err = parseStatus("$status", fields["status"]); err != nil {
		return err
	}
	r.Failed = r.Status == 499 // nginx's own: the client has gone away
	end, err := f.loggedTime(fields)
	if err != nil {
		return err
	}
	if !end.IsZero() {
		r.Start = end.Add(-latency)
	}
	if method, rest, ok := strings.Cut(fields["request"], " "); ok {
		target, _, _ := strings.Cut(rest, " ")
		r.Route = route(method, target)
	} else {
		r.Route = route(fields["request_method"], fields["uri"]+fields["request_uri"])
	}
	for name, value := range fields {
		for _, prefix := range []string{"sent_http_", "upstream_http_"} {
			if field, ok := strings.CutPrefix(name, prefix); ok && value != "" && value != "-" {
				if r.Header == nil {
					r.Header = http.Header{}
				}
				r.Header.Set(strings.ReplaceAll(field, "_", "-"), value)
			}
		}
	}
	return f.add(r)
}

// loggedLatency is $request_time, or else the sum over all servers that a request
// was sent to.
func loggedLatency(fields map[string]string) (time.Duration, error) {
	if text, ok := fields["request_time"]; ok {
		return parseDuration("$request_time", text, time.Second)
	}
	var sum time.Duration
	for _, text := range strings.FieldsFunc(fields["upstream_response_time"], func(r rune) bool { return r == ',' || r == ':' }) {
		if strings.TrimSpace(text) == "-" {
			continue
		}
		d, err := parseDuration("$upstream_response_time", text, time.Second)
		if err != nil {
			return 0, err
		}
		sum += d
	}
	return sum, nil
}

// loggedTime is when a line was written; zero: the format does not say.
func (f *File) loggedTime(fields map[string]string) (time.Time, error) {
	for _, known := range []struct{ name, layout string }{
		{"msec", ""}, {"time_iso8601", time.RFC3339}, {"time_local", "02/Jan/2006:15:04:05 -0700"},
	} {
		text, ok := fields[known.name]
		switch {
		case !ok:
			continue
		case known.layout == "":
			t, _, err := parseUnix("$msec", text)
			return t, err
		}
		t, err := time.Parse(known.layout, text)
		if err != nil {
			return t, fmt.Errorf("$%s: %.60q is not a time", known.name, text)
		}
		f.WholeSeconds = true
		f.note("the log has times in whole seconds; $msec in its format would make them exact to a millisecond")
		return checkTime("$"+known.name, t)
	}
	f.note("the log has no times; $msec in its format would tell the load, too")
	return time.Time{}, nil
}
