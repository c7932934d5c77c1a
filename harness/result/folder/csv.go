package folder

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// A csvColumn is a column of a file whose rows are of type T.
type csvColumn[T any] struct {
	name     string
	optional bool // files without it are read all the same
	write    func(*T) string
	read     func(*T, string) error
}

// writeCSV writes rows below a header.
func writeCSV[T any](w io.Writer, columns []csvColumn[T], rows []T) error {
	out := csv.NewWriter(w)
	record := make([]string, len(columns))
	for i, c := range columns {
		record[i] = c.name
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for r := range rows {
		for i, c := range columns {
			record[i] = c.write(&rows[r])
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// readCSV calls each with every row below the header. Columns go by their
// names, in any order; those that are not known are left alone. Lacking are the
// optional ones that the file does not have. Errors say in which line they are.
func readCSV[T any](content []byte, columns []csvColumn[T], each func(*T) error) (lacking []string, err error) {
	in := csv.NewReader(bytes.NewReader(content))
	in.FieldsPerRecord = -1 // rows are checked below, with what was found
	in.ReuseRecord = true
	header, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("line 1: found nothing, expected columns %s and so on", columns[0].name)
	}
	if err != nil {
		return nil, err
	}
	width := len(header)
	at, lacking, err := places(columns, header)
	if err != nil {
		return nil, fmt.Errorf("line 1: %w", err)
	}
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return lacking, nil
		}
		if err != nil {
			return nil, err
		}
		if err := readRecord(columns, at, width, record, each); err != nil {
			line, _ := in.FieldPos(0)
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
}

// places finds columns in a header; -1: it is not there, and optional.
func places[T any](columns []csvColumn[T], header []string) (at []int, lacking []string, err error) {
	for i, name := range header {
		if slices.Contains(header[:i], name) {
			return nil, nil, fmt.Errorf("found column %q twice", name)
		}
	}
	for _, c := range columns {
		i := slices.Index(header, c.name)
		if i < 0 && !c.optional {
			return nil, nil, fmt.Errorf("found columns %q, expected %s among them", header, c.name)
		}
		if i < 0 {
			lacking = append(lacking, c.name)
		}
		at = append(at, i)
	}
	return at, lacking, nil
}

func readRecord[T any](columns []csvColumn[T], at []int, width int, record []string, each func(*T) error) error {
	if len(record) != width {
		return fmt.Errorf("found %d columns, expected %d", len(record), width)
	}
	var row T
	for i, c := range columns {
		if at[i] < 0 {
			continue
		}
		if err := c.read(&row, record[at[i]]); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return each(&row)
}

// strategyColumns are that of the strategy and, of a sweep, one for each axis;
// of is where a row has the name with the point.
func strategyColumns[T any](s *result.Summary, of func(*T) *string) []csvColumn[T] {
	if len(s.Axes) == 0 {
		return []csvColumn[T]{textColumn("strategy", of)}
	}
	rows := map[string]*result.Strategy{}
	for i := range s.Strategies {
		rows[s.Strategies[i].Name] = &s.Strategies[i]
	}
	columns := []csvColumn[T]{{
		name:  "strategy",
		write: func(row *T) string { return rows[*of(row)].Plain },
		read:  func(row *T, text string) error { *of(row) = text; return nil },
	}}
	for i, axis := range s.Axes {
		columns = append(columns, csvColumn[T]{
			name:  axis.Name,
			write: func(row *T) string { return rows[*of(row)].Point[i] },
			read:  func(row *T, text string) error { *of(row) = axis.Row(*of(row), text); return nil },
		})
	}
	return columns
}

// Columns of the usual kinds; of is where a row has the value.

func textColumn[T any](name string, of func(*T) *string) csvColumn[T] {
	return csvColumn[T]{
		name:  name,
		write: func(row *T) string { return *of(row) },
		read:  func(row *T, s string) error { *of(row) = s; return nil },
	}
}

func wholeColumn[T any, N int | int64 | uint64](name string, of func(*T) *N) csvColumn[T] {
	return csvColumn[T]{
		name:  name,
		write: func(row *T) string { return fmt.Sprint(*of(row)) },
		read: func(row *T, s string) error {
			v, err := strconv.ParseUint(s, 10, 64)
			if err != nil || N(v) < 0 || uint64(N(v)) != v {
				return fmt.Errorf("found %q, expected a whole number, 0 or more", s)
			}
			*of(row) = N(v)
			return nil
		},
	}
}

func numberColumn[T any](name string, of func(*T) *float64) csvColumn[T] {
	return csvColumn[T]{
		name:  name,
		write: func(row *T) string { return metrics.Shortest(*of(row)) },
		read: func(row *T, s string) error {
			v, err := parseFigure(s)
			*of(row) = v
			return err
		},
	}
}

// parseFigure reads a figure, which is never less than 0.
func parseFigure(s string) (float64, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !(v >= 0 && v <= result.MostFigure) {
		return 0, fmt.Errorf("found %q, expected a number from 0 to %.0e", s, result.MostFigure)
	}
	return v, nil
}

// parseBound reads an end of an interval, which may be below 0.
func parseBound(s string) (float64, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !(math.Abs(v) <= result.MostFigure) {
		return 0, fmt.Errorf("found %q, expected a number of at most %.0e", s, result.MostFigure)
	}
	return v, nil
}
