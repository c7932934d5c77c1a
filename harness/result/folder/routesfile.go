package folder

import (
	"fmt"
	"io"
	"slices"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// A routeRow is what the requests of one kind came to, of a strategy.
type routeRow struct {
	strategy string
	result.Route
}

// routesColumns are those of routes.csv, which has a row for each strategy and
// kind of requests: what summary.json says of them, for those who read tables.
func routesColumns(s *result.Summary) []csvColumn[routeRow] {
	return append(strategyColumns(s, func(r *routeRow) *string { return &r.strategy }),
		textColumn("route", func(r *routeRow) *string { return &r.Name }),
		numberColumn("offered_tps", func(r *routeRow) *float64 { return &r.Offered }),
		numberColumn("tps", func(r *routeRow) *float64 { return &r.TPS }),
		knownColumn("latency_p50_ms", func(r *routeRow) **float64 { return &r.P50 }),
		knownColumn("latency_p99_ms", func(r *routeRow) **float64 { return &r.P99 }),
		numberColumn("generated", func(r *routeRow) *float64 { return &r.Generated }),
		numberColumn("succeeded", func(r *routeRow) *float64 { return &r.Succeeded }),
		numberColumn("refused", func(r *routeRow) *float64 { return &r.Refused }),
		numberColumn("expirations", func(r *routeRow) *float64 { return &r.Expired }),
	)
}

// knownColumn is a numberColumn of figures that there may not be.
func knownColumn[T any](name string, of func(*T) **float64) csvColumn[T] {
	return csvColumn[T]{
		name: name,
		write: func(row *T) string {
			if v := *of(row); v != nil {
				return metrics.Shortest(*v)
			}
			return ""
		},
		read: func(row *T, s string) error {
			if s == "" {
				return nil
			}
			v, err := parseFigure(s)
			*of(row) = &v
			return err
		},
	}
}

// routeRows are all rows, in the order of the file.
func routeRows(s *result.Summary) []routeRow {
	var rows []routeRow
	for _, st := range s.Strategies {
		for _, r := range st.Routes {
			rows = append(rows, routeRow{st.Name, r})
		}
	}
	return rows
}

func writeRoutes(w io.Writer, d result.Data) error {
	return writeCSV(w, routesColumns(&d.Summary), routeRows(&d.Summary))
}

// readRoutes compares the file with the summary, which has all that is in it.
func readRoutes(content []byte, d *result.Data) error {
	columns, left := routesColumns(&d.Summary), routeRows(&d.Summary)
	_, err := readCSV(content, columns, func(row *routeRow) error {
		i := slices.IndexFunc(left, func(o routeRow) bool { return o.strategy == row.strategy && o.Name == row.Name })
		if i < 0 {
			return fmt.Errorf("found route %q of strategy %q, which %s does not have, or again", row.Name, row.strategy, SummaryFile)
		}
		for _, c := range columns {
			if found, want := c.write(row), c.write(&left[i]); found != want {
				return fmt.Errorf("found %s %q of route %q of %q, expected %q, as in %s", c.name, found, row.Name, row.strategy, want, SummaryFile)
			}
		}
		left = slices.Delete(left, i, i+1)
		return nil
	})
	if err == nil && len(left) > 0 {
		return fmt.Errorf("found no route %q of strategy %q, which %s has", left[0].Name, left[0].strategy, SummaryFile)
	}
	return err
}
