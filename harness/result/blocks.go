package result

import (
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"ratebench/harness/metrics"
)

// BlocksFile holds when keys were blocked, one row per run in which any was.
const BlocksFile = "blocks.csv"

// RunBlocks says when keys were blocked in one run.
type RunBlocks struct {
	Strategy string
	Seed     uint64
	At       []time.Duration // since the start, ascending, in whole milliseconds
}

// newBlocks picks from the runs of a strategy those in which a key was blocked.
func newBlocks(runs []*metrics.Run) []RunBlocks {
	var blocks []RunBlocks
	for _, r := range runs {
		if len(r.Blocks) == 0 {
			continue
		}
		b := RunBlocks{Strategy: r.Strategy, Seed: r.Seed}
		for _, at := range r.Blocks {
			b.At = append(b.At, at.Truncate(time.Millisecond))
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// writeBlocks writes blocks.csv.
func writeBlocks(w io.Writer, blocks []RunBlocks) error {
	rows := [][]string{{"strategy", "seed", "blocked_at_ms"}}
	for _, r := range blocks {
		at := make([]string, len(r.At))
		for i, t := range r.At {
			at[i] = strconv.FormatInt(t.Milliseconds(), 10)
		}
		rows = append(rows, []string{r.Strategy, strconv.FormatUint(r.Seed, 10), strings.Join(at, " ")})
	}
	return csv.NewWriter(w).WriteAll(rows)
}

// ReadBlocks returns the blocks of the results in dir.
func ReadBlocks(dir string) ([]RunBlocks, error) {
	var d Data
	err := ReadFile(filepath.Join(dir, BlocksFile), &d, readAllBlocks)
	return d.Blocks, err
}

func readAllBlocks(r io.Reader, d *Data) (err error) {
	d.Blocks, err = parseBlocks(r)
	return err
}

func parseBlocks(r io.Reader) ([]RunBlocks, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || len(rows[0]) != 3 {
		return nil, fmt.Errorf("found no header, expected strategy, seed and blocked_at_ms")
	}
	var blocks []RunBlocks
	for i, row := range rows[1:] {
		seed, err := strconv.ParseUint(row[1], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("row %d: seed %q is no whole number", i+2, row[1])
		}
		b := RunBlocks{Strategy: row[0], Seed: seed}
		for _, field := range strings.Fields(row[2]) {
			ms, err := strconv.ParseInt(field, 10, 64)
			if err != nil || ms < 0 {
				return nil, fmt.Errorf("row %d: %q is no time in milliseconds", i+2, field)
			}
			b.At = append(b.At, time.Duration(ms)*time.Millisecond)
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}
