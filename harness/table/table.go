package table

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/result/folder"
	"ratebench/harness/verdict"
)

// Width is how many characters a terminal shows if it does not say.
const Width = 120

// Write writes one row per strategy, and in the formats for people what the
// figures mean: the scenario before it, ceilings and expectations after it, then
// what the clients cost, if that was measured, and at the end the verdict. A text
// is no wider than so many characters, if that can be had by leaving columns out.
func Write(w io.Writer, d result.Data, f Format, width int) error {
	switch f {
	case JSON:
		return folder.WriteSummary(w, d.Summary)
	case CSV:
		return WriteCSV(w, strategyRows(&d.Summary))
	}
	_, err := io.WriteString(w, text(&d, f, width))
	return err
}

// text is the table with all that is around it.
func text(d *result.Data, f Format, width int) string {
	s := &d.Summary
	var b strings.Builder
	b.WriteString(heading(s, f))
	b.WriteString(failureLines(s, f))
	b.WriteString(pivotTables(s, f, width))
	b.WriteString(strategyTable(s, f, width))
	b.WriteString(ceilingLines(s, f, width))
	b.WriteString(expectationLines(s, f, width))
	b.WriteString(routesText(s, f, width))
	if d.Resources != nil {
		b.WriteString(costsText(d.Resources, f))
	}
	b.WriteString(verdictLines(d, f, width))
	return b.String()
}

// verdictLines are what it all comes to, a line for each sentence.
func verdictLines(d *result.Data, f Format, width int) string {
	sentences := verdict.Of(d).Sentences()
	switch {
	case len(sentences) == 0:
		return ""
	case f == Markdown:
		return "\n**Verdict.** " + Escape(strings.Join(sentences, " ")) + "\n"
	}
	var b strings.Builder
	b.WriteString("\nVerdict\n")
	for _, s := range sentences {
		b.WriteString(paragraph(s, f, width))
	}
	return b.String()
}

// strategyTable is the table with what is to be said about what is not in it.
func strategyTable(s *result.Summary, f Format, width int) string {
	if len(s.Strategies) == 0 {
		return "No strategy ran.\n\n"
	}
	columns, zero, empty := withoutZeros(strategyColumns(s))
	var left []string
	if f == Text {
		columns, left = Fit(columns, width)
	}
	text := Render(columns, f) + "\n"
	if absent := absence(zero, empty, left); absent != "" {
		text += paragraph(absent, f, width) + answersLeftOut(s, left, f, width) + "\n"
	}
	return text
}

// absence names the columns that are not in the table, and why, in one go: those
// of zeros, those without a value, and those that there was no room for.
func absence(zero, empty, left []string) string {
	var sentences []string
	say := func(why string, names []string, then string) {
		if len(names) > 0 {
			sentences = append(sentences, why+": "+strings.Join(names, ", ")+then+".")
		}
	}
	say("Zero throughout", zero, "")
	say("Without a value", empty, "")
	say("Left out for width", left, " (--format markdown has all)")
	return strings.Join(sentences, " ")
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
func answersLeftOut(s *result.Summary, left []string, f Format, width int) string {
	var b strings.Builder
	for _, m := range metrics.Catalogue() {
		head := Column{Head: m.Heading}
		if m.Answer == "" || !slices.Contains(left, head.Name()) {
			continue
		}
		var counts []string
		for _, st := range s.Strategies {
			if st.Mean(m.Name) > 0 {
				counts = append(counts, shortName(st.Name)+" "+metrics.CountText(st.Mean(m.Name)))
			}
		}
		if most := s.Most(m.Name); len(s.Axes) > 0 { // too many to name
			counts = []string{fmt.Sprintf("up to %s, of %s", metrics.CountText(most.Mean(m.Name)), result.OneLine(most.Name))}
		}
		b.WriteString(paragraph(fmt.Sprintf("%s per run: %s.", head.Name(), strings.Join(counts, ", ")), f, width))
	}
	return b.String()
}

// ceilingLines are what could be had. Those of the scenario are of long runs, and
// a table must not seem to contradict them: in a short one, more can be had.
func ceilingLines(s *result.Summary, f Format, width int) string {
	var parts []string
	for _, c := range s.Ceilings.List() {
		parts = append(parts, c.Label+" "+metrics.RateText(c.Value, 2))
	}
	text := ""
	switch {
	case tooShort(s):
		text = paragraph("In the long run the server admits less than one request in the time of this run, which begins with an empty window: ceilings of long runs say nothing of it.", f, width)
	case len(parts) > 0:
		text = paragraph("Ceilings in a long run, in requests per second: "+strings.Join(parts, ", ")+
			". A short run begins with an empty window, and can get above them.", f, width)
		if means := s.Averaged(); means != "" {
			text += "They are " + means + ".\n"
		}
	}
	if own := ownCeilings(s); own != "" {
		text += paragraph(own, f, width)
	}
	return text
}

// tooShort says whether a run is over before what the server admits in the long run
// comes to one request.
func tooShort(s *result.Summary) bool {
	admitted := s.Ceilings.ServerCap
	return admitted != nil && *admitted > 0 && *admitted*s.DurationS < 1
}

// ownCeilings says what kind of ceiling each strategy is set against, in the
// column of that name. What most have in common needs no names.
func ownCeilings(s *result.Summary) string {
	var kinds []string
	names := map[string][]string{}
	for _, st := range s.Strategies {
		if st.Ceiling == nil {
			continue
		}
		kind := st.Ceiling.Words()
		if names[kind] == nil {
			kinds = append(kinds, kind)
		}
		name := shortName(st.Plain)
		if !haveCeiling(s, st.Plain, kind) {
			name += " at some points"
		}
		if !slices.Contains(names[kind], name) {
			names[kind] = append(names[kind], name)
		}
	}
	if len(kinds) == 0 {
		return ""
	}
	slices.SortStableFunc(kinds, func(a, b string) int { return len(names[b]) - len(names[a]) })
	text := "What no run of a strategy can get above is its ceiling: " + kinds[0]
	for _, kind := range kinds[1:] {
		text += "; for " + strings.Join(names[kind], ", ") + " " + kind
	}
	return text + "."
}

// haveCeiling reports whether a strategy is set against one kind of ceiling, at all
// points of a sweep.
func haveCeiling(s *result.Summary, strategy, kind string) bool {
	return !slices.ContainsFunc(s.Strategies, func(st result.Strategy) bool {
		return st.Plain == strategy && (st.Ceiling == nil || st.Ceiling.Words() != kind)
	})
}

func expectationLines(s *result.Summary, f Format, width int) string {
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
		b.WriteString(paragraph(mark+" "+result.OneLine(e.Message), f, width))
	}
	return b.String()
}
