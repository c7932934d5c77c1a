package measured

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

func looksLikeOTLP(head string) bool { return strings.Contains(head, `"resourceSpans"`) }

// otlpTraces is what is needed of OTLP's traces in JSON.
type otlpTraces struct {
	ResourceSpans []struct {
		ScopeSpans []struct {
			Spans []otlpSpan `json:"spans"`
		} `json:"scopeSpans"`
	} `json:"resourceSpans"`
}

type otlpSpan struct {
	Name       string          `json:"name"`
	Kind       any             `json:"kind"` // a number, or its name
	Start      string          `json:"startTimeUnixNano"`
	End        string          `json:"endTimeUnixNano"`
	Attributes []otlpAttribute `json:"attributes"`
}

type otlpAttribute struct {
	Key   string `json:"key"`
	Value struct {
		String string `json:"stringValue"`
		Int    any    `json:"intValue"` // a decimal string, or a number
	} `json:"value"`
}

// readOTLP reads the spans of HTTP clients; where there are none, those of
// servers.
func readOTLP(r io.Reader, _ Options, f *File) error {
	var clients, servers []Request
	n := 0
	err := eachDocument(r, func(traces *otlpTraces) error {
		for _, resource := range traces.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				for _, span := range scope.Spans {
					n++
					request, http, err := span.request()
					if err != nil {
						return fmt.Errorf("span %d (%.40q): %w", n, span.Name, err)
					}
					switch {
					case http && isKind(span.Kind, 3, "SPAN_KIND_CLIENT"):
						clients = append(clients, request)
					case http && isKind(span.Kind, 2, "SPAN_KIND_SERVER"):
						servers = append(servers, request)
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	chosen := clients
	if len(clients) == 0 && len(servers) > 0 {
		chosen = servers
		f.note("the spans are those of a server: their latencies lack the network")
	}
	for i, request := range chosen {
		if err := f.add(request); err != nil {
			return fmt.Errorf("request %d: %w", i+1, err)
		}
	}
	return nil
}

func isKind(kind any, number float64, name string) bool { return kind == number || kind == name }

// request is what a span says; http is false if it is not one of HTTP.
func (s *otlpSpan) request() (r Request, http bool, err error) {
	start, err := strconv.ParseInt(s.Start, 10, 64)
	if err != nil {
		return r, false, fmt.Errorf("startTimeUnixNano: %.40q is not a number", s.Start)
	}
	end, err := strconv.ParseInt(s.End, 10, 64)
	if err != nil {
		return r, false, fmt.Errorf("endTimeUnixNano: %.40q is not a number", s.End)
	}
	if r.Start, err = checkTime("startTimeUnixNano", time.Unix(0, start)); err != nil {
		return r, false, err
	}
	if _, err = checkTime("endTimeUnixNano", time.Unix(0, end)); err != nil {
		return r, false, err
	}
	if r.Latency = time.Duration(end - start); r.Latency < 0 {
		return r, false, fmt.Errorf("ends %v before it starts", -r.Latency)
	}
	attribute := map[string]string{}
	for _, a := range s.Attributes {
		attribute[a.Key] = a.text()
	}
	first := func(keys ...string) string { // by the conventions of today, and those before
		for _, key := range keys {
			if text := attribute[key]; text != "" {
				return text
			}
		}
		return ""
	}
	method := first("http.request.method", "http.method")
	status := first("http.response.status_code", "http.status_code")
	if method == "" && status == "" {
		return r, false, nil
	}
	if r.Status, err = parseStatus("http.response.status_code", status); err != nil {
		return r, false, err
	}
	r.Failed = r.Status == 0
	r.Route = route(method, first("url.full", "http.url", "url.path", "http.target"))
	return r, true, nil
}

func (a *otlpAttribute) text() string {
	switch n := a.Value.Int.(type) {
	case string:
		return n
	case float64:
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return a.Value.String
}
