package strategydoc

import (
	"strings"
	"unicode/utf8"

	"ratebench/harness/scenario"
	"ratebench/harness/table"
)

// pageWidth is the width of a page in characters, for the texts that can be
// broken into lines.
const pageWidth = 100

// text is the page for a terminal.
func (p Page) text() string {
	if p.list {
		return p.listText()
	}
	var b strings.Builder
	for i, c := range p.cards() {
		if i > 0 {
			b.WriteString("\n\n")
		}
		writeColumns(&b, "", pageWidth, [][]string{{c.Name + ": " + c.Summary}})
		b.WriteByte('\n')
		writeColumns(&b, "  ", pageWidth, c.Facts)
		if len(c.Facts) > 0 && len(c.Keys) > 0 {
			b.WriteByte('\n')
		}
		writeKeys(&b, c.Keys)
		b.WriteString("\n" + c.YAML)
	}
	return b.String()
}

// listText is a line for each kind, and how to go on.
func (p Page) listText() string {
	var b strings.Builder
	var rows [][]string
	for _, k := range p.Kinds {
		rows = append(rows, []string{k.Kind, k.Summary})
	}
	writeColumns(&b, "", unbroken, rows)
	b.WriteString("\nMore of any of them: ratebench strategies KIND..., or --all. What strategies have\n" +
		"in common, whatever their limiter: ratebench strategies " + Common + ".\n")
	return b.String()
}

// writeKeys writes a table of keys, if there are any, with the values of a key below it.
func writeKeys(b *strings.Builder, keys []scenario.Key) {
	if len(keys) == 0 {
		return
	}
	rows := [][]string{{"key", "type", "default", "meaning"}}
	for _, k := range keys {
		rows = append(rows, []string{k.Key, k.Type, shownDefault(k), k.Help})
		for _, v := range k.Values {
			rows = append(rows, []string{"  " + v.Value, "", "", v.Help})
		}
	}
	writeColumns(b, "  ", pageWidth, rows)
}

func shownDefault(k scenario.Key) string {
	if k.Default == "" {
		return "not set"
	}
	return k.Default
}

// unbroken is a width that no line exceeds.
const unbroken = 1 << 20

// writeColumns aligns rows, if there are any, of as many cells each. The last column is broken
// into lines that fit the width.
func writeColumns(b *strings.Builder, indent string, width int, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	last := len(rows[0]) - 1
	columns := make([]int, last) // how wide they are
	left := utf8.RuneCountInString(indent)
	for i := range columns {
		for _, row := range rows {
			columns[i] = max(columns[i], utf8.RuneCountInString(row[i])+2)
		}
		left += columns[i]
	}
	for _, row := range rows {
		b.WriteString(indent)
		for i, column := range columns {
			b.WriteString(row[i] + strings.Repeat(" ", column-utf8.RuneCountInString(row[i])))
		}
		lines := strings.TrimSuffix(table.Paragraph(row[last], width-left), "\n")
		b.WriteString(strings.ReplaceAll(lines, "\n", "\n"+strings.Repeat(" ", left)) + "\n")
	}
}
