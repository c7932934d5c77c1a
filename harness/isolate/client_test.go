package isolate

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"ratebench/harness/kinds"
)

// A dialogue is a client in this process with both ends of its pipes.
type dialogue struct {
	orders   *sender
	stdin    io.Closer
	messages *receiver[message]
	ended    chan error
}

func startDialogue(ctx context.Context, t *testing.T) *dialogue {
	in, stdin := io.Pipe()
	stdout, out := io.Pipe()
	d := &dialogue{newSender(stdin), stdin, newReceiver[message](stdout), make(chan error, 1)}
	go func() {
		err := Client(ctx, kinds.All(), in, out)
		_ = out.Close()
		d.ended <- err
	}()
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = stdout.Close()
	})
	return d
}

func (d *dialogue) order(t *testing.T, o order) {
	t.Helper()
	if err := d.orders.send(o); err != nil {
		t.Fatal(err)
	}
}

// end wants the client to end with an error that contains text; "" is none.
func (d *dialogue) end(t *testing.T, text string) {
	t.Helper()
	select {
	case err := <-d.ended:
		if (err == nil) != (text == "") || err != nil && !strings.Contains(err.Error(), text) {
			t.Errorf("error %v, want %q", err, text)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the client goes on")
	}
}

// result is that of a client which reports now and then until it has one.
func (d *dialogue) result(t *testing.T) *result {
	t.Helper()
	m, name, err := d.messages.receive()
	for err == nil && name == "report" {
		m, name, err = d.messages.receive()
	}
	if err != nil || name != "result" {
		t.Fatal(name, err)
	}
	return m.Result
}

// A client whose server is not there has a run all the same, of which it tells.
func someJob(t *testing.T) order {
	sc := load(t, "1m", "a", "b")
	return order{Job: &job{Path: sc.Path, SHA256: sc.SHA256, Strategy: "b", Seed: 7, Duration: time.Minute, URL: "http://127.0.0.1:1", Every: time.Millisecond}}
}

func TestClientStops(t *testing.T) {
	d := startDialogue(t.Context(), t)
	d.order(t, someJob(t))
	if _, err := d.messages.expect("ready"); err != nil {
		t.Fatal(err)
	}
	d.order(t, order{Go: true})
	d.order(t, order{Go: true}) // changes nothing
	if _, err := d.messages.expect("report"); err != nil {
		t.Fatal(err)
	}
	d.order(t, order{Stop: true})
	if run := d.result(t).Run; run.Strategy != "b" || run.Seed != 7 || !run.Interrupted || run.Duration > 20*time.Second {
		t.Errorf("%s, seed %d, interrupted %v after %v", run.Strategy, run.Seed, run.Interrupted, run.Duration)
	}
	d.end(t, "")
}

// A signal to the client itself has the same effect.
func TestClientIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	d := startDialogue(ctx, t)
	d.order(t, someJob(t))
	if _, err := d.messages.expect("ready"); err != nil {
		t.Fatal(err)
	}
	d.order(t, order{Go: true})
	if _, err := d.messages.expect("report"); err != nil { // it has begun
		t.Fatal(err)
	}
	cancel()
	if r := d.result(t); !r.Run.Interrupted {
		t.Errorf("%+v, want that it was interrupted", r)
	}
	d.end(t, "")
}

func TestClientBeforeItBegins(t *testing.T) {
	for _, c := range []struct {
		name string
		then func(*dialogue)
		want string
	}{
		{"stop", func(d *dialogue) { d.order(t, order{Stop: true}) }, ""},
		{"parent gone", func(d *dialogue) { _ = d.stdin.Close() }, "whoever started this process is gone"},
		{"a second job", func(d *dialogue) { d.order(t, order{Job: &job{}}) }, `found a message "job"`},
		{"nothing at all", func(d *dialogue) { d.order(t, order{}) }, "says nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := startDialogue(t.Context(), t)
			d.order(t, someJob(t))
			if _, err := d.messages.expect("ready"); err != nil {
				t.Fatal(err)
			}
			c.then(d)
			d.end(t, c.want)
		})
	}
}

// Nobody is left to read a result: the client ends in the middle.
func TestClientLosesItsParent(t *testing.T) {
	d := startDialogue(t.Context(), t)
	d.order(t, someJob(t))
	if _, err := d.messages.expect("ready"); err != nil {
		t.Fatal(err)
	}
	d.order(t, order{Go: true})
	_ = d.stdin.Close()
	d.end(t, "whoever started this process is gone")
}

func TestBadJobs(t *testing.T) {
	good := *someJob(t).Job
	for _, c := range []struct {
		name   string
		change func(*job)
		want   string
	}{
		{"no such file", func(j *job) { j.Path = "/nowhere/s.yaml" }, "/nowhere/s.yaml: cannot open it"},
		{"another file", func(j *job) { j.SHA256 = "ab12" }, "has changed"},
		{"no such strategy", func(j *job) { j.Strategy = "c" }, `no strategy "c"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := good
			c.change(&j)
			d := startDialogue(t.Context(), t)
			d.order(t, order{Job: &j})
			d.end(t, c.want)
		})
	}
	for _, wire := range []string{"", "hello", `{"job":`, `{"go":true}`} {
		err := Client(t.Context(), kinds.All(), strings.NewReader(wire), io.Discard)
		if err == nil || !strings.Contains(err.Error(), "no job on standard input") {
			t.Errorf("%q: error %v", wire, err)
		}
	}
}
