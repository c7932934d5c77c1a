package command

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"ratebench/harness"
	"ratebench/harness/metrics"

	"golang.org/x/term"
)

// A progressLine is one line on a terminal that is written over and over. The
// zero value shows nothing.
type progressLine struct {
	mu    sync.Mutex
	out   io.Writer
	label string
	start time.Time
	shown time.Time
	width int
}

// redraw is how long a line stays as it is at least.
const redraw = 100 * time.Millisecond

// newProgressLine shows progress on w if that is a terminal and quiet is false.
func newProgressLine(w io.Writer, label string, quiet bool) *progressLine {
	f, ok := w.(*os.File)
	if quiet || !ok || !term.IsTerminal(int(f.Fd())) {
		return &progressLine{}
	}
	return &progressLine{out: w, label: label, start: time.Now()}
}

// set shows that a share done, from 0 to 1, is done.
func (p *progressLine) set(done float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.out == nil || now.Sub(p.shown) < redraw && done < 1 {
		return
	}
	p.shown = now
	p.write(progressText(p.label, done, now.Sub(p.start)))
}

// clear removes the line.
func (p *progressLine) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out != nil {
		p.write("")
	}
}

// write puts s over what is shown.
func (p *progressLine) write(s string) {
	fmt.Fprintf(p.out, "\r%s%s\r%s", s, strings.Repeat(" ", max(0, p.width-len(s))), s)
	p.width = len(s)
}

// progressText is such as "blog [#####.....] 50 %, 12s left".
func progressText(label string, done float64, elapsed time.Duration) string {
	const cells = 24
	full := int(done * cells)
	s := fmt.Sprintf("%s [%s%s] %3.0f %%", label, strings.Repeat("#", full), strings.Repeat(".", cells-full), 100*done)
	if done > 0 && done < 1 && elapsed > time.Second {
		left := time.Duration(float64(elapsed) * (1 - done) / done)
		s += fmt.Sprintf(", %v left", left.Round(time.Second))
	}
	return s
}

// printProgress prints what the reference's clients print every few seconds.
func printProgress(w io.Writer, strategy string, p metrics.Progress, means harness.QueueMeans) {
	l := p.Ledger
	fmt.Fprintf(w, "--- %s, %.2f s: %d ok, %d failed, %.2f TPS, mean latency %.2f ms\n",
		strategy, p.Elapsed.Seconds(), l.Succeeded, l.Expired+l.Failed+l.Graveyard,
		float64(l.Succeeded)/p.Elapsed.Seconds(), float64(p.MeanLatency)/float64(time.Millisecond))
	fmt.Fprintf(w, "    queues: main %d, dead letter %d, graveyard %d; on average main %.2f, dead letter %.2f\n",
		p.Main, p.DLQ, l.Graveyard, means.Main, means.DLQ)
	if p.Main > mainWarning {
		fmt.Fprintf(w, "    warning: more than %d requests in the main queue\n", mainWarning)
	}
	if p.DLQ > dlqWarning {
		fmt.Fprintf(w, "    warning: more than %d requests in the dead letter queue\n", dlqWarning)
	}
}

// Queue lengths above which the reference's clients warn.
const (
	mainWarning = 1000
	dlqWarning  = 100
)
