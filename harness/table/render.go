package table

import (
	"bytes"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// renderTable lays columns out: the first to the left, the others to the
// right.
func renderTable(columns []tableColumn, f Format) (string, error) {
	if len(columns) == 0 || len(columns[0].cells) == 0 {
		return "No strategy ran.\n", nil
	}
	align := make([]tw.Align, len(columns))
	header := make([]string, len(columns))
	for i, c := range columns {
		align[i] = tw.AlignRight
		header[i] = strings.Join(c.head[:], "\n")
		if f == Markdown {
			header[i] = escapeMarkdown(c.name())
		}
	}
	align[0] = tw.AlignLeft
	rows := make([][]string, len(columns[0].cells))
	for r := range rows {
		for _, c := range columns {
			cell := c.cells[r]
			if f == Markdown {
				cell = escapeMarkdown(cell)
			}
			rows[r] = append(rows[r], cell)
		}
	}
	var b bytes.Buffer
	table := newTable(&b, align, f)
	table.Header(header)
	if err := table.Bulk(rows); err != nil {
		return "", err
	}
	if err := table.Render(); err != nil {
		return "", err
	}
	return trimLines(b.String()), nil
}

func newTable(b *bytes.Buffer, align []tw.Align, f Format) *tablewriter.Table {
	cell := tw.CellConfig{
		Alignment: tw.CellAlignment{PerColumn: align},
		// Headings stay as they are: the library would turn them into
		// capitals and split them at dots.
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
	}
	var r tw.Renderer = renderer.NewMarkdown()
	if f == Text {
		r = renderer.NewBlueprint(tw.Rendition{
			Borders:  tw.BorderNone,
			Symbols:  tw.NewSymbols(tw.StyleLight),
			Settings: tw.Settings{Separators: tw.Separators{BetweenColumns: tw.Off}},
		})
	}
	return tablewriter.NewTable(b, tablewriter.WithRenderer(r),
		tablewriter.WithConfig(tablewriter.Config{Header: cell, Row: cell}))
}

// escapeMarkdown keeps a cell from ending early and from being markup.
func escapeMarkdown(s string) string {
	return strings.NewReplacer(`\`, `\\`, `|`, `\|`, `*`, `\*`, `_`, `\_`, "`", "\\`", `<`, `&lt;`).Replace(s)
}

// trimLines removes blanks at the ends of lines.
func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
