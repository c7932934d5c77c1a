package measured

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/chromedp/cdproto/har"
)

func looksLikeHAR(head string) bool {
	return strings.HasPrefix(strings.TrimLeft(head, " \t\r\n"), "{") && strings.Contains(head, `"log"`) &&
		(strings.Contains(head, `"creator"`) || strings.Contains(head, `"entries"`))
}

// readHAR reads an HTTP Archive. A request takes as long as sending, waiting and
// receiving do; looking up a name, connecting and waiting for a connection are
// not part of it.
func readHAR(r io.Reader, _ Options, f *File) error {
	return eachDocument(r, func(archive *har.HAR) error {
		if archive.Log == nil {
			return errors.New("line 1: the archive has no log, want one with entries")
		}
		for i, e := range archive.Log.Entries {
			if err := f.addEntry(e); err != nil {
				return fmt.Errorf("entry %d: %w", i+1, err)
			}
		}
		return nil
	})
}

func (f *File) addEntry(e *har.Entry) error {
	if e == nil || e.Request == nil || e.Response == nil || e.Timings == nil {
		return errors.New("has no request, response or timings, want all of them")
	}
	start, err := time.Parse(time.RFC3339Nano, e.StartedDateTime)
	if err != nil {
		return fmt.Errorf("startedDateTime: %.60q is not a time, want one such as 2026-01-31T12:00:00.000Z", e.StartedDateTime)
	}
	if start, err = checkTime("startedDateTime", start); err != nil {
		return err
	}
	waited, err := phases(e.Timings.Blocked, e.Timings.DNS, e.Timings.Connect)
	if err != nil {
		return err
	}
	took, err := phases(&e.Timings.Send, &e.Timings.Wait, &e.Timings.Receive)
	if err != nil {
		return err
	}
	header := http.Header{}
	for _, h := range e.Response.Headers {
		if h != nil {
			header.Add(h.Name, h.Value)
		}
	}
	status := int(e.Response.Status)
	return f.add(Request{
		Start: start.Add(waited), Latency: took, Status: status, Failed: status == 0,
		Route: route(e.Request.Method, e.Request.URL), Header: header,
	})
}

// phases is how long parts of a request took, in milliseconds; -1 and nil are not
// applicable.
func phases(parts ...*float64) (time.Duration, error) {
	sum := 0.0
	for _, ms := range parts {
		if ms != nil {
			sum += max(0, *ms)
		}
	}
	d, err := durationOf(sum, time.Millisecond)
	if err != nil {
		return 0, fmt.Errorf("timings: %w", err)
	}
	return d, nil
}
