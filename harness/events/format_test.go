package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/clients"
	"ratebench/clients/limiter"
)

const ms = time.Millisecond

var start = time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)

// at is so long after the start.
func at(d time.Duration) time.Time { return start.Add(d) }

// story is events of every kind, with everything that they can say.
func story() []clients.Event {
	first := clients.Request{ID: 0, First: at(0), Created: at(0)}
	second := clients.Request{ID: 1, First: at(time.Nanosecond), Created: at(time.Nanosecond)}
	again := second
	again.Retries, again.Created = 1, at(1250*ms)
	event := func(d time.Duration, k clients.Kind, r clients.Request, key int) clients.Event {
		return clients.Event{Time: at(d), Kind: k, Request: r, Key: key}
	}
	answer := func(d, departed time.Duration, r clients.Request, o limiter.Outcome) clients.Event {
		o.Sent = at(departed)
		return clients.Event{Time: at(d), Kind: clients.Answered, Request: r, Key: 4, Outcome: o}
	}
	drop := func(d time.Duration, cause clients.Kind, r clients.Request) clients.Event {
		return clients.Event{Time: at(d), Kind: clients.Dropped, Cause: cause, Request: r, Key: 4}
	}
	stated := limiter.Outcome{
		Status: 429, Received: at(70 * ms), RetryAfter: 2 * time.Second,
		Budgets: []limiter.Budget{{Remaining: 0, Reset: time.Second}},
	}
	return []clients.Event{
		event(0, clients.Generated, first, clients.NoKey),
		event(1, clients.Generated, second, clients.NoKey),
		event(20*ms, clients.Taken, first, 0),
		event(20*ms, clients.Expired, first, 0),
		event(20*ms, clients.Sent, first, 4),
		answer(99*ms+500, 20*ms, first, stated),
		event(99*ms+500, clients.Retried, first, 4),
		answer(100*ms, 101*ms, first, limiter.Outcome{Status: 200}), // its clock was set back
		answer(200*ms, 100*ms, first, limiter.Outcome{Status: 429, Blocked: true}),
		answer(200*ms, 100*ms, first, limiter.Outcome{Err: clients.ErrTimeout}),
		answer(200*ms, 100*ms, first, limiter.Outcome{Err: errors.New(`read "127.0.0.1" <reset>`)}),
		answer(200*ms, 100*ms, first, limiter.Outcome{Status: 503}),
		drop(200*ms, clients.Answered, first),
		drop(200*ms, clients.Expired, first),
		event(1200*ms, clients.DeadLettered, second, 0),
		event(1250*ms, clients.Requeued, again, clients.NoKey),
		event(31*24*time.Hour+1, clients.Buried, again, clients.NoKey),
	}
}

// told is the story as it is written.
const told = `
{"t_ms":0,"event":"generated","id":0}
{"t_ms":0.000001,"event":"generated","id":1}
{"t_ms":20,"event":"taken","id":0,"key":0}
{"t_ms":20,"event":"expired","id":0,"key":0}
{"t_ms":20,"event":"sent","id":0,"key":4}
{"t_ms":99.0005,"event":"answered","id":0,"key":4,"response":"429","status":429,"latency_ms":99.0005,"service_ms":79.0005,"received_ms":70,"retry_after_ms":2000,"remaining":0,"reset_ms":1000}
{"t_ms":99.0005,"event":"retried","id":0,"key":4}
{"t_ms":100,"event":"answered","id":0,"key":4,"response":"200","status":200,"latency_ms":100,"service_ms":0}
{"t_ms":200,"event":"answered","id":0,"key":4,"response":"blocked","status":429,"latency_ms":200,"service_ms":100}
{"t_ms":200,"event":"answered","id":0,"key":4,"response":"timeout","latency_ms":200,"service_ms":100}
{"t_ms":200,"event":"answered","id":0,"key":4,"response":"error","error":"read \"127.0.0.1\" <reset>","latency_ms":200,"service_ms":100}
{"t_ms":200,"event":"answered","id":0,"key":4,"response":"error","status":503,"latency_ms":200,"service_ms":100}
{"t_ms":200,"event":"dropped","id":0,"key":4,"cause":"answered"}
{"t_ms":200,"event":"dropped","id":0,"key":4,"cause":"expired"}
{"t_ms":1200,"event":"dead-lettered","id":1,"key":0}
{"t_ms":1250,"event":"requeued","id":1,"retries":1}
{"t_ms":2678400000.000001,"event":"buried","id":1,"retries":1}
`

func TestLines(t *testing.T) {
	var b strings.Builder
	lines := json.NewEncoder(&b)
	lines.SetEscapeHTML(false)
	for _, e := range story() {
		if err := lines.Encode(lineOf(&e, start)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(strings.TrimPrefix(told, "\n"), b.String()); diff != "" {
		t.Errorf("want (-), got (+)\n%s", diff)
	}
}

// What has been written is what is read, in compressed form as well.
func TestReadIsInverseOfLog(t *testing.T) {
	h := Header{
		SchemaVersion: SchemaVersion, Scenario: Scenario{Name: "blog", SHA256: "ab12"},
		Clock: "real", Strategy: "a+b", Seed: 1<<64 - 1,
	}
	file, failures := &memory{}, &failures{}
	l, err := newLog(file, h, start, failures.add)
	if err != nil {
		t.Fatal(err)
	}
	var want []Line
	for range 100 { // more than fills a batch
		for _, e := range story() {
			l.Observe(&e)
			want = append(want, lineOf(&e, start))
		}
	}
	if err := l.Close(); err != nil || len(failures.errs) > 0 {
		t.Fatal(err, failures.errs)
	}
	var got []Line
	header, err := Read(bytes.NewReader(file.Bytes()), func(l Line) { got = append(got, l) })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(h, header); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadRefuses(t *testing.T) {
	const header = `{"schema_version":1,"clock":"real","strategy":"a","seed":1}` + "\n"
	whole := zipped(t, header+strings.TrimPrefix(told, "\n"))
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"nothing":         {nil, "EOF"},
		"not compressed":  {[]byte(header), "invalid header"},
		"no header":       {zipped(t, ""), "header: EOF"},
		"another schema":  {zipped(t, `{"schema_version":2}`), "found schema_version 2, expected 1"},
		"latency below 0": {zipped(t, header+`{"t_ms":1,"event":"answered","id":1,"response":"200","latency_ms":-1,"service_ms":0}`), "event 1: found latency_ms -1 and service_ms 0, expected 0 or more"},
		"service below 0": {zipped(t, header+`{"t_ms":1,"event":"answered","id":1,"response":"200","latency_ms":1,"service_ms":-0.5}`), "event 1: found latency_ms 1 and service_ms -0.5, expected 0 or more"},
		"unknown field":   {zipped(t, header+`{"t_ms":1,"what":2}`), `event 1: json: unknown field "what"`},
		"no JSON":         {zipped(t, header+`{"t_ms":1}`+"\nhello"), "event 2: invalid character"},
		"half a line":     {zipped(t, header+`{"t_ms":1`), "event 1: unexpected EOF"},
		"half a file":     {whole[:len(whole)/2], "unexpected EOF"},
		"without the end": {whole[:len(whole)-1], "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(bytes.NewReader(c.file), func(Line) {})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}
