package compare

import (
	"bytes"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"ratebench/harness/table"
)

// table lays the changes of a scenario out: names to the left, figures to the
// right.
func (c *Comparison) table(s *Scenario, f table.Format) (string, error) {
	header := []string{"strategy", "metric", c.Base, c.New, "difference", "95 % interval", "p", "verdict"}
	align := []tw.Align{tw.AlignLeft, tw.AlignLeft, tw.AlignRight, tw.AlignRight, tw.AlignRight, tw.AlignRight, tw.AlignRight, tw.AlignLeft}
	cell := tw.CellConfig{
		Alignment: tw.CellAlignment{PerColumn: align},
		// Headings stay as they are: the library would turn them into
		// capitals and split them at dots.
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
	}
	var r tw.Renderer = renderer.NewBlueprint(tw.Rendition{
		Borders:  tw.BorderNone,
		Symbols:  tw.NewSymbols(tw.StyleLight),
		Settings: tw.Settings{Separators: tw.Separators{BetweenColumns: tw.Off}},
	})
	if f == table.Markdown {
		r = renderer.NewMarkdown()
		header[2], header[3] = escape(c.Base), escape(c.New)
	}
	var b bytes.Buffer
	t := tablewriter.NewTable(&b, tablewriter.WithRenderer(r),
		tablewriter.WithConfig(tablewriter.Config{Header: cell, Row: cell}))
	t.Header(header)
	if err := t.Bulk(s.rows(f)); err != nil {
		return "", err
	}
	if err := t.Render(); err != nil {
		return "", err
	}
	return trimLines(b.String()), nil
}

// trimLines removes blanks at the ends of lines.
func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// escape keeps text from being Markdown, and a cell from ending early.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `|`, `\|`, `*`, `\*`, `_`, `\_`, "`", "\\`", `<`, `&lt;`).Replace(s)
}
