package result

import (
	"fmt"
	"io"

	"ratebench/harness/metrics"
)

// A Burial is a request that ran out of retries.
type Burial struct {
	Strategy string
	Seed     uint64
	ID       int64
}

// Graveyard lists the burials of runs that kept them; never nil.
func Graveyard(runs []metrics.Run) []Burial {
	burials := []Burial{}
	for _, r := range runs {
		for _, id := range r.Graveyard {
			burials = append(burials, Burial{r.Strategy, r.Seed, id})
		}
	}
	return burials
}

// graveyardColumns are those of graveyard.csv, which has a row for each burial
// in order.
func graveyardColumns() []csvColumn[Burial] {
	return []csvColumn[Burial]{
		textColumn("strategy", func(b *Burial) *string { return &b.Strategy }),
		wholeColumn("seed", func(b *Burial) *uint64 { return &b.Seed }),
		wholeColumn("id", func(b *Burial) *int64 { return &b.ID }),
	}
}

func writeGraveyard(w io.Writer, burials []Burial) error {
	return writeCSV(w, graveyardColumns(), burials)
}

func readGraveyard(r io.Reader, d *Data) error {
	burials := []Burial{}
	_, err := readCSV(r, graveyardColumns(), func(b *Burial) error {
		if !d.hasRun(b.Strategy, b.Seed) {
			return fmt.Errorf("found seed %d of strategy %q, which %s does not have", b.Seed, b.Strategy, BenchFile)
		}
		burials = append(burials, *b)
		return nil
	})
	d.Graveyard = burials
	return err
}
