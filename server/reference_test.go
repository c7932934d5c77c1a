package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"ratebench/server"
)

// What the reference answers is answered byte for byte. The requests and the
// answers are in testdata/reference.txt, which testdata/reference.py works
// out with Python's own int, json.dumps and decoding of UTF-8.
func TestReferenceByteForByte(t *testing.T) {
	const fewest = 150
	requests := 0
	for _, c := range referenceCases(t) {
		for _, s := range c.steps {
			if s.request != "" {
				requests++
			}
		}
		t.Run(c.name, func(t *testing.T) {
			onWire(t, func(cfg *server.Config) { *cfg = server.ReferenceConfig() }, func(w *wire) {
				for _, s := range c.steps {
					time.Sleep(s.wait)
					if s.request != "" {
						w.expect(s)
					}
				}
			})
		})
	}
	if requests < fewest {
		t.Errorf("%d requests, want %d at least", requests, fewest)
	}
}

// A referenceCase is what is sent to a server that has just been started.
type referenceCase struct {
	name  string
	steps []referenceStep
}

// A referenceStep is a pause, and then a request with its answer, if any.
type referenceStep struct {
	wait    time.Duration
	request string
	status  int
	body    string
}

// expect sends a request and compares the answer.
func (w *wire) expect(s referenceStep) {
	w.t.Helper()
	method, _, _ := strings.Cut(s.request, " ")
	answers := w.say(s.request)
	res, err := http.ReadResponse(bufio.NewReader(strings.NewReader(answers)), &http.Request{Method: method})
	if err != nil {
		w.t.Fatalf("%.200q is answered %q: %v", s.request, answers, err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if res.StatusCode != s.status || string(body) != s.body {
		w.t.Errorf("%.200q is answered\n%d %q, want\n%d %q", s.request, res.StatusCode, body, s.status, s.body)
	}
	mediaType, allow := "application/json", ""
	if method == "OPTIONS" && s.status == http.StatusOK {
		mediaType = "text/html; charset=utf-8"
	}
	if mediaType[0] == 't' || s.status == http.StatusMethodNotAllowed {
		allow = "GET, HEAD, OPTIONS"
	}
	if got := res.Header.Get("Content-Type"); got != mediaType {
		w.t.Errorf("%.200q: content type %q, want %q", s.request, got, mediaType)
	}
	if got := res.Header.Get("Allow"); got != allow {
		w.t.Errorf("%.200q: Allow %q, want %q", s.request, got, allow)
	}
}

func referenceCases(t *testing.T) (cases []referenceCase) {
	t.Helper()
	data, err := os.ReadFile("testdata/reference.txt")
	if err != nil {
		t.Fatal(err)
	}
	var wait time.Duration
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		kind, rest, _ := strings.Cut(line, " ")
		var last *referenceCase
		if len(cases) > 0 {
			last = &cases[len(cases)-1]
		}
		switch kind {
		case "case:":
			cases = append(cases, referenceCase{name: rest})
		case "wait":
			var ms int
			ms, err = strconv.Atoi(rest)
			wait += time.Duration(ms) * time.Millisecond
		case ">":
			s := referenceStep{wait: wait}
			s.request, err = strconv.Unquote(rest)
			last.steps, wait = append(last.steps, s), 0
		case "<":
			s := &last.steps[len(last.steps)-1]
			status, body, _ := strings.Cut(rest, " ")
			s.body, err = strconv.Unquote(body)
			if _, e := fmt.Sscan(status, &s.status); e != nil {
				err = e
			}
		case "#", "":
		default:
			err = fmt.Errorf("found %q", kind)
		}
		if err != nil {
			t.Fatalf("reference.txt:%d: %v", i+1, err)
		}
	}
	return cases
}
