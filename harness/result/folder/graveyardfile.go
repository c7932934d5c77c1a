package folder

import (
	"fmt"
	"io"

	"ratebench/harness/result"
)

// graveyardColumns are those of graveyard.csv, which has a row for each burial
// in order.
func graveyardColumns(s *result.Summary) []csvColumn[result.Burial] {
	return append(strategyColumns(s, func(b *result.Burial) *string { return &b.Strategy }),
		wholeColumn("seed", func(b *result.Burial) *uint64 { return &b.Seed }),
		wholeColumn("id", func(b *result.Burial) *int64 { return &b.ID }))
}

func writeGraveyard(w io.Writer, d result.Data) error {
	return writeCSV(w, graveyardColumns(&d.Summary), d.Graveyard)
}

func readGraveyard(content []byte, d *result.Data) error {
	burials := []result.Burial{}
	_, err := readCSV(content, graveyardColumns(&d.Summary), func(b *result.Burial) error {
		if !hasRun(d, b.Strategy, b.Seed) {
			return fmt.Errorf("found seed %d of strategy %q, which %s does not have", b.Seed, b.Strategy, BenchFile)
		}
		burials = append(burials, *b)
		return nil
	})
	d.Graveyard = burials
	return err
}
