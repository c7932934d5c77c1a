// Package table writes tables: for people, as text that is fitted to the width
// of a terminal or as Markdown, and for programs, as CSV. There is one renderer;
// what stands in a table of strategies, of costs or of both clocks is in a file
// of its own.
package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// FormatNames are the names of the formats.
func FormatNames() []string {
	return []string{string(Text), string(Markdown), string(JSON), string(CSV)}
}

// Format is how a table is written.
type Format string

func (f Format) String() string { return string(f) }

// The formats.
const (
	Text     Format = "text"     // for a terminal
	Markdown Format = "markdown" // GitHub's
	JSON     Format = "json"     // not a table, but what it is made from
	CSV      Format = "csv"      // every figure, one row each
)

// A Column is a column of a table. All columns of a table have as many cells.
type Column struct {
	Head  [2]string // two lines, the first may be ""
	Left  bool      // its cells begin at the left; else they end at the right
	Cells []string
	Bold  []bool // cells that stand out, in Markdown; nil: none
	// Dispensable says how soon the column is left out of a table that is too
	// wide: the higher, the sooner; 0: never.
	Dispensable int
}

// Name is the heading in one line.
func (c *Column) Name() string { return strings.Join(strings.Fields(c.Head[0]+" "+c.Head[1]), " ") }

// width is in columns of a terminal.
func (c *Column) width() int {
	width := max(twwidth.Width(c.Head[0]), twwidth.Width(c.Head[1]))
	for _, cell := range c.Cells {
		width = max(width, twwidth.Width(cell))
	}
	return width
}

// Fit leaves out columns, the least important first, until the rest is no
// wider than so many characters, and returns the names of those left out.
func Fit(columns []Column, width int) (rest []Column, left []string) {
	rest = slices.Clone(columns)
	for totalWidth(rest) > width {
		worst := 0
		for i, c := range rest {
			if c.Dispensable >= rest[worst].Dispensable {
				worst = i
			}
		}
		if rest[worst].Dispensable == 0 {
			break
		}
		left = append(left, rest[worst].Name())
		rest = slices.Delete(rest, worst, worst+1)
	}
	return rest, left
}

const padding = 2 // a blank on either side of a cell

func totalWidth(columns []Column) int {
	total := 0
	for _, c := range columns {
		total += c.width() + padding
	}
	return total
}

// AddRow adds a cell to each of the columns.
func AddRow(columns []Column, cells ...string) {
	for i, cell := range cells {
		columns[i].Cells = append(columns[i].Cells, cell)
	}
}

// Render lays columns out as Text or Markdown, in which all cells are escaped.
func Render(columns []Column, f Format) string {
	align := make([]tw.Align, len(columns))
	header := make([]string, len(columns))
	rows := make([][]string, len(columns[0].Cells))
	for i, c := range columns {
		align[i] = tw.AlignRight
		if c.Left {
			align[i] = tw.AlignLeft
		}
		header[i] = strings.Join(c.Head[:], "\n")
		if f == Markdown {
			header[i] = Escape(c.Name())
		}
		for r := range rows {
			rows[r] = append(rows[r], c.cell(r, f))
		}
	}
	var b bytes.Buffer
	table := newTable(&b, align, f)
	table.Header(header)
	if err := errors.Join(table.Bulk(rows), table.Render()); err != nil {
		panic(err) // what is written to memory, of strings alone, fails for no reason
	}
	return trimLines(b.String())
}

func (c *Column) cell(row int, f Format) string {
	cell := c.Cells[row]
	if f != Markdown {
		return cell
	}
	if cell = Escape(cell); c.Bold != nil && c.Bold[row] {
		cell = "**" + cell + "**"
	}
	return cell
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

var escapes = strings.NewReplacer(`\`, `\\`, `|`, `\|`, `*`, `\*`, `_`, `\_`, "`", "\\`", `<`, `&lt;`, `[`, `\[`, `]`, `\]`)

// Escape keeps text from being Markdown, and from ending a cell early.
func Escape(s string) string { return escapes.Replace(s) }

// paragraph ends a text with a newline; for a terminal its lines are no longer
// than so many characters, unless a word is.
func paragraph(text string, f Format, width int) string {
	if f == Markdown {
		return Escape(text) + "\n"
	}
	var b strings.Builder
	used := 0
	// Other blanks than this one are within figures, which stay together.
	for i, word := range strings.Split(text, " ") {
		w := twwidth.Width(word)
		switch {
		case i == 0:
		case used+1+w > width:
			b.WriteByte('\n')
			used = 0
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += w
	}
	return b.String() + "\n"
}

// Paragraph is text for a terminal whose lines are no longer than so many
// characters, unless a word is.
func Paragraph(text string, width int) string { return paragraph(text, Text, width) }

// trimLines removes blanks at the ends of lines.
func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// WriteCSV writes rows, the first of which is the header.
func WriteCSV(w io.Writer, rows [][]string) error { return csv.NewWriter(w).WriteAll(rows) }
