package report

import (
	"fmt"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// resourcePanels is the body of the chart of what the clients cost over time,
// all strategies together: one panel next to the other.
type resourcePanels struct {
	panels []dashPanel
	end    float64 // of the horizontal axis, in seconds
	key    key
}

// resourceChart is the chart of what the system tells; false: it tells nothing.
func resourceChart(r *Resources) (c Chart, ok bool) {
	most, end := 0, r.DurationS
	for _, t := range r.timelines {
		most = max(most, len(t.rows))
		for _, row := range t.rows {
			end = max(end, row.second.mean)
		}
	}
	group := groupSize(most, panelPoints)
	b := resourcePanels{end: end, key: resourceKey(r.Strategies)}
	b.add(heading{"Processor", "percent of one core"}, r.timelines, func(t useTimeline) curve { return t.cpuShare(group) })
	b.add(heading{"Resident memory", "MiB"}, r.timelines, func(t useTimeline) curve { return t.residentMemory(group) })
	if len(b.panels) == 0 {
		return Chart{}, false
	}
	return Chart{
		Name:     "resources",
		Title:    resourceTitle(r),
		Subtitle: resourceSubtitle(r),
		Footer:   resourceFooter(r),
		height:   b.key.height() + headingSpace + resourceHeight + axisSpace,
		body:     b.draw,
	}, true
}

const resourceHeight = 200 // of a panel without heading and axis

// add adds a panel unless there is nothing in it.
func (b *resourcePanels) add(h heading, timelines []useTimeline, of func(useTimeline) curve) {
	p := dashPanel{heading: h}
	top := 0.0
	for i, t := range timelines {
		c := of(t)
		look := lookOf(i)
		p.lines = append(p.lines, line{[]curve{c}, draw.LineStyle{Color: look.line, Width: dashWidth, Dashes: look.dashes}})
		top = max(top, c.top())
	}
	if top == 0 {
		return
	}
	p.y = linearScale(top, 6, countLabel)
	b.panels = append(b.panels, p)
}

func (b resourcePanels) draw(c draw.Canvas) {
	c = b.key.draw(c)
	grid := [][]*plot.Plot{nil}
	for _, p := range b.panels {
		grid[0] = append(grid[0], p.plot(b.end))
	}
	canvases := plot.Align(grid, draw.Tiles{Rows: 1, Cols: len(b.panels), PadX: dashGapX}, c)
	for i, p := range grid[0] {
		p.Draw(canvases[0][i])
	}
}

func resourceKey(strategies []ResourceUse) key {
	var k key
	for i, u := range strategies {
		look := lookOf(i)
		k = append(k, keyItem{
			label: fit(k.style(), u.Name, mostKeyLabel),
			line:  draw.LineStyle{Color: look.line, Width: majorWidth, Dashes: look.dashes},
		})
	}
	return k
}

// cpuShare is the CPU time between samples, in percent of one core. So many
// stretches between samples are put together.
func (t useTimeline) cpuShare(group int) curve {
	var samples []sample
	for from := 0; from+1 < len(t.rows); from += group {
		a, b := t.rows[from], t.rows[min(from+group, len(t.rows)-1)]
		length := b.second.mean - a.second.mean
		if !a.cpu.known || !b.cpu.known || length <= 0 {
			continue
		}
		share := 100 * (b.cpu.mean - a.cpu.mean) / length
		samples = append(samples, sample{(a.second.mean + b.second.mean) / 2, share, share, share})
	}
	return inOnePiece(samples)
}

// residentMemory is the resident memory in MiB at every sample, or at the first
// of so many.
func (t useTimeline) residentMemory(group int) curve {
	var samples []sample
	for i := 0; i < len(t.rows); i += group {
		if r := t.rows[i]; r.resident.known {
			samples = append(samples, sample{r.second.mean, r.resident.mean, r.resident.mean, r.resident.mean})
		}
	}
	return inOnePiece(samples)
}

func inOnePiece(samples []sample) curve {
	if len(samples) == 0 {
		return nil
	}
	return curve{samples}
}

// resourceTitle names the cheapest and the dearest client.
func resourceTitle(r *Resources) string {
	var low, high *ResourceUse
	for i := range r.Strategies {
		u := &r.Strategies[i]
		switch {
		case u.CPUSecondsPer1000 == nil:
			continue
		case low == nil:
			low, high = u, u
		case *u.CPUSecondsPer1000 < *low.CPUSecondsPer1000:
			low = u
		case *u.CPUSecondsPer1000 > *high.CPUSecondsPer1000:
			high = u
		}
	}
	if low == nil {
		return "What the clients cost"
	}
	least, most := cpuText(*low.CPUSecondsPer1000), cpuText(*high.CPUSecondsPer1000)
	if least == most {
		return fmt.Sprintf("CPU time for 1000 requests: %s", most)
	}
	return fmt.Sprintf("CPU time for 1000 requests: %s (%s) to %s (%s)", least, short(low.Name), most, short(high.Name))
}

// cpuText writes seconds of CPU time for people.
func cpuText(seconds float64) string { return durationText(1000 * seconds) }

func resourceSubtitle(r *Resources) string {
	s := "Each client in a process of its own, which looks at itself every half second."
	if r.Runs > 1 {
		s += fmt.Sprintf(" Mean of %d runs.", r.Runs)
	}
	return s
}

func resourceFooter(r *Resources) string {
	parts := append([]string{abbreviate(r.Scenario.Name, 60)}, r.conditions()...)
	return strings.Join(append(parts, "measured on "+r.MeasuredOn), " · ")
}
