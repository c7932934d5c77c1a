package compare

import (
	"fmt"
	"slices"
	"strings"

	"ratebench/harness/table"
)

// text is the comparison for people: the summary, then one table per scenario.
func (c *Comparison) text(f table.Format) (string, error) {
	var b strings.Builder
	summary := c.summary()
	if f == table.Markdown {
		summary = "**" + table.Escape(summary) + "**"
	}
	b.WriteString(summary + "\n")
	for _, line := range []string{
		listed("Scenarios only in "+c.Base, c.OnlyBase),
		listed("Scenarios only in "+c.New, c.OnlyNew),
	} {
		b.WriteString(paragraph(line, f))
	}
	for i := range c.Scenarios {
		section, err := c.section(&c.Scenarios[i], f)
		if err != nil {
			return "", err
		}
		b.WriteString("\n" + section)
	}
	if note := c.percentilesNote(); note != "" {
		b.WriteString("\n" + strings.TrimPrefix(paragraph(note, f), "\n"))
	}
	return b.String(), nil
}

// percentilesNote says why percentiles of the latency are not those of other
// tables; "" when there are none of several runs.
func (c *Comparison) percentilesNote() string {
	var metrics []string
	for _, s := range c.Scenarios {
		for _, change := range s.Changes {
			if isPercentile(change.Metric) && max(change.BaseRuns, change.NewRuns) > 1 && !slices.Contains(metrics, change.Metric) {
				metrics = append(metrics, change.Metric)
			}
		}
	}
	if metrics == nil {
		return ""
	}
	return fmt.Sprintf("Note: a percentile here is the mean over the runs; the tables of run and report pool the runs (%s)",
		strings.Join(metrics, ", "))
}

// summary is the line that says it all.
func (c *Comparison) summary() string {
	var parts []string
	for _, v := range []Verdict{Better, Worse, Changed, Untested, NoChange} {
		if n := c.Count(v); n > 0 || v == Better || v == Worse {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return fmt.Sprintf("%s against %s: %s", c.New, c.Base, strings.Join(parts, ", "))
}

// section is one scenario.
func (c *Comparison) section(s *Scenario, f table.Format) (string, error) {
	var b strings.Builder
	conditions := fmt.Sprintf("%s clock, %s", s.Clock, s.Pairing)
	if f == table.Markdown {
		fmt.Fprintf(&b, "### %s\n\n%s\n", table.Escape(s.Name), conditions)
	} else {
		fmt.Fprintf(&b, "%s: %s\n", s.Name, conditions)
	}
	for _, w := range s.Warnings {
		b.WriteString(paragraph("Warning: "+w, f))
	}
	b.WriteString("\n")
	if len(s.Changes) > 0 {
		changes, err := c.table(s, f)
		if err != nil {
			return "", err
		}
		b.WriteString(changes)
	}
	for _, line := range append([]string{
		listed("Strategies only in "+c.Base, s.OnlyBase),
		listed("Strategies only in "+c.New, s.OnlyNew),
	}, s.notes()...) {
		b.WriteString(paragraph(line, f))
	}
	return b.String(), nil
}

// notes are the warnings of the changes, each with what it is about.
func (s *Scenario) notes() []string {
	var order []string
	about := map[string][]string{}
	for _, change := range s.Changes {
		for _, w := range change.Warnings {
			if about[w] == nil {
				order = append(order, w)
			}
			about[w] = append(about[w], change.Strategy+" "+change.Metric)
		}
	}
	var notes []string
	for _, w := range order {
		subjects := strings.Join(about[w], ", ")
		if len(about[w]) == len(s.Changes) {
			subjects = "all"
		}
		notes = append(notes, fmt.Sprintf("Note: %s (%s)", w, subjects))
	}
	return notes
}

func listed(what string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	return what + ": " + strings.Join(names, ", ")
}

// paragraph is a line of text, or a paragraph of its own in Markdown, which
// would join lines.
func paragraph(line string, f table.Format) string {
	switch {
	case line == "":
		return ""
	case f == table.Markdown:
		return "\n" + table.Escape(line) + "\n"
	}
	return line + "\n"
}

// table lays the changes out; a strategy is named once.
func (c *Comparison) table(s *Scenario, f table.Format) (string, error) {
	columns := []table.Column{
		{Head: [2]string{"", "strategy"}, Left: true}, {Head: [2]string{"", "metric"}, Left: true},
		{Head: [2]string{"", c.Base}}, {Head: [2]string{"", c.New}},
		{Head: [2]string{"", "difference"}}, {Head: [2]string{"", "95 % interval"}}, {Head: [2]string{"", "p"}},
		{Head: [2]string{"", "verdict"}, Left: true},
	}
	for i, change := range s.Changes {
		name := change.Strategy
		if i > 0 && s.Changes[i-1].Strategy == name {
			name = ""
		}
		digits := decimals(change.Base, change.New)
		cells := []string{
			name, change.Metric, plain(change.Base, digits), plain(change.New, digits),
			change.differenceText(), change.intervalText(), change.pText(), string(change.Verdict),
		}
		for k, cell := range cells {
			columns[k].Cells = append(columns[k].Cells, cell)
		}
		last := &columns[len(columns)-1]
		last.Bold = append(last.Bold, slices.Contains([]Verdict{Better, Worse, Changed}, change.Verdict))
	}
	return table.Render(columns, f)
}
