// Package progress shows on a terminal how far something has got.
package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// A Line is one line on a terminal that is written over and over. The
// zero value shows nothing.
type Line struct {
	mu    sync.Mutex
	out   io.Writer
	label string
	stage string // of what is done; "" if there are none
	start time.Time
	shown time.Time
	width int
}

// redraw is how long a line stays as it is at least.
const redraw = 100 * time.Millisecond

// New shows progress on w if that is a terminal and quiet is false.
func New(w io.Writer, label string, quiet bool) *Line {
	f, ok := w.(*os.File)
	if quiet || !ok || !term.IsTerminal(int(f.Fd())) {
		return &Line{}
	}
	return &Line{out: w, label: label, start: time.Now()}
}

// Set shows that a share done, from 0 to 1, is done.
func (p *Line) Set(done float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.out == nil || now.Sub(p.shown) < redraw && done < 1 {
		return
	}
	p.shown = now
	label := p.label
	if p.stage != "" {
		label += ", " + p.stage
	}
	p.write(text(label, done, now.Sub(p.start)))
}

// SetStage shows that a share of a stage is done, whose name follows the label. A new
// stage begins to take its time anew.
func (p *Line) SetStage(stage string, done float64) {
	p.mu.Lock()
	if stage != p.stage {
		p.stage, p.start, p.shown = stage, time.Now(), time.Time{}
	}
	p.mu.Unlock()
	p.Set(done)
}

// Clear removes the line.
func (p *Line) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out != nil {
		p.write("")
	}
}

// write puts s over what is shown.
func (p *Line) write(s string) {
	fmt.Fprintf(p.out, "\r%s%s\r%s", s, strings.Repeat(" ", max(0, p.width-len(s))), s)
	p.width = len(s)
}

// text is such as "blog [#####.....] 50 %, 12s left".
func text(label string, done float64, elapsed time.Duration) string {
	const cells = 24
	full := int(done * cells)
	s := fmt.Sprintf("%s [%s%s] %3.0f %%", label, strings.Repeat("#", full), strings.Repeat(".", cells-full), 100*done)
	if done > 0 && done < 1 && elapsed > time.Second {
		left := time.Duration(float64(elapsed) * (1 - done) / done)
		s += fmt.Sprintf(", %v left", left.Round(time.Second))
	}
	return s
}
