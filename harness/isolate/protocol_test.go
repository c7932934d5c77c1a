package isolate

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"ratebench/harness"
	"ratebench/harness/events"
	"ratebench/harness/metrics"
)

func TestMessagesSurvive(t *testing.T) {
	resident, peak, blocked := int64(20<<20), int64(30<<20), 2*time.Second
	run := metrics.Run{
		Strategy: "a", Seed: 1 << 63, Duration: time.Minute, FirstBlock: &blocked,
		Series: []metrics.Second{{OK: 1, Main: 1.0 / 3}}, Graveyard: []int64{1, 2},
	}
	run.Latency.Record(123456 * time.Microsecond)
	usage := metrics.Usage{Strategy: "a", Seed: 1 << 63, Peak: &peak, Samples: []metrics.UsageSample{
		{Goroutines: 5, Heap: 1 << 20},
		{At: time.Second, Goroutines: 20, Heap: 2 << 20, Resident: &resident, Processor: &metrics.ProcessorUse{CPU: 1, Voluntary: 2, Involuntary: 3}},
	}}
	sent := []message{
		{Ready: true},
		{Report: &report{metrics.Progress{Elapsed: time.Second, Main: 3}, harness.QueueMeans{Main: 0.5}}},
		{Result: &result{Run: run, Usage: usage}},
		{Result: &result{EventsFailed: &events.Error{Path: "out/events/a-1.jsonl.gz", Reason: "no space left on device"}}},
	}
	var wire bytes.Buffer
	out := newSender(&wire)
	for _, m := range sent {
		if err := out.send(m); err != nil {
			t.Fatal(err)
		}
	}
	in := newReceiver[message](&wire)
	for i, want := range sent {
		got, name, err := in.receive()
		if err != nil || name != []string{"ready", "report", "result", "result"}[i] {
			t.Fatalf("message %d: %q, %v", i, name, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got\n%+v\nwant\n%+v", got, want)
		}
	}
	if _, _, err := in.receive(); !errors.Is(err, io.EOF) {
		t.Errorf("after the last message: %v, want EOF", err)
	}
}

func TestOrdersSurvive(t *testing.T) {
	sent := []order{
		{Job: &job{Path: "/a b/s.yaml", SHA256: "ab12", Strategy: "a", Seed: 1<<64 - 1, Duration: time.Minute, URL: "http://127.0.0.1:1", Graveyard: true, Events: "out/events/.draft.1", Every: time.Second}},
		{Go: true},
		{Stop: true},
	}
	var wire bytes.Buffer
	out := newSender(&wire)
	for _, o := range sent {
		if err := out.send(o); err != nil {
			t.Fatal(err)
		}
	}
	in := newReceiver[order](&wire)
	for i, want := range sent {
		got, err := in.expect([]string{"job", "go", "stop"}[i])
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
}

func TestBadMessages(t *testing.T) {
	for _, c := range []struct{ name, wire, want string }{
		{"nothing", ``, "EOF"},
		{"white space", " \n\n", "EOF"},
		{"text", "hello\n", "invalid character 'h'"},
		{"truncated", `{"ready":tr`, "unexpected EOF"},
		{"truncated deep inside", `{"result":{"run":{"Strategy":"a"`, "unexpected EOF"},
		{"another type", `[1]`, "cannot unmarshal array"},
		{"null", `null`, "says nothing"},
		{"empty", `{}`, "says nothing"},
		{"false", `{"ready":false}`, "says nothing"},
		{"two in one", `{"ready":true,"result":{}}`, "several messages in one"},
		{"unknown", `{"steady":true}`, `unknown field "steady"`},
		{"unknown inside", `{"report":{"colour":1}}`, `unknown field "colour"`},
		{"an order", `{"go":true}`, `unknown field "go"`},
		{"bad histogram", `{"result":{"run":{"Latency":{"counts":[[-1,1]]}}}}`, "a bucket at -1 µs"},
		{"bad number", `{"result":{"run":{"Seed":-1}}}`, "cannot unmarshal number -1"},
		{"not the one expected", `{"report":{}}`, `found a message "report", expected "ready"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := newReceiver[message](strings.NewReader(c.wire)).expect("ready")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// endless is a string that never ends.
type endless struct{ begun bool }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	if !e.begun {
		e.begun = true
		return copy(p, `{"ready":"`), nil
	}
	return len(p), nil
}

func TestEndlessMessage(t *testing.T) {
	in := newReceiver[message](&endless{})
	in.most = 1 << 20
	if _, _, err := in.receive(); err == nil || !strings.Contains(err.Error(), "more than 1048576 bytes") {
		t.Errorf("error %v", err)
	}
}

func TestBeginning(t *testing.T) {
	for _, c := range []struct {
		name   string
		writes []string
		want   string
	}{
		{"nothing", nil, ""},
		{"blank", []string{"\n\n"}, ""},
		{"a line", []string{"no ", "luck\n"}, ": no luck"},
		{"two lines", []string{"no\nluck\n"}, ":\n\tno\n\tluck"},
		{"many lines", []string{strings.Repeat("x\n", 100)}, ":\n" + strings.Repeat("\tx\n", mostLines) + "\t…"},
		{"much", []string{strings.Repeat("x", 3000), strings.Repeat("x", 3000)}, ": " + strings.Repeat("x", mostBytes)},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b firstLines
			for _, w := range c.writes {
				if n, err := b.Write([]byte(w)); n != len(w) || err != nil {
					t.Errorf("wrote %d of %d, %v", n, len(w), err)
				}
			}
			if got := b.quote(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzReceive(f *testing.F) {
	f.Add([]byte(`{"ready":true}`))
	f.Add([]byte(`{"result":{"run":{"Latency":{"counts":[[3,1]],"sum":1,"max":1}},"usage":{}}}`))
	f.Fuzz(func(t *testing.T, wire []byte) {
		in := newReceiver[message](bytes.NewReader(wire))
		for {
			if _, _, err := in.receive(); err != nil {
				return
			}
		}
	})
}
