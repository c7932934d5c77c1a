package result

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"ratebench/harness/metrics"
)

// GraveyardFile holds the requests that ran out of retries, one row each in
// order of burial, when they were to be kept.
const GraveyardFile = "graveyard.csv"

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

// graveyardHeader is the first line of graveyard.csv.
func graveyardHeader() []string { return []string{"strategy", "seed", "id"} }

// writeGraveyard writes graveyard.csv.
func writeGraveyard(w io.Writer, burials []Burial) error {
	out := csv.NewWriter(w)
	if err := out.Write(graveyardHeader()); err != nil {
		return err
	}
	for _, b := range burials {
		if err := out.Write([]string{b.Strategy, strconv.FormatUint(b.Seed, 10), strconv.FormatInt(b.ID, 10)}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// readAllBurials reads what writeGraveyard wrote, unless it is of other runs
// than the rest.
func readAllBurials(r io.Reader, d *Data) error {
	burials := []Burial{}
	err := readRows(r, graveyardHeader(), func(row []string) error {
		b := Burial{Strategy: row[0]}
		var err error
		if b.Seed, err = strconv.ParseUint(row[1], 10, 64); err != nil {
			return fmt.Errorf("found seed %q, expected a whole number", row[1])
		}
		if b.ID, err = strconv.ParseInt(row[2], 10, 64); err != nil {
			return fmt.Errorf("found id %q, expected a whole number", row[2])
		}
		burials = append(burials, b)
		return nil
	})
	if err == nil && d.buried(burials) {
		d.Graveyard = burials
	}
	return err
}

// buried says whether burials are those of the runs: as many of each strategy
// as the ledger has.
func (d *Data) buried(burials []Burial) bool {
	runs, found := map[string]int{}, map[string]int{}
	for _, r := range d.Bench {
		runs[r.Strategy]++
	}
	for _, b := range burials {
		if b.Seed < d.Summary.Seed || b.Seed-d.Summary.Seed >= uint64(runs[b.Strategy]) {
			return false
		}
		found[b.Strategy]++
	}
	for _, s := range d.Summary.Strategies {
		if n := runs[s.Name]; n > 0 && Round(float64(found[s.Name])/float64(n), CountDigits) != s.Ledger.Graveyard {
			return false
		}
	}
	return true
}
