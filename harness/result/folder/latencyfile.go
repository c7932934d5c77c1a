package folder

import (
	"fmt"
	"io"

	"ratebench/harness/result"
)

// A latencyRow is a line of latency.csv.
type latencyRow struct {
	strategy string
	result.LatencyPoint
}

// latencyColumns are those of latency.csv. A strategy with fewer than 10
// successes is not in it.
func latencyColumns(s *result.Summary) []csvColumn[latencyRow] {
	return append(strategyColumns(s, func(r *latencyRow) *string { return &r.strategy }),
		numberColumn("quantile", func(r *latencyRow) *float64 { return &r.Quantile }),
		numberColumn("ms", func(r *latencyRow) *float64 { return &r.MS }))
}

func writeLatency(w io.Writer, d result.Data) error {
	var rows []latencyRow
	for _, l := range d.Latency {
		for _, p := range l.Points {
			rows = append(rows, latencyRow{l.Strategy, p})
		}
	}
	return writeCSV(w, latencyColumns(&d.Summary), rows)
}

func readLatency(content []byte, d *result.Data) error {
	var distributions []result.Distribution
	_, err := readCSV(content, latencyColumns(&d.Summary), func(row *latencyRow) error {
		of, err := part(&distributions, row.strategy, func(d *result.Distribution) *string { return &d.Strategy })
		if err != nil {
			return err
		}
		if n := len(of.Points); row.Quantile >= 1 || n > 0 && (row.Quantile <= of.Points[n-1].Quantile || row.MS < of.Points[n-1].MS) {
			return fmt.Errorf("found quantile %v of %q with %v ms, expected both ascending, and quantiles below 1", row.Quantile, row.strategy, row.MS)
		}
		of.Points = append(of.Points, row.LatencyPoint)
		return nil
	})
	if err != nil {
		return err
	}
	d.Latency, err = inOrder(&d.Summary, distributions, func(d *result.Distribution) *string { return &d.Strategy })
	return err
}
