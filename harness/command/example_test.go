package command_test

import (
	"fmt"
	"os"
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness/command"
	"ratebench/harness/kinds"
)

// A Pause is a limiter of one's own: it leaves a fixed time between departures,
// whatever the server grants.
type Pause struct {
	For time.Duration
}

// Validate refuses a pause that is none.
func (p *Pause) Validate(limiter.Quota) error {
	if p.For <= 0 {
		return fmt.Errorf("for is %v, want more than 0", p.For)
	}
	return nil
}

// New builds the state of one key.
func (p *Pause) New(limiter.Quota) (limiter.Limiter, error) { return &pausing{pause: p.For}, nil }

type pausing struct {
	pause time.Duration
	next  time.Time
	sent  limiter.Ticket
}

func (p *pausing) Next(time.Time, int64) time.Time                 { return p.next }
func (p *pausing) Done(time.Time, limiter.Ticket, limiter.Outcome) {}
func (p *pausing) Sent(now time.Time, _ int64) (t limiter.Ticket) {
	t, p.sent, p.next = p.sent, p.sent+1, now.Add(p.pause)
	return t
}

// A program with the limiters of ratebench and one of its own. Its main is
//
//	func main() { command.Main(limiters()) }
//
// which does all that ratebench does. Here it explains the new limiter, and
// checks a scenario that asks for it.
func Example() {
	limiters := append(kinds.All(), kinds.Kind{
		Name:    "pause",
		Summary: "a fixed pause after each departure",
		Formula: "last + for",
		Source:  "this example",
		New: func() (limiter.Config, []kinds.Parameter) {
			p := &Pause{For: 60 * time.Millisecond}
			return p, []kinds.Parameter{{Name: "for", Help: "time between two departures", Value: &p.For}}
		},
	})
	command.Execute(limiters, []string{"strategies", "pause"}, os.Stdout, os.Stderr)
	fmt.Println()
	command.Execute(limiters, []string{"validate", "testdata/pause.yaml"}, os.Stdout, os.Stderr)

	// Output:
	// pause: a fixed pause after each departure
	//
	//   leaves  last + for
	//   source  this example
	//
	//   key  type      default  meaning
	//   for  duration  60ms     time between two departures
	//
	//   - name: pause
	//     limiter:
	//       kind: pause
	//       for: 60ms
	//
	// testdata/pause.yaml: ok, 2 strategies, 20 runs of 25 s
}
