package limitertest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ratebench/clients/keyedrand"
	"ratebench/clients/limiter"
)

// A Kind is a limiter that walks are recorded of. It is no type of its own, so that
// go vet lets tables leave out its keys.
type Kind = struct {
	Name   string
	Config limiter.Config
	Quota  limiter.Quota
}

// Built is a configuration that is a function of its quota, for limiters that are put
// together in a test.
type Built func(q limiter.Quota) (limiter.Limiter, error)

// Validate implements limiter.Config.
func (b Built) Validate(q limiter.Quota) error { return q.Validate() }

// New implements limiter.Config.
func (b Built) New(q limiter.Quota) (limiter.Limiter, error) { return b(q) }

// Recorded holds what limiters say on long walks against a golden file, which it
// writes anew where update is set. The walks meet everything that a client may do
// and a server may answer, at times of which many are the same. The file has what is
// said of a cost of 2 after every 25th step, and a sum of all that has been said of
// costs of 0 to 3 until then.
func Recorded(t *testing.T, file string, update bool, kinds []Kind) {
	t.Helper()
	var got bytes.Buffer
	for _, k := range kinds {
		for episode := range uint64(8) {
			fmt.Fprintf(&got, "%s, walk %d\n", k.Name, episode)
			record(&got, k, episode)
		}
	}
	if update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	walk := ""
	wantLines := bytes.Split(want, []byte("\n"))
	for i, line := range bytes.Split(got.Bytes(), []byte("\n")) {
		if bytes.Contains(line, []byte(", walk ")) {
			walk = string(line)
		}
		if i >= len(wantLines) || !bytes.Equal(line, wantLines[i]) {
			t.Fatalf("%s:%d: %s: got\n%s\nwhich is not what was recorded", file, i+1, walk, line)
		}
	}
}

func record(w *bytes.Buffer, k Kind, episode uint64) {
	r := &recorded{l: New(k.Config, k.Quota), q: k.Quota, seed: episode, now: Epoch}
	sum := fnv.New32a()
	for step := range 250 {
		r.step()
		said := []int64{int64(r.now.Sub(Epoch))}
		for cost := range int64(4) {
			said = append(said, int64(r.l.Next(r.now, cost).Sub(Epoch)))
		}
		for _, ns := range said {
			sum.Write(binary.LittleEndian.AppendUint64(nil, uint64(ns)))
		}
		if step%25 == 24 {
			fmt.Fprintf(w, "%d: at %v a cost of 2 leaves at %v; %08x\n", step+1, time.Duration(said[0]), time.Duration(said[3]), sum.Sum32())
		}
	}
}

// A recorded walk draws with a seed what happens.
type recorded struct {
	l      limiter.Limiter
	q      limiter.Quota
	seed   uint64
	drawn  uint64
	now    time.Time
	flying []flight
}

type flight struct {
	ticket  limiter.Ticket
	sent    time.Time
	delayed bool
}

// draw is 0 to n − 1.
func (r *recorded) draw(n int) int {
	r.drawn++
	return int(keyedrand.Number(r.seed, r.drawn) % uint64(n))
}

// span is up to n two hundredths of the window.
func (r *recorded) span(n int) time.Duration {
	return time.Duration(r.draw(n)) * r.q.Window / 200
}

func (r *recorded) step() {
	switch what := r.draw(10); {
	case what < 5 && len(r.flying) < 12:
		r.send([]int64{1, 1, 1, 2, 3, 0}[r.draw(6)])
	case what < 9 && len(r.flying) > 0:
		r.now = r.now.Add(r.span(10))
		r.end(r.draw(len(r.flying)))
	default:
		r.now = r.now.Add(r.span(100))
	}
}

// send lets a request go when it may, which is waited for unless that takes long.
func (r *recorded) send(cost int64) {
	at := r.l.Next(r.now, cost)
	if at.Sub(r.now) > 2*r.q.Window {
		r.now = r.now.Add(r.span(100))
		return
	}
	if at.After(r.now) {
		r.now = at
	}
	if p, ok := r.l.(limiter.Punctual); ok && r.draw(3) == 0 {
		p.Due(at)
		r.now = r.now.Add(r.span(3))
	}
	f := flight{ticket: r.l.Sent(r.now, cost), sent: r.now}
	if d, ok := r.l.(limiter.Delayable); ok && r.draw(3) == 0 {
		f.delayed = true
		d.Delay(f.ticket)
	}
	r.flying = append(r.flying, f)
}

// end ends a request that is under way; one that has not left yet leaves first.
func (r *recorded) end(i int) {
	f := &r.flying[i]
	if d, ok := r.l.(limiter.Delayable); ok && f.delayed {
		f.delayed, f.sent = false, r.now
		d.Left(r.now, f.ticket)
		return
	}
	r.l.Done(r.now, f.ticket, r.outcome(f))
	r.flying = append(r.flying[:i], r.flying[i+1:]...)
}

func (r *recorded) outcome(f *flight) limiter.Outcome {
	o := limiter.Outcome{Status: []int{200, 200, 200, 200, 299, 429, 429, 503, 500, 499, 400, 0}[r.draw(12)], Sent: f.sent}
	if o.Status == 0 {
		o.Err = ErrLost
	}
	o.Refused = r.draw(12) == 0 && o.Err == nil
	if r.draw(6) == 0 {
		o.RetryAfter = r.span(60)
	}
	if r.draw(4) == 0 {
		o.Cost = int64(r.draw(5))
	}
	if r.draw(2) == 0 {
		o.Created = f.sent.Add(-r.span(10))
	}
	if r.draw(8) == 0 {
		o.Sent = time.Time{}
	}
	if r.draw(3) > 0 { // by a clock that is an hour fast
		way := time.Duration(r.draw(5)) * r.now.Sub(f.sent) / 4
		o.Received = f.sent.Add(time.Hour + way).Truncate(time.Millisecond)
	}
	if r.draw(3) == 0 {
		o.Budgets = []limiter.Budget{r.budget("a"), r.budget("b")}[r.draw(2):]
	}
	return o
}

func (r *recorded) budget(name string) limiter.Budget {
	limit := r.q.Limit - 2 + r.draw(4)
	if r.draw(6) == 0 {
		limit = 0
	}
	return limiter.Budget{Name: name, Limit: int64(limit), Remaining: int64(r.draw(r.q.Limit + 1)), Reset: r.span(100)}
}
