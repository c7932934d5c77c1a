package chart

import (
	"fmt"
	"strings"

	"ratebench/harness/chart/kit"
	"ratebench/harness/result"
)

// Something are those of some figures of which there is anything to see: where no
// request expires, a chart of expirations says nothing that a word does not. The
// throughput is always seen.
func Something(figures []*Figure, d result.Data) (some []*Figure, none []string) {
	end, group := Span(d, panelPoints)
	for _, f := range figures {
		if f.Ceilings || anything(f.Curves(d, group, end)) {
			some = append(some, f)
		} else {
			none = append(none, f.Heading)
		}
	}
	return some, none
}

// anything says whether a curve is more than zero throughout.
func anything(curves []kit.Curve) bool {
	for _, c := range curves {
		if c.OrNothing() != nil {
			return true
		}
	}
	return false
}

// leaveOut takes out the panels in which there is nothing, and returns the names of
// their strategies; the curves of the others stay behind those that are left.
func (p *panels) leaveOut() (names []string) {
	var left []panel
	for _, item := range p.items {
		if item.major.OrNothing() == nil && item.minor == nil {
			names = append(names, item.name)
			continue
		}
		left = append(left, item)
	}
	p.items = left
	return names
}

// mostWithout is how many strategies without something are named.
const mostWithout = 6

// without is a sentence, with a blank before it, on the strategies that have no panel.
func without(names []string) string {
	if len(names) == 0 {
		return ""
	}
	for i, name := range names {
		names[i] = result.Abbreviate(name, 40)
	}
	if more := len(names) - mostWithout; more > 1 {
		names = append(names[:mostWithout], fmt.Sprintf("%d more", more))
	}
	return " None of it, and no panel: " + strings.Join(names, ", ") + "."
}
