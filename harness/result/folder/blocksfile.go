package folder

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"ratebench/harness/result"
)

// blocksColumns are those of blocks.csv, which has a row for each run in which
// any key was blocked.
func blocksColumns(s *result.Summary) []csvColumn[result.RunBlocks] {
	return append(strategyColumns(s, func(b *result.RunBlocks) *string { return &b.Strategy }),
		wholeColumn("seed", func(b *result.RunBlocks) *uint64 { return &b.Seed }),
		csvColumn[result.RunBlocks]{
			name: "blocked_at_ms",
			write: func(b *result.RunBlocks) string {
				at := make([]string, len(b.At))
				for i, t := range b.At {
					at[i] = strconv.FormatInt(t.Milliseconds(), 10)
				}
				return strings.Join(at, " ")
			},
			read: readTimes,
		})
}

func readTimes(b *result.RunBlocks, s string) error {
	const most = int64(time.Duration(1<<63-1) / time.Millisecond)
	for _, field := range strings.Fields(s) {
		ms, err := strconv.ParseInt(field, 10, 64)
		if err != nil || ms < 0 || ms > most {
			return fmt.Errorf("found %q, expected times in whole milliseconds", field)
		}
		at := time.Duration(ms) * time.Millisecond
		if n := len(b.At); n > 0 && at < b.At[n-1] {
			return fmt.Errorf("found %q, expected ascending times", s)
		}
		b.At = append(b.At, at)
	}
	if len(b.At) == 0 {
		return fmt.Errorf("found no time, expected one or more")
	}
	return nil
}

func writeBlocks(w io.Writer, d result.Data) error {
	return writeCSV(w, blocksColumns(&d.Summary), d.Blocks)
}

func readBlocks(content []byte, d *result.Data) error {
	_, err := readCSV(content, blocksColumns(&d.Summary), func(b *result.RunBlocks) error {
		if !hasRun(d, b.Strategy, b.Seed) {
			return fmt.Errorf("found seed %d of strategy %q, which %s does not have", b.Seed, b.Strategy, BenchFile)
		}
		if keys := d.Summary.Keys; keys > 0 && len(b.At) > keys {
			return fmt.Errorf("found %d blocked keys of %q, seed %d, expected at most the %d that there are", len(b.At), b.Strategy, b.Seed, keys)
		}
		same := func(o result.RunBlocks) bool { return o.Strategy == b.Strategy && o.Seed == b.Seed }
		if slices.ContainsFunc(d.Blocks, same) {
			return fmt.Errorf("found seed %d of %q again", b.Seed, b.Strategy)
		}
		d.Blocks = append(d.Blocks, *b)
		return nil
	})
	return err
}
