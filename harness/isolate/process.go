package isolate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// timeLimits are how long a client's process may take.
type timeLimits struct {
	ready time.Duration // from its start until it is ready
	late  time.Duration // from the end of the run to its own end
	stop  time.Duration // from the order to stop to its own end; then it is killed
}

func usualLimits() timeLimits {
	return timeLimits{ready: 30 * time.Second, late: 15 * time.Second, stop: 5 * time.Second}
}

// errNoResult is returned when a process ended as if all were well.
var errNoResult = errors.New("the client's process ended without a result")

// A lateError is why a process was told to stop, unless all were.
type lateError struct{ error }

// A process is the client of one strategy, seen from the parent.
type process struct {
	cmd      *exec.Cmd
	orders   *sender
	messages *receiver[message]
	stderr   firstLines
	limits   timeLimits

	ctx  context.Context // done when the process has to stop; a lateError is the cause of its own
	stop context.CancelCauseFunc
	late *time.Timer // tells it to stop
}

// startProcess starts a client's process and gives it its job. When ctx is
// done the process is told to stop, and killed if it does not.
func startProcess(ctx context.Context, command []string, j *job, limits timeLimits) (*process, error) {
	p := &process{limits: limits}
	p.ctx, p.stop = context.WithCancelCause(ctx)
	p.cmd = exec.CommandContext(p.ctx, command[0], command[1:]...)
	p.cmd.Stderr = &p.stderr
	p.cmd.Cancel = func() error { return p.orders.send(order{Stop: true}) }
	p.cmd.WaitDelay = limits.stop
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.orders, p.messages = newSender(stdin), newReceiver[message](stdout)
	if err := p.cmd.Start(); err != nil {
		p.stop(nil)
		return nil, fmt.Errorf("the client's process does not start: %w", err)
	}
	p.late = time.AfterFunc(limits.ready, func() {
		p.stop(lateError{fmt.Errorf("the client's process was not ready within %v", limits.ready)})
	})
	_ = p.orders.send(order{Job: j}) // a process that is gone already will be missed in ready
	return p, nil
}

// ready waits until the process can begin. It may then wait for its turn.
func (p *process) ready() error {
	if _, err := p.messages.expect("ready"); err != nil {
		return err
	}
	p.late.Stop()
	return nil
}

// begin makes the client run, for d at most.
func (p *process) begin(d time.Duration) {
	p.late = time.AfterFunc(d+p.limits.late, func() {
		p.stop(lateError{fmt.Errorf("the client's process had not ended %v after its run", p.limits.late)})
	})
	_ = p.orders.send(order{Go: true}) // a process that is gone will be missed in result
}

// result passes reports and events on until the result has come and nothing after
// it. Nil: there are to be none.
func (p *process) result(reported func(report), happened func(batch)) (*result, error) {
	for {
		m, name, err := p.messages.receive()
		switch {
		case err != nil:
			return nil, err
		case name == "report" && reported != nil:
			reported(*m.Report)
		case name == "events" && happened != nil:
			happened(*m.Events)
		case name == "result":
			return m.Result, p.silent()
		default:
			return nil, fmt.Errorf("found a message %q, expected report or result", name)
		}
	}
}

// silent wants no more messages.
func (p *process) silent() error {
	_, name, err := p.messages.receive()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("found a message %q after the result", name)
}

// end waits for the end of the process, which has said all, or something
// wrong, and returns what is wrong with it.
func (p *process) end(said error) error {
	ended := errors.Is(said, io.EOF) || errors.Is(said, io.ErrUnexpectedEOF) || errors.Is(said, os.ErrClosed)
	if said != nil && !ended {
		_ = p.cmd.Process.Kill() // fails when it is gone already
	}
	_ = p.cmd.Wait() // the state says more
	p.late.Stop()
	why := context.Cause(p.ctx)
	p.stop(nil)
	state := p.cmd.ProcessState
	switch {
	case errors.As(why, new(lateError)):
		return why
	case said != nil && !ended:
		return fmt.Errorf("cannot understand the client's process: %w%s", said, p.stderr.quote())
	case !state.Success():
		return fmt.Errorf("the client's process ended with %v%s", state, p.stderr.quote())
	case said != nil:
		return fmt.Errorf("%w%s", errNoResult, p.stderr.quote())
	}
	return nil
}

// firstLines keeps the first part of what is written to it: a program that panics
// says why at the top.
type firstLines struct{ text []byte }

const (
	mostBytes = 4 << 10
	mostLines = 12
)

// Write implements io.Writer; it never fails.
func (f *firstLines) Write(p []byte) (int, error) {
	f.text = append(f.text, p[:min(len(p), mostBytes-len(f.text))]...)
	return len(p), nil
}

// quote is what was written, to be appended to a message: after a colon, each
// line indented when there are several.
func (f *firstLines) quote() string {
	text := strings.TrimSpace(string(f.text))
	lines := strings.Split(text, "\n")
	switch {
	case text == "":
		return ""
	case len(lines) == 1:
		return ": " + text
	case len(lines) > mostLines:
		lines = append(lines[:mostLines], "…")
	}
	return ":\n\t" + strings.Join(lines, "\n\t")
}
