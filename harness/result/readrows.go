package result

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
)

// readRows calls each with every row of a CSV file below the header, which has
// to be the one expected. Errors say in which line they are.
func readRows(r io.Reader, header []string, each func(row []string) error) error {
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1 // rows are checked below, with what was found
	found, err := in.Read()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("line 1: found nothing, expected columns %q", header)
	}
	if err != nil {
		return err
	}
	if !slices.Equal(found, header) {
		return fmt.Errorf("line 1: found columns %q, expected %q", found, header)
	}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(row) != len(header) {
			err = fmt.Errorf("found %d columns, expected %d", len(row), len(header))
		} else {
			err = each(row)
		}
		if err != nil {
			line, _ := in.FieldPos(0)
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}
