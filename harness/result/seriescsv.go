package result

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// seriesHeader is the first line of series.csv.
func seriesHeader() []string {
	header := []string{"strategy", "second"}
	for _, c := range columns {
		header = append(header, c.name, c.name+"_lo", c.name+"_hi")
	}
	return header
}

// writeSeries writes series.csv. Bounds are empty where there was one run,
// and a latency is empty in a second without success.
func writeSeries(w io.Writer, series []Timeline) error {
	out := csv.NewWriter(w)
	if err := out.Write(seriesHeader()); err != nil {
		return err
	}
	for _, t := range series {
		for i := range t.Seconds {
			row := []string{t.Strategy, strconv.Itoa(i)}
			for _, c := range columns {
				row = append(row, c.cell(&t.Seconds[i]).fields()...)
			}
			if err := out.Write(row); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

func (c *Cell) fields() []string {
	switch c.Has {
	case NoValue:
		return []string{"", "", ""}
	case NoInterval:
		return []string{Shortest(c.Mean), "", ""}
	}
	return []string{Shortest(c.Mean), Shortest(c.Lo), Shortest(c.Hi)}
}

// readSeries reads what writeSeries wrote.
func readSeries(r io.Reader) ([]Timeline, error) {
	var series []Timeline
	err := readRows(r, seriesHeader(), func(row []string) error {
		if n := len(series); n == 0 || series[n-1].Strategy != row[0] {
			series = append(series, Timeline{Strategy: row[0]})
		}
		return series[len(series)-1].read(row)
	})
	return series, err
}

// read appends the second that a row describes.
func (t *Timeline) read(row []string) error {
	if want := strconv.Itoa(len(t.Seconds)); row[1] != want {
		return fmt.Errorf("found second %q of %s, expected %s", row[1], t.Strategy, want)
	}
	var s Second
	for i, c := range columns {
		if err := c.cell(&s).read(row[2+3*i : 5+3*i]); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	t.Seconds = append(t.Seconds, s)
	return nil
}

func (c *Cell) read(fields []string) error {
	into := []*float64{&c.Mean, &c.Lo, &c.Hi}
	switch {
	case fields[0] == "":
		return nil
	case fields[1] == "":
		c.Has, into = NoInterval, into[:1]
	default:
		c.Has = WithInterval
	}
	for i, v := range into {
		var err error
		if *v, err = strconv.ParseFloat(fields[i], 64); err != nil {
			return err
		}
	}
	return nil
}
