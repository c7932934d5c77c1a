package kit

import (
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// LineWidth is the width of lines that matter.
const LineWidth = 1.9

// AxisSpace is the room below a plotting area, for the ticks and their labels.
const AxisSpace = 20

// NewPlot returns a plot of things, the first behind the others, with horizontal grid
// lines, a horizontal axis and the labels of a vertical one.
func NewPlot(x, y Scale, things ...plot.Plotter) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Padding = 0
		align := a.Tick.Label.XAlign
		a.Tick.Label = Regular(SizeRemark, Muted)
		a.Tick.Label.XAlign = align
	}
	p.X.LineStyle = draw.LineStyle{Color: AxisGrey, Width: 1}
	p.X.Tick.LineStyle = p.X.LineStyle
	p.X.Tick.Length = 4
	p.Y.LineStyle.Width = 0
	p.Y.Tick.Length = 0
	// Digits have no descenders: the middle of their box is not theirs.
	p.X.Tick.Label.YAlign = draw.YTop - 0.15
	p.Y.Tick.Label.YAlign = draw.YCenter - 0.1
	lines := plotter.NewGrid()
	lines.Vertical.Color = nil
	lines.Horizontal = draw.LineStyle{Color: GridGrey, Width: 1}
	p.Add(lines)
	p.Add(things...)
	x.apply(&p.X)
	y.apply(&p.Y)
	return p
}

// DrawGrid draws plots in rows of so many, with gaps between their aligned areas.
func DrawGrid(c draw.Canvas, plots []*plot.Plot, cols int, gapX, gapY vg.Length) {
	rows := (len(plots) + cols - 1) / cols
	cells := append(slices.Clip(plots), make([]*plot.Plot, rows*cols-len(plots))...)
	grid := slices.Collect(slices.Chunk(cells, cols))
	canvases := plot.Align(grid, draw.Tiles{Rows: rows, Cols: cols, PadX: gapX, PadY: gapY}, c)
	for i, p := range plots {
		p.Draw(canvases[i/cols][i%cols])
	}
}

// VerticalGrid are the vertical grid lines of a plot.
func VerticalGrid() plot.Plotter {
	lines := plotter.NewGrid()
	lines.Horizontal.Color = nil
	lines.Vertical = draw.LineStyle{Color: GridGrey, Width: 1}
	return lines
}

// A Heading stands above a panel: the name of the strategy, and below it what
// its figures come to.
type Heading struct{ Name, Note string }

// HeadingSpace is what a Heading takes above its panel.
const HeadingSpace = 36

func (h Heading) Plot(c draw.Canvas, _ *plot.Plot) {
	put := func(st text.Style, above vg.Length, s string) {
		Write(c, st, draw.XLeft, vg.Point{X: c.Min.X, Y: c.Max.Y + above}, Fit(st, s, c.Max.X-c.Min.X))
	}
	put(Bold(SizeHeading, Ink), 22, h.Name)
	put(Regular(SizeRemark, Muted), 8, h.Note)
}

// GlyphBoxes reserves the room above the plotting area.
func (h Heading) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	return []plot.GlyphBox{{Y: 1, Rectangle: vg.Rectangle{Max: vg.Point{Y: HeadingSpace}}}}
}
