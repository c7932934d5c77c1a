package page

import (
	"html/template"

	"ratebench/harness/chart/kit"
	"ratebench/harness/result"
	"ratebench/harness/result/costs"
)

// pageResources is the part of report.html on what the clients cost.
type pageResources struct {
	MeasuredOn  string
	NotMeasured []string // none: nothing is missing
	Columns     []pageColumn
	Rows        []pageRow
	Figure      template.HTML // "": there is none
}

// newPageResources is the part without its figure; nil: nothing was measured.
func newPageResources(r *result.Resources) *pageResources {
	if r == nil {
		return nil
	}
	p := &pageResources{
		MeasuredOn:  r.MeasuredOn,
		NotMeasured: r.NotMeasured,
		Columns:     []pageColumn{{Heading: "Strategy", First: ascending}},
	}
	for i, u := range r.Strategies {
		p.Rows = append(p.Rows, pageRow{Index: i, Name: result.OneLine(u.Name)})
	}
	for _, c := range costs.Columns(r.Strategies) {
		p.Columns = append(p.Columns, pageColumn{Heading: c.Above, Remark: c.Below, First: ascending})
		most := 0.0
		for i := range r.Strategies {
			v, _ := result.Value(c.Of(&r.Strategies[i]))
			most = max(most, v)
		}
		for i := range r.Strategies {
			u := &r.Strategies[i]
			cell := pageCell{Text: c.Text(u)}
			if v, ok := result.Value(c.Of(u)); ok {
				cell = barCell(c.Text(u), v, most, kit.LookOf(i))
			}
			p.Rows[i].Cells = append(p.Rows[i].Cells, cell)
		}
	}
	return p
}
