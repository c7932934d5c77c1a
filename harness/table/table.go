package table

import (
	"fmt"
	"io"
	"strings"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/result/folder"
)

// Width is how many characters a terminal shows if it does not say.
const Width = 120

// Write writes one row per strategy, and in the formats for people what the
// figures mean: the scenario before it, ceilings and expectations after it, and
// then what the clients cost, if that was measured. A text is no wider than so
// many characters, if that can be had by leaving columns out.
func Write(w io.Writer, d result.Data, f Format, width int) error {
	switch f {
	case JSON:
		return folder.WriteSummary(w, d.Summary)
	case CSV:
		return WriteCSV(w, strategyRows(d.Summary.Strategies))
	}
	text, err := text(&d, f, width)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

// text is the table with all that is around it.
func text(d *result.Data, f Format, width int) (string, error) {
	s := &d.Summary
	var b strings.Builder
	b.WriteString(heading(s, f))
	notes, err := writeStrategyTable(&b, s, f, width)
	if err != nil {
		return "", err
	}
	b.WriteByte('\n')
	b.WriteString(notes)
	b.WriteString(ceilingsLine(s))
	b.WriteString(expectationLines(s, f))
	if d.Resources != nil {
		costs, err := costsText(d.Resources, f)
		if err != nil {
			return "", err
		}
		b.WriteString(costs)
	}
	return b.String(), nil
}

// writeStrategyTable writes the table and returns what is to be said about what
// is not in it.
func writeStrategyTable(b *strings.Builder, s *result.Summary, f Format, width int) (notes string, err error) {
	if len(s.Strategies) == 0 {
		b.WriteString("No strategy ran.\n")
		return "", nil
	}
	columns, zero := withoutZeros(strategyColumns(s))
	var left []string
	if f == Text {
		columns, left = Fit(columns, width)
	}
	table, err := Render(columns, f)
	if err != nil {
		return "", err
	}
	b.WriteString(table)
	if len(zero) > 0 {
		notes += fmt.Sprintf("Zero throughout: %s.\n", strings.Join(zero, ", "))
	}
	if len(left) > 0 {
		notes += fmt.Sprintf("Left out for width: %s.\n", strings.Join(left, ", "))
	}
	if notes != "" {
		notes += "\n"
	}
	return notes, nil
}

// heading says what was run.
func heading(s *result.Summary, f Format) string {
	name, question := result.OneLine(s.Scenario.Name), s.Question
	if f == Markdown {
		name, question = Escape(name), Escape(question)
	}
	switch {
	case f == Markdown && question != "":
		name = "## " + name + "\n\n" + question + "\n"
	case f == Markdown:
		name = "## " + name + "\n"
	case question != "":
		name += ": " + question
	}
	return fmt.Sprintf("%s\n%s\n\n", name, strings.Join(s.Conditions(), ", "))
}

// ceilingsLine lists the ceilings, and says so when they are means.
func ceilingsLine(s *result.Summary) string {
	var parts []string
	for _, c := range s.Ceilings.List() {
		parts = append(parts, c.Label+" "+metrics.RateText(c.Value, 2))
	}
	if len(parts) == 0 {
		return ""
	}
	line := "Ceilings in requests per second: " + strings.Join(parts, ", ") + ".\n"
	if means := s.Averaged(); means != "" {
		line += "They are " + means + ".\n"
	}
	return line
}

func expectationLines(s *result.Summary, f Format) string {
	var b strings.Builder
	for i, e := range s.Expectations {
		if i == 0 {
			b.WriteByte('\n')
		}
		mark := "✗"
		if e.OK {
			mark = "✓"
		}
		message := result.OneLine(e.Message)
		if f == Markdown {
			b.WriteString("- ")
			message = Escape(message)
		}
		fmt.Fprintf(&b, "%s %s\n", mark, message)
	}
	return b.String()
}
