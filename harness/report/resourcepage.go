package report

import (
	"html/template"
	"strings"
)

// pageResources is the part of report.html on what the clients cost.
type pageResources struct {
	MeasuredOn  string
	NotMeasured string // "": nothing is missing
	Columns     []pageColumn
	Rows        []pageRow
	Figure      template.HTML // "": there is none
}

// newPageResources is the part without its figure; nil: nothing was measured.
func newPageResources(r *Resources) *pageResources {
	if r == nil {
		return nil
	}
	p := &pageResources{
		MeasuredOn:  r.MeasuredOn,
		NotMeasured: strings.Join(r.NotMeasured, ", "),
		Columns:     []pageColumn{{Heading: "Strategy", First: ascending, Sort: unsorted}},
	}
	for i, u := range r.Strategies {
		p.Rows = append(p.Rows, pageRow{Index: i, Name: oneLine(u.Name), Swatch: newSwatch(lookOf(i))})
	}
	for _, c := range r.known() {
		p.Columns = append(p.Columns, pageColumn{Heading: c.above, Remark: c.below, First: ascending, Sort: unsorted})
		most := 0.0
		for i := range r.Strategies {
			v, _ := value(c.of(&r.Strategies[i]))
			most = max(most, v)
		}
		for i := range r.Strategies {
			p.Rows[i].Cells = append(p.Rows[i].Cells, c.cell(&r.Strategies[i], most, lookOf(i)))
		}
	}
	return p
}

// cell is the figure of a strategy.
func (c *resourceColumn) cell(u *ResourceUse, most float64, l look) pageCell {
	cell := pageCell{Text: c.text(u)}
	if v, ok := value(c.of(u)); ok {
		cell.Value, cell.Bar = shortest(v), newPageBar(v, most, l)
	}
	return cell
}
