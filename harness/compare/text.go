package compare

import (
	"fmt"
	"slices"
	"strings"

	"ratebench/harness/table"
)

// text is the comparison for people: a summary of each side with the tests, then
// one table per side and scenario, and last what the gate says.
func (c *Comparison) text(f table.Format, width int) string {
	d := document{format: f, width: width}
	var summaries []string
	for i := range c.Against {
		summary := c.summary(&c.Against[i])
		if f == table.Markdown {
			summary = "**" + table.Escape(summary) + "**"
		}
		summaries = append(summaries, summary)
	}
	d.add(append(summaries, d.plain(c.testsNote())...)...)
	for i := range c.Against {
		c.side(&d, &c.Against[i])
	}
	if note := c.pooledNote(); note != "" {
		d.add(d.plain(note)...)
	}
	d.add(d.plain(c.gateNotes()...)...)
	return d.String()
}

// A document is a text in blocks with a blank line between them. In Markdown,
// which would join the lines of a block, each line is a block of its own.
type document struct {
	strings.Builder
	format table.Format
	width  int
}

// add writes a block of lines as they are; none: no block.
func (d *document) add(lines ...string) {
	for i, line := range lines {
		if d.Len() > 0 && (i == 0 || d.format == table.Markdown) {
			d.WriteString("\n")
		}
		d.WriteString(line + "\n")
	}
}

// plain are the lines that are not empty, with nothing in them that Markdown
// would take for marks.
func (d *document) plain(lines ...string) []string {
	var kept []string
	for _, line := range lines {
		if line == "" {
			continue
		}
		if d.format == table.Markdown {
			line = table.Escape(line)
		}
		kept = append(kept, line)
	}
	return kept
}

// summary is the line that says it all of a side.
func (c *Comparison) summary(side *Versus) string {
	var parts []string
	for _, v := range verdicts() {
		if n := side.Count(v); n > 0 || v == Better || v == Worse {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return fmt.Sprintf("%s against %s: %s", side.New, c.Base, strings.Join(parts, ", "))
}

// testsNote says how many tests there are, and what a verdict is worth; "" where
// no verdict rests on a test.
func (c *Comparison) testsNote() string {
	if c.Tests == 0 {
		return ""
	}
	return fmt.Sprintf("%s at level %v: verdicts are those of Benjamini and Hochberg's procedure over all of them",
		count(c.Tests, "test"), c.Alpha)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// gateNotes say what the gate came to.
func (c *Comparison) gateNotes() []string {
	var notes []string
	for _, g := range c.Gate {
		verdict := "holds"
		if len(g.Failures) > 0 {
			verdict = "fails: " + count(len(g.Failures), "reason")
		}
		tests := "no tests"
		if g.Tests > 0 {
			tests = fmt.Sprintf("Holm's procedure over %s of the gate at level %v", count(g.Tests, "test"), c.Alpha)
		}
		notes = append(notes, fmt.Sprintf("Gate: %s %s (%s; %s)", g.Condition, verdict, count(g.Figures, "figure"), tests))
	}
	return notes
}

// pooledNote says of which metrics other tables have another figure; "" when
// there are none.
func (c *Comparison) pooledNote() string {
	var metrics []string
	for change := range c.changes() {
		if change.pooled && !slices.Contains(metrics, change.Metric) {
			metrics = append(metrics, change.Metric)
		}
	}
	if metrics == nil {
		return ""
	}
	return fmt.Sprintf("Note: a figure here is the mean over the runs; the tables of run and report put the runs together first (%s)",
		strings.Join(metrics, ", "))
}

// side adds all of one side.
func (c *Comparison) side(d *document, v *Versus) {
	d.add(d.plain(listed("Scenarios only in "+c.Base, v.OnlyBase), listed("Scenarios only in "+v.New, v.OnlyNew))...)
	for i := range v.Scenarios {
		c.section(d, v, &v.Scenarios[i])
	}
}

// section adds one scenario on one side.
func (c *Comparison) section(d *document, v *Versus, s *Scenario) {
	name, conditions := s.Name, fmt.Sprintf("%s clock, %s", s.Clock, s.Pairing)
	if len(c.Against) > 1 {
		name += ", " + v.New
	}
	head := []string{name + ": " + conditions}
	if d.format == table.Markdown {
		head = []string{"### " + table.Escape(name), conditions}
	}
	for _, w := range s.Warnings {
		head = append(head, d.plain("Warning: "+w)...)
	}
	d.add(head...)
	if len(s.Changes) > 0 {
		columns := c.columns(v, s)
		var left []string
		if d.format == table.Text {
			columns, left = table.Fit(columns, d.width)
		}
		d.add(strings.Trim(table.Render(columns, d.format), "\n")) // a document sets its blocks apart itself
		d.add(d.plain(listed("Not shown, for want of width", left))...)
	}
	d.add(d.plain(append([]string{
		listed("Strategies only in "+c.Base, s.OnlyBase),
		listed("Strategies only in "+v.New, s.OnlyNew),
	}, s.notes()...)...)...)
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

// columns are the changes; a strategy is named once.
func (c *Comparison) columns(v *Versus, s *Scenario) []table.Column {
	columns := []table.Column{
		{Head: [2]string{"", "strategy"}, Left: true}, {Head: [2]string{"", "metric"}, Left: true},
		{Head: [2]string{"", c.Base}}, {Head: [2]string{"", v.New}},
		{Head: [2]string{"", "difference"}}, {Head: [2]string{"", confidence(c.Alpha) + " interval"}, Dispensable: 1},
		{Head: [2]string{"", "p"}, Dispensable: 2}, {Head: [2]string{"", "adjusted"}, Dispensable: 3},
		{Head: [2]string{"", "verdict"}, Left: true},
	}
	for i, change := range s.Changes {
		name := change.Strategy
		if i > 0 && s.Changes[i-1].Strategy == name {
			name = ""
		}
		digits := decimals(change.Base, change.New)
		table.AddRow(columns, name, change.Metric, plain(change.Base, digits), plain(change.New, digits),
			change.differenceText(), change.intervalText(), change.pText(), change.adjustedText(), string(change.Verdict))
		last := &columns[len(columns)-1]
		last.Bold = append(last.Bold, slices.Contains([]Verdict{Better, Worse, Changed}, change.Verdict))
	}
	return columns
}
