package table

import (
	"fmt"
	"io"
	"slices"
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
	b.WriteString(failureLines(s, f))
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
	columns, zero, empty := withoutZeros(strategyColumns(s))
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
	if len(empty) > 0 {
		notes += fmt.Sprintf("Without a value: %s.\n", strings.Join(empty, ", "))
	}
	if len(left) > 0 {
		notes += fmt.Sprintf("Left out for width: %s.\n", strings.Join(left, ", "))
		notes += answersLeftOut(s, left)
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

// failureLines say first why a strategy had no success.
func failureLines(s *result.Summary, f Format) string {
	var b strings.Builder
	for _, failure := range s.Failures() {
		line := strings.ToUpper(failure[:1]) + failure[1:] + "."
		if f == Markdown {
			line = "**" + Escape(line) + "**\n"
		}
		b.WriteString(line + "\n")
	}
	if b.Len() > 0 && f == Text {
		b.WriteByte('\n')
	}
	return b.String()
}

// answersLeftOut says in lines below the table what came of the requests where
// a column on it had to go: every kind of answer that occurred is shown.
func answersLeftOut(s *result.Summary, left []string) string {
	var b strings.Builder
	for _, m := range metrics.Catalogue() {
		head := Column{Head: m.Heading}
		if m.Answer == "" || !slices.Contains(left, head.Name()) {
			continue
		}
		var counts []string
		for i := range s.Strategies {
			if st := &s.Strategies[i]; st.Mean(m.Name) > 0 {
				counts = append(counts, shortName(st.Name)+" "+metrics.CountText(st.Mean(m.Name)))
			}
		}
		fmt.Fprintf(&b, "%s per run: %s.\n", head.Name(), strings.Join(counts, ", "))
	}
	return b.String()
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
	return line + ownCeilings(s)
}

// ownCeilings says what each strategy is set against.
func ownCeilings(s *result.Summary) string {
	var words, parts []string
	names := map[string][]string{}
	for i := range s.Strategies {
		st := &s.Strategies[i]
		if st.Ceiling == nil {
			continue
		}
		w := st.Ceiling.Words()
		if names[w] == nil {
			words = append(words, w)
		}
		names[w] = append(names[w], shortName(st.Name))
	}
	for _, w := range words {
		parts = append(parts, w+" for "+strings.Join(names[w], ", "))
	}
	if len(parts) == 0 {
		return ""
	}
	return "What no run of a strategy can get above is its ceiling: " + strings.Join(parts, "; ") + ".\n"
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
