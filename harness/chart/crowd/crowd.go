// Package crowd keeps charts of many strategies readable: those that lose keys, which
// are the best at nothing, are drawn in grey and named in one line.
package crowd

import (
	"fmt"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/result"
)

const (
	many   = 12 // strategies can be told apart
	fewest = 3  // are put into one line
)

// A Folded has the strategies that are in one line, by their index.
type Folded map[int]bool

// Of are those of results; none where there are few strategies, or few that lose keys.
func Of(s *result.Summary) Folded {
	if len(s.Strategies) <= many {
		return nil
	}
	f := Folded{}
	for i := range s.Strategies {
		if !s.Strategies[i].KeepsKeys() {
			f[i] = true
		}
	}
	if len(f) < fewest || len(f) == len(s.Strategies) {
		return nil
	}
	return f
}

// Name is that of all of them; "": there are none.
func (f Folded) Name() string {
	if len(f) == 0 {
		return ""
	}
	return fmt.Sprintf("%d with keys blocked", len(f))
}

// Label is the label of all of them, which have no line of their own; none: there are none.
func (f Folded) Label() kit.EndLabels {
	if len(f) == 0 {
		return nil
	}
	return kit.EndLabels{{Name: f.Name(), Note: "in grey", Absent: true}}
}

// Line is the style of the i-th strategy: that of its look, or grey.
func (f Folded) Line(i int, width vg.Length) draw.LineStyle {
	if f[i] {
		return draw.LineStyle{Color: kit.OtherGrey, Width: 0.9}
	}
	return kit.LookOf(i).Stroke(width)
}

// Order are the indexes of n strategies as they are drawn: those in one line first,
// and so behind the others.
func (f Folded) Order(n int) []int {
	var behind, before []int
	for i := range n {
		if f[i] {
			behind = append(behind, i)
		} else {
			before = append(before, i)
		}
	}
	return append(behind, before...)
}
