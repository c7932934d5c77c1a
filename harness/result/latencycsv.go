package result

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// latencyHeader is the first line of latency.csv.
func latencyHeader() []string { return []string{"strategy", "quantile", "ms"} }

// writeLatency writes latency.csv. A strategy with fewer than 10 successes is
// not in it.
func writeLatency(w io.Writer, distributions []Distribution) error {
	out := csv.NewWriter(w)
	if err := out.Write(latencyHeader()); err != nil {
		return err
	}
	for _, d := range distributions {
		for _, p := range d.Points {
			if err := out.Write([]string{d.Strategy, Shortest(p.Quantile), Shortest(p.MS)}); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// readLatency reads what writeLatency wrote.
func readLatency(r io.Reader) ([]Distribution, error) {
	var distributions []Distribution
	err := readRows(r, latencyHeader(), func(row []string) error {
		if n := len(distributions); n == 0 || distributions[n-1].Strategy != row[0] {
			distributions = append(distributions, Distribution{Strategy: row[0]})
		}
		return distributions[len(distributions)-1].read(row)
	})
	return distributions, err
}

// read appends the point that a row describes.
func (d *Distribution) read(row []string) error {
	var p LatencyPoint
	for i, into := range []*float64{&p.Quantile, &p.MS} {
		var err error
		if *into, err = strconv.ParseFloat(row[1+i], 64); err != nil {
			return fmt.Errorf("%s: %w", latencyHeader()[1+i], err)
		}
	}
	if q := p.Quantile; !(q >= 0 && q < 1) || len(d.Points) > 0 && q <= d.end() {
		return fmt.Errorf("found quantile %s of %s, expected ascending ones from 0 to 1", row[1], d.Strategy)
	}
	d.Points = append(d.Points, p)
	return nil
}
