package measured

import (
	"io"
	"strings"
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/events"
)

// looksLikeValues wants a latency on the first line or, after a heading, on the
// second.
func looksLikeValues(head string) bool {
	lines := strings.SplitAfterN(head, "\n", 3)
	for _, line := range lines[:min(2, len(lines))] {
		if _, err := dist.ReadSample(strings.NewReader(line)); err == nil {
			return true
		}
	}
	return false
}

// readValues reads the file of an empirical distribution.
func readValues(r io.Reader, _ Options, f *File) error {
	sample, err := dist.ReadSample(r)
	if err != nil {
		return err
	}
	for _, latency := range sample {
		if err := f.add(Request{Latency: latency}); err != nil {
			return err
		}
	}
	f.note("a list of latencies has neither times nor statuses: all were taken for answers, and the load is not known")
	return nil
}

func looksLikeEvents(head string) bool {
	first, _, _ := strings.Cut(head, "\n")
	return strings.HasPrefix(first, `{"schema_version":`) && strings.Contains(first, `"strategy":`)
}

// readEvents reads the events of one of our own runs. Where the server stated
// when it had a request, the way in is known, if both clocks were right.
func readEvents(r io.Reader, _ Options, f *File) error {
	begin := time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC) // the log counts from its start
	var wrong error
	n := 0
	_, err := events.ReadLines(r, func(l events.Line) {
		n++
		if l.Answer == nil || wrong != nil {
			return
		}
		a := l.Answer
		service, err := durationOf(a.Service, time.Millisecond)
		if err != nil {
			wrong = at(n+1, err)
			return
		}
		sent, err := durationOf(l.T-a.Service, time.Millisecond)
		if err != nil {
			wrong = at(n+1, err)
			return
		}
		request := Request{Start: begin.Add(sent), Latency: service, Status: a.Status, Failed: a.Status == 0}
		if a.Received != nil {
			if d, err := durationOf(*a.Received-(l.T-a.Service), time.Millisecond); err == nil {
				request.Incoming, request.HasIncoming = d, true
			}
		}
		if err := f.add(request); err != nil {
			wrong = at(n+1, err)
		}
	})
	if err != nil {
		return err
	}
	return wrong
}
