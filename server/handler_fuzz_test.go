package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"ratebench/server"
)

// Whatever a client sends, the answer has one of the known statuses and is a
// JSON object in printable ASCII on a line of its own.
func FuzzHandler(f *testing.F) {
	const good = "api_key=" + validKey + "&nonce=1&req_id=7"
	f.Add(good, "", "")
	f.Add("", good, formType)
	f.Add(good, "nonce=2", formType+"; charset=utf-8")
	f.Add("api_key="+validKey+"&nonce=18446744073709551616", "", "")
	f.Add("api_key=x;nonce=1", "", "")
	f.Add("api_key="+validKey+"&nonce=1&req_id=%ff%F0%9F%98%80%00%22", "", "")
	f.Add("%", "%", formType)
	f.Add("", good, "multipart/form-data; boundary=x")
	f.Add("", good, formType+"; charset")
	f.Add("", good, ";")
	f.Add("", strings.Repeat("a", 64<<10+1), formType)

	known := []int{200, 400, 401, 413, 429}
	f.Fuzz(func(t *testing.T, query, body, contentType string) {
		h := server.Handler(newServer(t, func(c *server.Config) { c.Limit.N = 1; c.BlockAfter = 1 }), stoppedClock{})
		for range 3 { // accepted, over the limit, blocked
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, &http.Request{
				Method: "GET",
				URL:    &url.URL{Path: server.Path, RawQuery: query},
				Header: http.Header{"Content-Type": {contentType}},
				Body:   io.NopCloser(strings.NewReader(body)),
			})
			if !slices.Contains(known, rec.Code) {
				t.Errorf("status %d, want one of %d", rec.Code, known)
			}
			checkJSON(t, rec.Code, rec.Body.String())
		}
	})
}

// Whatever comes over a connection, the answers that can be read have one of
// the known statuses, net/http finds nothing to log, and the server goes on.
func FuzzWire(f *testing.F) {
	const params = "api_key=" + validKey + "&nonce=1&req_id=7"
	f.Add(get(params))
	f.Add(get(params) + get("api_key=x") + "noise\r\n\r\n")
	f.Add("GET " + server.Path + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + formType + "\r\nContent-Length: 83\r\n\r\n" + params)
	f.Add("GET " + server.Path + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + formType + "\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")
	f.Add("GET http://x" + server.Path + "?%zz;&x=%ff HTTP/1.0\r\nExpect: 100-continue\r\n\r\n")
	f.Add("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	f.Add("OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

	known := []int{100, 200, 400, 401, 404, 405, 413, 417, 429, 431, 501, 505}
	f.Fuzz(func(t *testing.T, input string) {
		onWire(t, func(c *server.Config) { c.Limit.N = 3; c.BlockAfter = 1 }, func(w *wire) {
			answers := w.say(input)
			if !strings.Contains(input, "HEAD ") { // whose answers look cut off
				for _, got := range statuses(t, "GET", answers) {
					if !slices.Contains(known, got) {
						t.Errorf("status %d, want one of %d", got, known)
					}
				}
			}
			w.alive()
		})
	})
}

func checkJSON(t *testing.T, status int, body string) {
	t.Helper()
	line, ended := strings.CutSuffix(body, "\n")
	if !ended {
		t.Errorf("no newline ends %q", body)
	}
	for _, c := range []byte(line) {
		if c < ' ' || c > '~' {
			t.Errorf("byte %#x in %q", c, body)
		}
	}
	var answer struct {
		Status   string  `json:"status"`
		ReqID    *string `json:"req_id"`
		ErrorMsg string  `json:"error_msg"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Errorf("%v in %q", err, body)
	}
	if (status == 200) != (answer.Status == "OK") || (status != 200) != (answer.ErrorMsg != "") {
		t.Errorf("status %d with %q", status, body)
	}
}
