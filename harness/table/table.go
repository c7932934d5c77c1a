package table

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"ratebench/harness/result"
	"ratebench/harness/scenario"
)

// Format is how Table writes.
type Format string

func (f Format) String() string { return string(f) }

// The formats of Table.
const (
	Text     Format = "text"     // for a terminal of 120 characters
	Markdown Format = "markdown" // GitHub's
	JSON     Format = "json"     // the same as summary.json
	CSV      Format = "csv"      // every figure of every strategy, one row each
)

// Formats returns all formats, the default first.
func Formats() []Format { return []Format{Text, Markdown, JSON, CSV} }

// Table writes one row per strategy, and in the formats for people what the
// figures mean: the scenario before it, ceilings and expectations after it, and
// then what the clients cost, if that was measured.
func Table(w io.Writer, d result.Data, f Format) error {
	switch f {
	case JSON:
		b, err := result.EncodeSummary(d.Summary)
		if err != nil {
			return err
		}
		_, err = w.Write(b)
		return err
	case CSV:
		return writeStrategies(w, d.Summary.Strategies)
	}
	text, err := wholeText(&d, f)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

// wholeText is the table with all that is around it.
func wholeText(d *result.Data, f Format) (string, error) {
	s := &d.Summary
	columns := tableColumns(s)
	columns, zero := withoutZeros(columns)
	var wide []string
	if f == Text {
		columns, wide = toWidth(columns, textWidth)
	}
	table, err := renderTable(columns, f)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(headingText(d, f))
	b.WriteString(table)
	b.WriteByte('\n')
	if len(zero) > 0 {
		fmt.Fprintf(&b, "Zero throughout: %s.\n", strings.Join(zero, ", "))
	}
	if len(wide) > 0 {
		fmt.Fprintf(&b, "Left out for width: %s.\n", strings.Join(wide, ", "))
	}
	if len(zero)+len(wide) > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(ceilingsLine(s))
	b.WriteString(expectationLines(s, f))
	if d.Resources != nil {
		resources, err := ResourceText(d.Resources, f)
		if err != nil {
			return "", err
		}
		b.WriteString(resources)
	}
	return b.String(), nil
}

// headingText says what was run.
func headingText(d *result.Data, f Format) string {
	s := &d.Summary
	name := result.OneLine(s.Scenario.Name)
	switch {
	case f == Markdown && d.Question != "":
		name = "## " + name + "\n\n" + d.Question + "\n"
	case f == Markdown:
		name = "## " + name + "\n"
	case d.Question != "":
		name += ": " + d.Question
	}
	return fmt.Sprintf("%s\n%s\n\n", name, strings.Join(s.Conditions(), ", "))
}

// ceilingsLine lists the ceilings, and says so when they are means.
func ceilingsLine(s *result.Summary) string {
	var parts []string
	for _, c := range s.Ceilings.List() {
		parts = append(parts, c.Label+" "+result.Fixed(c.Value, 2))
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
		if f == Markdown {
			b.WriteString("- ")
		}
		fmt.Fprintf(&b, "%s %s\n", mark, result.OneLine(e.Message))
	}
	return b.String()
}

// writeStrategies writes all metrics; the two rates are followed by their
// bounds.
func writeStrategies(w io.Writer, strategies []result.Strategy) error {
	header := []string{"strategy"}
	for _, m := range scenario.Metrics() {
		header = append(header, m.Name)
		if _, ok := rateOf(&result.Strategy{}, m.Name); ok {
			header = append(header, m.Name+"_lo", m.Name+"_hi")
		}
	}
	out := csv.NewWriter(w)
	if err := out.Write(header); err != nil {
		return err
	}
	for i := range strategies {
		if err := out.Write(csvRow(&strategies[i])); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// csvRow is the strategy's line in the CSV table.
func csvRow(s *result.Strategy) []string {
	row := []string{s.Name}
	for _, m := range scenario.Metrics() {
		cell := ""
		if v, ok := s.Metric(m.Name); ok {
			cell = result.Shortest(v)
		}
		row = append(row, cell)
		r, ok := rateOf(s, m.Name)
		switch {
		case ok && r.CI95 != nil:
			row = append(row, result.Shortest(r.CI95[0]), result.Shortest(r.CI95[1]))
		case ok:
			row = append(row, "", "")
		}
	}
	return row
}

// rateOf returns the metrics that have an interval.
func rateOf(s *result.Strategy, metric string) (result.Rate, bool) {
	switch metric {
	case "tps":
		return s.TPS, true
	case "offered_tps":
		return s.OfferedTPS, true
	}
	return result.Rate{}, false
}
