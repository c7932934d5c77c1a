package folder

import (
	"fmt"
	"io"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/result/costs"
)

// A useLine is a line of resources.csv.
type useLine struct {
	strategy string
	costs.Row
}

// csvUseColumns are those of resources.csv. What the system does not tell is
// empty.
func csvUseColumns(s *result.Summary) []csvColumn[useLine] {
	columns := strategyColumns(s, func(l *useLine) *string { return &l.strategy })
	for _, c := range costs.SeriesColumns {
		columns = append(columns, csvColumn[useLine]{
			name:     c.Name,
			optional: !c.Always,
			write: func(l *useLine) string {
				if cell := c.Cell(&l.Row); cell.Known {
					return metrics.Shortest(cell.Mean)
				}
				return ""
			},
			read: func(l *useLine, s string) (err error) {
				if s == "" && !c.Always {
					return nil
				}
				cell := c.Cell(&l.Row)
				cell.Known = true
				cell.Mean, err = parseFigure(s)
				return err
			},
		})
	}
	return columns
}

func writeUse(w io.Writer, d result.Data) error {
	var lines []useLine
	for _, t := range d.Resources.Timelines {
		for _, r := range t.Rows {
			lines = append(lines, useLine{t.Strategy, r})
		}
	}
	return writeCSV(w, csvUseColumns(&d.Summary), lines)
}

// readUse reads resources.csv. A strategy that it says nothing of has no rows.
func readUse(content []byte, d *result.Data) error {
	if d.Resources == nil { // of other runs
		return nil
	}
	var timelines []costs.Timeline
	lacking, err := readCSV(content, csvUseColumns(&d.Summary), func(l *useLine) error {
		t, err := part(&timelines, l.strategy, func(t *costs.Timeline) *string { return &t.Strategy })
		if err != nil {
			return err
		}
		row := l.Rounded()
		if n := len(t.Rows); n > 0 && row.Second.Mean < t.Rows[n-1].Second.Mean {
			return fmt.Errorf("found second %v of %s after %v, expected ascending ones", row.Second.Mean, t.Strategy, t.Rows[n-1].Second.Mean)
		}
		t.Rows = append(t.Rows, row)
		return nil
	})
	if err != nil {
		return err
	}
	lack(d, ResourcesCSVFile, lacking)
	d.Resources.Timelines, err = inOrder(&d.Summary, timelines, func(t *costs.Timeline) *string { return &t.Strategy })
	return err
}

// readResources reads resources.json. In a folder without checksums it may be of
// other runs than the rest, which a version before them left in its place: then
// it is no part of the results.
func readResources(content []byte, d *result.Data) error {
	var res result.Resources
	if err := readJSON(content, &res, res.Validate); err != nil {
		return err
	}
	switch {
	case res.AreOf(&d.Summary):
		d.Resources = &res
	case d.Summary.SchemaVersion > 1:
		return fmt.Errorf("found the costs of other runs than those in %s", SummaryFile)
	}
	return nil
}
