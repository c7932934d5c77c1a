package chart

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot"

	"ratebench/harness/chart/kit"
	"ratebench/harness/chart/overlay"
	"ratebench/harness/chart/title"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/result/costs"
)

// resourceChart is the chart of what the system tells; false: it tells nothing.
func resourceChart(d result.Data) (c kit.Chart, ok bool) {
	r := d.Resources
	if r == nil {
		return kit.Chart{}, false
	}
	most, end := 0, r.DurationS
	for _, t := range r.Timelines {
		most = max(most, len(t.Rows))
		for _, row := range t.Rows {
			end = max(end, row.Second.Mean)
		}
	}
	group := GroupSize(most, panelPoints)
	spans := overlay.Of(&d, end)
	b := dashboard{panelHeight: 200, key: append(resourceKey(r.Strategies), overlay.Key(spans)...)}
	for _, p := range []struct {
		kit.Heading
		curve func(t costs.Timeline, group int) kit.Curve
	}{
		{kit.Heading{Name: "Processor", Note: "percent of one core"}, cpuShare},
		{kit.Heading{Name: "Resident memory", Note: "MiB"}, residentMemory},
	} {
		things := []plot.Plotter{overlay.Shade(spans)}
		top := 0.0
		for i, t := range r.Timelines {
			c := p.curve(t, group)
			things = append(things, kit.Line{Curves: []kit.Curve{c}, LineStyle: kit.LookOf(i).Stroke(dashWidth)})
			top = max(top, c.Top())
		}
		if top > 0 {
			x, y := kit.TimeScale(end, 6), kit.LinearScale(top, 6, kit.CountLabel)
			b.panels = append(b.panels, kit.NewPlot(x, y, append(things, p.Heading)...))
		}
	}
	if b.cols = len(b.panels); b.cols == 0 {
		return kit.Chart{}, false
	}
	return kit.Chart{
		Title:    resourceTitle(r),
		Subtitle: resourceSubtitle(r),
		Footer:   resourceFooter(r),
		Height:   b.height(),
		Body:     b.draw,
	}, true
}

func resourceKey(strategies []costs.Use) kit.Key {
	var k kit.Key
	for i, u := range strategies {
		label := kit.Fit(k.Style(), u.Name, mostKeyLabel)
		k = append(k, kit.KeyItem{Label: label, Line: kit.LookOf(i).Stroke(majorWidth)})
	}
	return k
}

// cpuShare is the CPU time between samples, in percent of one core. So many
// stretches between samples are put together.
func cpuShare(t costs.Timeline, group int) kit.Curve {
	var samples []kit.Sample
	for from := 0; from+1 < len(t.Rows); from += group {
		a, b := t.Rows[from], t.Rows[min(from+group, len(t.Rows)-1)]
		length := b.Second.Mean - a.Second.Mean
		if !a.CPU.Known || !b.CPU.Known || length <= 0 {
			continue
		}
		share := 100 * (b.CPU.Mean - a.CPU.Mean) / length
		samples = append(samples, kit.Sample{X: (a.Second.Mean + b.Second.Mean) / 2, Mean: share, Lo: share, Hi: share})
	}
	return kit.OnePiece(samples)
}

// residentMemory is the resident memory in MiB at every sample, or at the first
// of so many.
func residentMemory(t costs.Timeline, group int) kit.Curve {
	var samples []kit.Sample
	for i := 0; i < len(t.Rows); i += group {
		if r := t.Rows[i]; r.Resident.Known {
			samples = append(samples, kit.Sample{X: r.Second.Mean, Mean: r.Resident.Mean, Lo: r.Resident.Mean, Hi: r.Resident.Mean})
		}
	}
	return kit.OnePiece(samples)
}

// resourceTitle names the cheapest and the dearest client.
func resourceTitle(r *result.Resources) string {
	known := slices.DeleteFunc(slices.Clone(r.Strategies), func(u costs.Use) bool { return u.CPUSecondsPer1000 == nil })
	if len(known) == 0 {
		return "What the clients cost"
	}
	byCost := func(a, b costs.Use) int { return cmp.Compare(*a.CPUSecondsPer1000, *b.CPUSecondsPer1000) }
	low, high := slices.MinFunc(known, byCost), slices.MaxFunc(known, byCost)
	least, most := cpuText(*low.CPUSecondsPer1000), cpuText(*high.CPUSecondsPer1000)
	if least == most {
		return fmt.Sprintf("CPU time for 1000 requests: %s", most)
	}
	return fmt.Sprintf("CPU time for 1000 requests: %s (%s) to %s (%s)", least, title.Short(low.Name), most, title.Short(high.Name))
}

// cpuText writes seconds of CPU time for people.
func cpuText(seconds float64) string { return metrics.DurationText(1000 * seconds) }

func resourceSubtitle(r *result.Resources) string {
	s := "Each client in a process of its own, which looks at itself every half second."
	if r.Runs > 1 {
		s += fmt.Sprintf(" Mean of %d runs.", r.Runs)
	}
	return s
}

func resourceFooter(r *result.Resources) string {
	parts := append([]string{result.Abbreviate(r.Scenario.Name, 60)}, r.Conditions()...)
	return strings.Join(append(parts, "measured on "+r.MeasuredOn), " · ")
}
