package compare

import (
	"fmt"
	"slices"
	"strings"

	"ratebench/harness/table"
)

// text is the comparison for people: a summary of each side, the tests, then one
// table per side and scenario, and last what the gate says.
func (c *Comparison) text(f table.Format) (string, error) {
	var b strings.Builder
	for i := range c.Against {
		summary := c.summary(&c.Against[i])
		if f == table.Markdown {
			summary = "**" + table.Escape(summary) + "**"
			if i > 0 {
				b.WriteString("\n")
			}
		}
		b.WriteString(summary + "\n")
	}
	b.WriteString(paragraph(c.testsNote(), f))
	for i := range c.Against {
		side, err := c.side(&c.Against[i], f)
		if err != nil {
			return "", err
		}
		b.WriteString(side)
	}
	for i, note := range c.closingNotes() {
		if note = paragraph(note, f); i == 0 {
			note = "\n" + strings.TrimPrefix(note, "\n")
		}
		b.WriteString(note)
	}
	return b.String(), nil
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

// testsNote says how many tests there are, and what a verdict is worth.
func (c *Comparison) testsNote() string {
	if c.Tests == 0 {
		return "0 tests"
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

// closingNotes say how percentiles differ from those of other tables, and what
// the gate came to.
func (c *Comparison) closingNotes() []string {
	var notes []string
	if note := c.pooledNote(); note != "" {
		notes = append(notes, note)
	}
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

// side is all of one side.
func (c *Comparison) side(v *Versus, f table.Format) (string, error) {
	var b strings.Builder
	for _, line := range []string{
		listed("Scenarios only in "+c.Base, v.OnlyBase),
		listed("Scenarios only in "+v.New, v.OnlyNew),
	} {
		b.WriteString(paragraph(line, f))
	}
	for i := range v.Scenarios {
		section, err := c.section(v, &v.Scenarios[i], f)
		if err != nil {
			return "", err
		}
		b.WriteString("\n" + section)
	}
	return b.String(), nil
}

// section is one scenario on one side.
func (c *Comparison) section(v *Versus, s *Scenario, f table.Format) (string, error) {
	var b strings.Builder
	name, conditions := s.Name, fmt.Sprintf("%s clock, %s", s.Clock, s.Pairing)
	if len(c.Against) > 1 {
		name += ", " + v.New
	}
	if f == table.Markdown {
		fmt.Fprintf(&b, "### %s\n\n%s\n", table.Escape(name), conditions)
	} else {
		fmt.Fprintf(&b, "%s: %s\n", name, conditions)
	}
	for _, w := range s.Warnings {
		b.WriteString(paragraph("Warning: "+w, f))
	}
	b.WriteString("\n")
	if len(s.Changes) > 0 {
		changes, err := c.table(v, s, f)
		if err != nil {
			return "", err
		}
		b.WriteString(changes)
	}
	for _, line := range append([]string{
		listed("Strategies only in "+c.Base, s.OnlyBase),
		listed("Strategies only in "+v.New, s.OnlyNew),
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
func (c *Comparison) table(v *Versus, s *Scenario, f table.Format) (string, error) {
	columns := []table.Column{
		{Head: [2]string{"", "strategy"}, Left: true}, {Head: [2]string{"", "metric"}, Left: true},
		{Head: [2]string{"", c.Base}}, {Head: [2]string{"", v.New}},
		{Head: [2]string{"", "difference"}}, {Head: [2]string{"", confidence(c.Alpha) + " interval"}},
		{Head: [2]string{"", "p"}}, {Head: [2]string{"", "adjusted"}},
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
			change.differenceText(), change.intervalText(), change.pText(), change.adjustedText(), string(change.Verdict),
		}
		for k, cell := range cells {
			columns[k].Cells = append(columns[k].Cells, cell)
		}
		last := &columns[len(columns)-1]
		last.Bold = append(last.Bold, slices.Contains([]Verdict{Better, Worse, Changed}, change.Verdict))
	}
	return table.Render(columns, f)
}
